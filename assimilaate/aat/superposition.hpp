#pragma once
/// Examples that a target makes of a few others. A transform is linear, so that the answer to a sum of inputs is the
/// sum of their answers: from probes, inputs that both sides make for themselves, and their answers, a target draws as
/// many examples as it likes, spread as the inputs of life are. They cost no bits.

#include <vector>

#include "assimilaate/core/matrix.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate {

/// Vectors in and out, a row for each example.
struct DenseExamples {
  Matrix<float> inputs;   ///< [examples x inputs]
  Matrix<float> outputs;  ///< [examples x outputs]
};

/// Sums of probes, each times a normal number of its own, with the same sums of their answers.
/// @param probes   [probes x inputs], each as strong as inputs are along it in the root mean square. They should span
///                 the inputs: a direction that is never driven keeps whatever its synapses were born with
/// @param answers  [at most probes x outputs], beyond what silence answers; probes without one answer nothing
/// @param silence  [outputs], what the transform answers to no input at all
/// @param middle   [probes], the mean of each probe's numbers, whose variance is 1: what inputs have of it in the
///                 mean; empty: 0
/// @param count    examples
/// @return a function of the arguments alone, whatever the number of threads
/// @throws Error{Mismatch} when there are more answers than probes, or silence or middle are as wide as nothing else
[[nodiscard]] DenseExamples superposed(MatrixView<const float> probes, MatrixView<const float> answers,
                                       std::span<const float> silence, std::span<const float> middle, std::size_t count,
                                       const Random& random);

}  // namespace assimilaate
