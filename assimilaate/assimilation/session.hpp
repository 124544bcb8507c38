#pragma once
/// A session: examples in, a bank that has learnt them out, and a report of how well, in a few numbers.

#include <functional>
#include <optional>
#include <stop_token>

#include "assimilaate/assimilation/lane_bank.hpp"
#include "assimilaate/core/progress.hpp"
#include "assimilaate/substrate/synapse_set.hpp"

namespace assimilaate {

/// What a target reports of one transform.
struct Convergence {
  std::string transform;
  std::size_t examples = 0, presentations = 0;
  std::size_t synapses = 0, masked = 0;
  double pulses_per_memristor = 0;
  std::size_t held_out = 0;
  double agreement = 0;  ///< share of held-out output addresses that come out right
  double nmse = 0;       ///< of decoded held-out outputs, over the variance; NaN where addresses have no metric
  double margin_p10 = 0,
         margin_p50 = 0;   ///< distance to the nearest wrong address, in spreads of the lane; negative: wrong
  bool converged = false;  ///< a plateau or the wanted agreement was reached before the presentations ran out
  Events events;
};

/// min(200, 40 000 / examples), at least 2.
[[nodiscard]] std::size_t default_passes(std::size_t examples);

struct SessionOptions {
  /// Times each example is presented; 0: `default_passes`.
  std::size_t passes = 0;
  /// The passes are split into this many rounds; after each, held-out examples are tried and the state may be saved.
  std::size_t rounds = 4;
  /// Stop when held-out agreement gained less than this over a round (0: never).
  double plateau = 0;
  /// Stop when held-out agreement reaches this (more than 1: never).
  double agreement = 2;
  /// Called after each round with the report so far and the rounds done; a target saves itself here.
  std::function<void(const Convergence& so_far, std::size_t rounds_done)> after_round = {};
  /// Teach these alone and leave the others as they are; null: all.
  const SynapseSet* pupils = nullptr;
  /// Where annealing begins and ends: from 0, as a new bank begins, to 1, as it ends, and beyond, ever weaker. A bank
  /// that knows something already is not shaken as one that knows nothing.
  double begin = 0, end = 1;
  /// Tells the sessions of one bank apart: another draws other chance.
  std::uint32_t epoch = 0;
  /// Rounds that an earlier, interrupted session has done, and its report so far.
  std::size_t rounds_done = 0;
  Convergence report = {};
};

/// Assimilate the examples of `source` into `bank`: tune and calibrate when it is new, present, validate on `held_out`
/// only. A pure function of the bank's seed, the examples and the options, for any number of threads.
/// @throws Error{Mismatch} when the shapes differ, Error{Format} for no examples, Error{Interrupted} after a request to
/// stop: the bank is then as it was after the last whole round given to `after_round`, or as far as it came (save is
/// the caller's).
[[nodiscard]] Convergence assimilate(LaneBank& bank, ExampleSource& source, const HeldOut& held_out,
                                     const SessionOptions& options = {}, Progress* progress = nullptr,
                                     std::stop_token stop = {});

/// Mean square of the differences over the variance of what was meant; 0 where that does not vary.
/// @param said, meant  [n x dims]
[[nodiscard]] double normalised_error(const Matrix<float>& said, const Matrix<float>& meant);

/// How well a bank does on held-out examples: fills agreement, nmse, margins, held_out of the report.
void validate(LaneBank& bank, const HeldOut& held_out, Convergence& report);

}  // namespace assimilaate
