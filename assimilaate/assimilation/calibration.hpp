#pragma once
/// Before a target learns, and for what is new in it later: bring synapses to y = 0, and stop using those that refuse.

#include "assimilaate/assimilation/lane_bank.hpp"
#include "assimilaate/substrate/synapse_set.hpp"

namespace assimilaate {

struct CalibrationOptions {
  int rounds = 24;  ///< couples of pulses a synapse may take
  double strength_first = 0.2, strength_last = 0.01;
  double good_enough = 0.02;  ///< |y| at which a synapse is left alone
  double refuses = 0.06;      ///< |y| above which it is masked at the end
  std::size_t looks = 8;      ///< reads whose mean has the last word, where reads are noisy
  std::uint32_t epoch = 0;    ///< tells the calibrations of one bank apart: another draws other chance
};

struct CalibrationReport {
  std::size_t synapses = 0;  ///< calibrated
  std::size_t masked = 0;    ///< of which refused
  Events events;
};

/// Zero and mask (`learning.md` 2, point 14): read each synapse alone, under the profile's read noise, pulse against
/// its sign with annealed width, mask what stays away from zero.
/// @param chosen  only these, of those in use; null: all
[[nodiscard]] CalibrationReport calibrate(LaneBank& bank, const CalibrationOptions& options = {},
                                          const SynapseSet* chosen = nullptr);

}  // namespace assimilaate
