#pragma once
/// What happened on a substrate, counted. Only the ledger turns counts into joules and seconds.

#include <algorithm>
#include <cstdint>
#include <span>

namespace assimilaate {

/// Sums over everything a bank, a target or a phase did. Adding two is adding their fields.
struct Events {
  std::uint64_t presentations = 0;      ///< AATs presented to lanes
  std::uint64_t lane_reads = 0;         ///< one lane read once
  std::uint64_t synapse_reads = 0;      ///< synapses that took part in those reads
  std::uint64_t pulses = 0;             ///< programming pulses, one memristor each
  std::uint64_t comparisons = 0;        ///< comparator decisions (emission, calibration)
  std::uint64_t conversions = 0;        ///< analogue to digital, of nodes and of lanes whose error has a size
  std::uint64_t counter_updates = 0;    ///< accumulate-and-fire counters that were added to
  std::uint64_t counter_overflows = 0;  ///< of which fired
  std::uint64_t lines_driven = 0;       ///< rows driven, summed over presentations and tiles
  std::uint64_t levels_driven = 0;      ///< of which at a voltage of their own
  std::uint64_t silent_entries = 0;     ///< NONE entries presented
  double read_dissipation = 0;          ///< sum of (Ga + Gb) (1 - y^2) V^2 t over synapse reads [J]
  double pulse_dissipation = 0;         ///< sum of G V^2 t over programming pulses [J]
  double read_seconds = 0;              ///< simulated time of reads, lanes of a bank in parallel [s]
  double pulse_seconds = 0;             ///< simulated time of programming, one line at a time [s]

  Events& operator+=(const Events& other) {
    presentations += other.presentations;
    lane_reads += other.lane_reads;
    synapse_reads += other.synapse_reads;
    pulses += other.pulses;
    comparisons += other.comparisons;
    conversions += other.conversions;
    counter_updates += other.counter_updates;
    counter_overflows += other.counter_overflows;
    lines_driven += other.lines_driven;
    levels_driven += other.levels_driven;
    silent_entries += other.silent_entries;
    read_dissipation += other.read_dissipation;
    pulse_dissipation += other.pulse_dissipation;
    read_seconds += other.read_seconds;
    pulse_seconds += other.pulse_seconds;
    return *this;
  }
};

/// Simulated time of programming a tile [s]: lines one after the other, each with the four instructions FH, RH, FL and
/// RL of its couples up and down, side by side in its lanes; the most couples of a line decide how long.
/// @param fires  in row order; any type with `row` and `count`
template <typename Fires>
[[nodiscard]] double programming_seconds(const Fires& fires, double width) {
  double couples = 0;
  for (std::size_t i = 0; i < fires.size();) {
    const auto row = fires[i].row;
    int most = 0;
    for (; i < fires.size() && fires[i].row == row; ++i)
      most = std::max<int>(most, fires[i].count < 0 ? -fires[i].count : fires[i].count);
    couples += most;
  }
  return 4 * width * couples;
}

/// What tiles did at the same time: counts add up in order, times do not.
[[nodiscard]] inline Events side_by_side(std::span<const Events> tiles) {
  Events all;
  double read_seconds = 0, pulse_seconds = 0;
  for (Events one : tiles) {
    read_seconds = std::max(read_seconds, one.read_seconds);
    pulse_seconds = std::max(pulse_seconds, one.pulse_seconds);
    all += one;
  }
  all.read_seconds = read_seconds;
  all.pulse_seconds = pulse_seconds;
  return all;
}

}  // namespace assimilaate
