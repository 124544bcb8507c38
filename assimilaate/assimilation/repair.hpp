#pragma once
/// Repair of a bank during its life, the cheapest remedy first: what is new is taught alone; all learn again from the
/// middle of the annealing; what is broken is found and taken out of use.

#include "assimilaate/assimilation/session.hpp"

namespace assimilaate {

struct RepairOptions {
  double begin = 0.4;                         ///< where annealing starts again for all, see `SessionOptions`
  double fresh_begin = 0.5, fresh_end = 1.5;  ///< where it does for what is new, and where it ends
  std::size_t passes = 0;                     ///< times each example is presented; 0 as in `SessionOptions`
  bool probe = true;        ///< look for synapses that do not answer, and mask them, where all else is not enough
  double agreement = 2;     ///< held-out agreement that is enough: what comes after is left out; more than 1: never
  std::uint32_t epoch = 1;  ///< tells the repairs of one bank apart: another draws other chance; not 0
};

struct RepairReport {
  Convergence before, after;                    ///< on held-out examples
  std::size_t examples = 0, presentations = 0;  ///< 0 where nothing had to be learnt
  std::size_t calibrated = 0;                   ///< new synapses that were zeroed
  std::size_t masked = 0;                       ///< found broken, among new ones and old
  std::size_t recruited = 0;                    ///< spares that stand in
  std::size_t undone = 0;                       ///< steps that did harm
  Events events;                                ///< all of it, validation included
};

/// In this order, until held-out agreement is enough:
/// 1. What is new, where the target knows it, is zeroed, masked when it refuses, and taught alone (`pupils.hpp`): the
///    others know what they should.
/// 2. Spares stand in for what refused, and all are taught; left out where agreement is below half of what is enough.
/// 3. A probe masks what is broken, spares stand in for it, and all are taught. It comes last because it costs: weights
///    shrink by 6 %, and every memristor takes pulses.
/// Steps 2 and 3 are undone when they leave held-out agreement lower than it was: the state before them is a copy, as
/// that of `adapt`.
/// A pure function of the bank, the examples and the options, for any number of threads.
/// @param fresh  synapses known to be new since the bank learnt; may be null
/// @throws Error{Usage} for a bank that has learnt nothing or epoch 0, Error{Mismatch|Format} as `assimilate` does,
/// Error{Interrupted} after a request to stop: the bank is then as it was before.
[[nodiscard]] RepairReport repair(LaneBank& bank, const ExampleBlock& examples, const HeldOut& held_out,
                                  const RepairOptions& options = {}, const SynapseSet* fresh = nullptr,
                                  Progress* progress = nullptr, std::stop_token stop = {});

}  // namespace assimilaate
