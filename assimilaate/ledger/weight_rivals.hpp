#pragma once
/// The hardest ways of moving weights instead: rounding that looks at the inputs, and low-rank factors that do.

#include "assimilaate/ledger/baselines.hpp"

namespace assimilaate {

/// Weights on a uniform grid, each rounding error made up for by the weights not yet rounded, as the inputs' second
/// moments say (GPTQ: Frantar et al., ICLR 2023; here with an entropy coder behind it instead of a fixed number of
/// bits, which is better at few bits).
/// @param weights  [outputs x inputs]
/// @param inputs   [n x inputs], activations that the layer sees
/// @param step     of the grid, as part of each output's root mean square weight, in (0, 100]
/// @return bits: order-0 entropy of the codes, a scale and a bias at 16 bits per output
/// @throws Error{Mismatch} for inputs of another width or none, Error{Usage} for a step outside its range,
/// Error{Format} for numbers that are none.
[[nodiscard]] QuantisedWeights error_aware_weights(MatrixView<const float> weights, MatrixView<const float> inputs,
                                                   double step);

/// Weights as a product of two factors of `rank`, the one that loses least of the outputs over these inputs (the
/// leading directions of the outputs). The inner factor is rounded to `bits`, the outer one fitted to it and rounded.
/// @param rank  at least 1, at most the smaller side
/// @param bits  of each number, 2 … 8
/// @return bits: order-0 entropy of the codes of each factor, a scale at 16 bits per rank and factor, a bias per output
[[nodiscard]] QuantisedWeights low_rank_weights(MatrixView<const float> weights, MatrixView<const float> inputs,
                                                std::size_t rank, int bits);

/// The bias that makes up for what rounding changed at the mean input: bias + (weights - moved) * mean. [outputs]
[[nodiscard]] std::vector<float> mended_bias(std::span<const float> bias, MatrixView<const float> weights,
                                             MatrixView<const float> moved, MatrixView<const float> inputs);

}  // namespace assimilaate
