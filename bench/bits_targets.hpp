#pragma once
/// Targets with memristors that learn from probes.

#include "assimilaate/assimilation/session.hpp"
#include "bits.hpp"

namespace bits {

/// `float`, `mss` and `damaged` (5 % stuck, 30 % variation, read noise of 2 %, two synapses per line).
[[nodiscard]] std::vector<std::pair<std::string, Profile>> target_profiles(std::uint64_t seed);

/// What targets say, and the codebooks that they needed.
struct Followed {
  Matrix<float> outputs;  ///< [inputs x outputs of the last layer]
  double codebook_bits = 0;
};

/// A bank per layer assimilates sums of probes with the sums of their answers (aat/superposition.hpp) and is then read
/// for `inputs`, AATs of 8 bits on both sides of each.
/// @param every_probe  of each layer, those that were sent first
/// @param seen         inputs of each layer, for the teacher to fit codecs to
[[nodiscard]] Followed follow_probes(const std::vector<ProbedLayer>& layers, const std::vector<Answers>& answers,
                                     const std::vector<Matrix<float>>& every_probe,
                                     const std::vector<Matrix<float>>& seen, const Matrix<float>& inputs,
                                     const Profile& profile);

/// A bank learns the old records, then the new ones between the old (`added`: the new ones alone, whose outputs are
/// then what is to be added to what the bank says of their inputs itself): what it says of `judged` before and after.
/// AATs of 8 bits on both sides.
/// @param inputs  [n x inputs of the layer], `outputs` [n x outputs]; likewise the old ones
[[nodiscard]] std::pair<Matrix<float>, Matrix<float>> updated_target(
    const Matrix<float>& old_inputs, const Matrix<float>& old_outputs, const Matrix<float>& inputs,
    const Matrix<float>& outputs, const Matrix<float>& judged, const Profile& profile, bool added = false);

}  // namespace bits
