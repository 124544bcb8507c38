#pragma once
/// What a life does to the synapses of a bank: lots of them are damaged or replaced.

#include "assimilaate/assimilation/lane_bank.hpp"
#include "assimilaate/substrate/synapse_set.hpp"

namespace assimilaate {

/// Synapses that lie from `from` to `to` in an order which `seed` draws, shares of the whole: lots that follow on each
/// other share none, and [0, 1) is all. @pre 0 <= from <= to
[[nodiscard]] SynapseSet lot(const LaneBank& bank, double from, double to, std::uint64_t seed);

/// How a synapse is damaged.
enum class Damage : std::uint8_t {
  Whole,  ///< both memristors stuck at opposite rails: it says 1 or -1 for ever
  Half    ///< one of the two stuck at a rail
};
/// Which rail and which memristor is drawn from `seed`.
void damage(LaneBank& bank, const SynapseSet& which, Damage how, std::uint64_t seed);

/// Fresh synapses in place of those.
void replace(LaneBank& bank, const SynapseSet& which);

}  // namespace assimilaate
