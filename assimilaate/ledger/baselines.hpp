#pragma once
/// Moving the weights instead: what it costs in bits and what it gives. For teachers and reports, who have weights.

#include <span>

#include "assimilaate/core/matrix.hpp"

namespace assimilaate {

struct LayerShape {
  std::size_t inputs = 0, outputs = 0;
};

/// Bits of all weights at `bits` each, a bias of 16 bits per output and, below 16 bits, a scale of 16 bits per output.
[[nodiscard]] double weight_bits(std::span<const LayerShape> layers, int bits);

/// Weights as they arrive after moving them at `bits` each.
struct QuantisedWeights {
  Matrix<float> weights;    ///< [outputs x inputs]
  double entropy_bits = 0;  ///< order-0 entropy of the codes, with scales and biases: what an entropy coder would carry
};

/// Round to nearest with one symmetric scale per output, its clip chosen for the least squared error; 16 bits: half
/// precision.
/// @param bits  2 … 8 or 16
[[nodiscard]] QuantisedWeights quantise_weights(MatrixView<const float> weights, int bits);

struct BreakEven {
  double examples = 0;  ///< streams of fewer examples than this carry fewer bits than the weights
  bool never = false;   ///< the stream's fixed part alone is larger
};
/// (weight bits - fixed bits) / bits per example, rounded down.
[[nodiscard]] BreakEven break_even_examples(double weight_bits, double fixed_bits, double bits_per_example);

}  // namespace assimilaate
