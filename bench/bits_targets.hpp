#pragma once
/// Targets with memristors that learn from probes.

#include "assimilaate/aat/superposition.hpp"
#include "assimilaate/assimilation/session.hpp"
#include "bits.hpp"

namespace bits {

/// The rows of `a` and behind them those of `b`.
[[nodiscard]] Matrix<float> below(const Matrix<float>& a, const Matrix<float>& b);

/// `float`, `mss` and `damaged` (5 % stuck, 30 % variation, read noise of 2 %, two synapses per line).
/// @param full_scale  0: the default. Sparse answers make weights with far outliers, which need more
[[nodiscard]] std::vector<std::pair<std::string, Profile>> target_profiles(std::uint64_t seed, double full_scale = 0);

/// What a target makes of the answers of a layer. Probes that were not sent are driven like the weakest that was.
/// @param every_probe  those that were sent first; at right angles
/// @param lived        inputs that the target has met, for their mean; none: 0
[[nodiscard]] DenseExamples lessons(const Answers& answers, Matrix<float> every_probe, const Matrix<float>& lived,
                                    const Random& random);

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

/// A bank learns the old records, then the new ones between the old: what it says of `judged` before and after. AATs of
/// 8 bits on both sides, whose codecs span the new records from the beginning: nobody can change them afterwards.
/// @param inputs  [n x inputs of the layer], `outputs` [n x outputs]; likewise the old ones
/// @param added   what is to be added to what the bank itself says of `inputs`; it then learns these alone, and
///                `outputs`, any number of rows that the teacher expects, only tell codecs their span
[[nodiscard]] std::pair<Matrix<float>, Matrix<float>> updated_target(
    const Matrix<float>& old_inputs, const Matrix<float>& old_outputs, const Matrix<float>& inputs,
    const Matrix<float>& outputs, const Matrix<float>& judged, const Profile& profile,
    const Matrix<float>* added = nullptr);

}  // namespace bits
