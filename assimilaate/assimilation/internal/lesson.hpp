#pragma once
/// Presenting examples to a bank: what a session and an adaptation share.

#include <functional>
#include <stop_token>

#include "assimilaate/assimilation/lane_bank.hpp"
#include "assimilaate/substrate/synapse_set.hpp"

namespace assimilaate::internal {

/// Examples that a rule teaches a bank in so many passes.
struct Lesson {
  LaneBank& bank;
  const Rule& rule;
  const ExampleBlock& examples;
  const Matrix<float>& drives;         ///< every example's, from `all_drives`
  std::size_t passes;                  ///< of the whole lesson, whatever a round takes of them
  std::uint64_t moment = 0;            ///< of its first presentation; no two lessons of a bank share any
  double begin = 0, end = 1;           ///< of annealing
  const SynapseSet* pupils = nullptr;  ///< those that learn; null: all
  double row_energy = 0;               ///< mean energy of a row, where there are pupils
};

/// Present the passes [first, last) of a lesson, each in an order of its own. Ends early on a request to stop.
/// @param pass_done  called from the threads that teach, once for every pass of every tile
[[nodiscard]] Events teach_round(
    const Lesson& lesson, std::size_t first, std::size_t last, const std::stop_token& stop = {},
    const std::function<void()>& pass_done = [] {});

/// Every example's drives and behind them their energy and magnitude, or nothing where they are selected, have holes,
/// or are too many to hold.
[[nodiscard]] Matrix<float> all_drives(const LaneBank& bank, const ExampleBlock& examples);

/// Winner lanes do not know their spread beforehand: it is what they say now. Nothing for others, and where no noise
/// is relative to it.
void measure_spread(LaneBank& bank, const ExampleBlock& examples);

}  // namespace assimilaate::internal
