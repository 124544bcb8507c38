#pragma once
/// Damage in a bank that is at work: which synapses do not answer to pulses, found without forgetting what it knows.

#include "assimilaate/assimilation/lane_bank.hpp"
#include "assimilaate/substrate/synapse_set.hpp"

namespace assimilaate {

struct ProbeOptions {
  double strength = 0.03;   ///< part of the room ahead that a pulse of a probe moves
  double responds = 0.5;    ///< least part of a nominal synapse's answer; below it is masked
  int tries = 4;            ///< probes that one which does not answer gets before it is masked
  std::uint32_t epoch = 0;  ///< tells the probes of one bank apart: another draws other chance
};

struct ProbeReport {
  std::size_t probed = 0, masked = 0;
  Events events;
};

/// Each synapse is read alone, moved by one couple towards zero, read, moved back by another, read. What moves less, in
/// the mean of up to `tries` such probes, than a part of what a nominal synapse of the same y moves is masked. When
/// both memristors are stuck nothing moves, wherever they are. When one is, the other moves y by less than half: y says
/// less about it the more its partner conducts, and where that conducts little, y stands so far out that a sound
/// synapse would come back in long steps. Where reads are noisy, as many are averaged as tell the two apart. A probe
/// leaves each memristor two pulses nearer to the middle of its range: at .03, weights shrink by 6 %. Memristors that
/// take changes without pulses (`float`) are shifted instead, and back.
/// @param chosen  only these, of those in use; null: all
[[nodiscard]] ProbeReport probe(LaneBank& bank, const ProbeOptions& options = {}, const SynapseSet* chosen = nullptr);

}  // namespace assimilaate
