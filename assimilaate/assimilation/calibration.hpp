#pragma once
/// Before a target learns: bring every synapse to y = 0, and stop using those that refuse.

#include "assimilaate/assimilation/lane_bank.hpp"

namespace assimilaate {

struct CalibrationOptions {
  int rounds = 24;  ///< couples of pulses a synapse may take
  double strength_first = 0.2, strength_last = 0.01;
  double good_enough = 0.02;  ///< |y| at which a synapse is left alone
  double refuses = 0.06;      ///< |y| above which it is masked at the end
};

struct CalibrationReport {
  std::size_t synapses = 0, masked = 0;
  Events events;
};

/// Zero and mask (`learning.md` 2, point 14): read each synapse alone, pulse against its sign with annealed width, mask
/// what stays away from zero.
[[nodiscard]] CalibrationReport calibrate(LaneBank& bank, const CalibrationOptions& options = {});

}  // namespace assimilaate
