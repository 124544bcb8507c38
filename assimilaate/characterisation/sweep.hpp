#pragma once
/// What a memristor would show in a measurement, without chance: conductance along a train of pulses, current along a
/// voltage that somebody drives through a series resistor.

#include <span>
#include <vector>

#include "assimilaate/substrate/memristor.hpp"

namespace assimilaate {

/// Conductance after every pulse, [pulses] [S]. @param state  before the first; after the last on return
void sweep_pulses(const Memristor& law, MemristorState& state, std::span<const Pulse> pulses,
                  std::span<double> conductance);

/// Voltage over the memristor when `applied` [V] lies over it and a resistor of `resistance` [Ohm] in series.
[[nodiscard]] double device_voltage(const Memristor& law, const MemristorState& state, double applied,
                                    double resistance);

struct LoopOptions {
  double series_resistance = 0;  ///< [Ohm]
  double temperature = 298;      ///< [K]
  double largest_move = 0.02;    ///< of x within one sub-step; the error of a loop falls with its square
  double largest_rise = 0.005;   ///< of the voltage within one sub-step [V]
  int most_substeps = 100'000;   ///< for the whole loop; a law that needs more gives currents that are no numbers
};

/// Current at each sample of a voltage that is linear between samples, [samples] [A]. Between samples the state moves
/// by the pulse law under the voltage at the middle of every sub-step (implicit midpoint rule), at 0 V like idle time.
/// @param state    at the first sample; at the last on return
/// @param time     rising [s]
/// @param voltage  over memristor and resistor [V]
void sweep_loop(const Memristor& law, MemristorState& state, std::span<const double> time,
                std::span<const double> voltage, std::span<double> current, const LoopOptions& options = {});

}  // namespace assimilaate
