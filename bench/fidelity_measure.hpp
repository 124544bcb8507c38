#pragma once
/// One measurement: a subject, a profile and a number of examples -> scores, costs and ceilings.

#include <nlohmann/json.hpp>

#include "assimilaate/core/progress.hpp"
#include "assimilaate/target/target.hpp"
#include "fidelity_task.hpp"

namespace assimilaate::bench {

struct MeasureOptions {
  std::size_t examples = 1000, passes = 0, rounds = 4;
  bool own_inputs = false;
  bool ceilings = true;  ///< float lanes and ridge cost a session and a solution each
  bool rank = true;      ///< of the inputs of every transform; the same for all numbers of examples
};

/// How good answers are: `accuracy` where there are labels; `agreement` with the teacher, of classes where something is
/// classified, else of output addresses (`address_agreement`, always there); `nmse`, squared error of decoded answers
/// over the variance of the teacher's uncoded ones, null where addresses have no metric.
/// @param said  decoded [questions x dims of the last boundary]
[[nodiscard]] nlohmann::json judge(const Subject& subject, const Matrix<float>& said);

/// The same lanes of ideal memristors: float, faultless, noiseless, one synapse for each thing.
[[nodiscard]] Profile ideal(Profile profile);

/// Teach a target of that profile and ask it. Keys: those of `judge`; examples, presentations, synapses, masked,
/// pulses, pulses_per_memristor, bits and bits_of, joules and joules_of, joules_per_inference, seconds (simulated),
/// wall_seconds, transforms, ceilings; effective_rank, directions_95 and directions_99 of the inputs of every
/// transform.
[[nodiscard]] nlohmann::json measure(const Subject& subject, const Profile& profile, const MeasureOptions& options,
                                     Progress* progress = nullptr, std::stop_token stop = {});

}  // namespace assimilaate::bench
