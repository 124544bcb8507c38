#pragma once
/// Adapting without a teacher, behind a gate: what a bank makes of itself is kept only while it does no worse on
/// held-out examples.

#include <stop_token>

#include "assimilaate/assimilation/session.hpp"

namespace assimilaate {

struct AdaptOptions {
  std::string rule = "ahah";  ///< an unsupervised one
  Settings rule_settings = {};
  std::size_t passes = 2;  ///< times each input is presented
  std::size_t rounds = 2;  ///< the passes are split into so many; after each, the gate
  /// Fall of held-out agreement below the best so far that a round may end with and still be kept.
  double tolerance = 0;
  /// Tells the adaptations of one bank apart; each draws its chance from its own.
  std::uint32_t occasion = 0;
};

struct AdaptReport {
  double before = 0, after = 0;    ///< held-out agreement of what is kept
  std::vector<double> tried = {};  ///< after each round, kept or not
  bool rolled_back = false;        ///< the last round tried was undone
  std::size_t presentations = 0;
  double pulses_per_memristor = 0;  ///< of all rounds tried
  Events events;
};

/// Present inputs without answers, `options.rounds` times in turn: adapt, ask the held-out examples, keep a copy or go
/// back to the last one and stop. The copy is a second bank beside the one in use (A and B): the simulation keeps its
/// state, a chip twice the synapses; going back costs the switch from one to the other. A pure function of the bank,
/// the inputs and the options, for any number of threads.
/// @param inputs    AATs of the bank's input shape
/// @param held_out  what the gate asks; without it nothing could be judged
/// @throws Error{Usage} for a rule that needs a teacher, regression lanes, no held-out examples, and a bank that has
/// learnt nothing; Error{Mismatch} for another shape; Error{Format} for no inputs and addresses out of range;
/// Error{Interrupted} after a request to stop: the bank is then as it was after the last round kept.
[[nodiscard]] AdaptReport adapt(LaneBank& bank, const AatBlock& inputs, const HeldOut& held_out,
                                const AdaptOptions& options = {}, std::stop_token stop = {});

}  // namespace assimilaate
