#pragma once
/// What is wrong with the memristors of a target: layers over any model, each named, off by default (read disturb
/// excepted), and drawn from its own stream of chance. Order of application: variation, faults, pulse, cycle, write
/// noise, idle and drift, temperature, wires, read noise (`physics.md` 4).

#include <span>

#include "assimilaate/core/catalogue.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate {

/// How unlike, damaged and noisy the memristors of a target are. As it stands: nothing is drawn, nothing is paid.
struct Imperfections {
  // Device to device.
  double step_variation = 0;   ///< of the rate or step of a pulse: sigma of a factor [1]
  double log_normal = 0;       ///< 1: that factor is log-normal with median 1, and sigma is of its logarithm
  double asymmetry = 0;        ///< sigma of what is added to the factor of up pulses and taken from down pulses [1]
  double bound_variation = 0;  ///< of the lowest and highest conductance: sigma of a factor, beside the two below [1]
  double low_variation = 0;    ///< of the lowest conductance: sigma, in nominal ranges [1]
  double high_variation = 0;   ///< of the highest conductance: sigma, in nominal ranges [1]
  double own_variation = 0;    ///< scale of the variation that a model states in fields of its own [1]
  double correlation = 0;      ///< cells over which neighbours' likeness falls to 1/e; 0: each for itself [cells]
  // Pulse to pulse.
  double cycle_variation = 0;  ///< sigma of a step, of itself [1]
  double pulse_jitter = 0;     ///< sigma of the width of a pulse, of itself [1]
  double write_noise = 0;      ///< sigma of what readers see beside the state, redrawn when it moves, in ranges [1]
  // Faults, shares of all memristors.
  double stuck = 0;         ///< never move: half at the lowest, half at the highest conductance [1]
  double stuck_low = 0;     ///< never move from their lowest conductance [1]
  double stuck_high = 0;    ///< never move from their highest conductance [1]
  double stuck_random = 0;  ///< never move from where they happen to be [1]
  double clustered = 0;     ///< share of the faults that comes as row or column segments of eight cells [1]
  // Time.
  double retention = 0;           ///< time constant of forgetting at 358 K [s]; 0: for ever
  double retention_energy = 1.1;  ///< its activation energy [eV]
  double retention_rest = 0.5;    ///< where it forgets to, in ranges [1]
  double drift = 0;               ///< exponent nu of a power-law fall of conductance since the last pulse [1]
  double drift_variation = 0;     ///< sigma of nu from device to device [1]
  double read_disturb = 1;        ///< 1: reads act on memristors by the law of pulses; 0: they do not
  double endurance = 0;           ///< pulses after which the range has shrunk to 1/e; 0: no wear [1]
  // Reads.
  double device_noise = 0;       ///< sigma of the conductance of a memristor from read to read, of itself [1]
  double telegraph = 0;          ///< step of its conductance between two levels, of itself (`telegraph.hpp`) [1]
  double telegraph_dwell = 100;  ///< mean stay on a level, of the quickest memristors [reads]
  double telegraph_decades = 0;  ///< over which stays are spread, evenly in their logarithm: the sum is 1/f [decades]
  // Wires.
  double wire_resistance = 0;  ///< of one segment between two cells [Ohm]

  bool operator==(const Imperfections&) const = default;

  /// True when one memristor is not like the next.
  [[nodiscard]] bool unlike() const;
  /// True when memristors differ from read to read without being moved.
  [[nodiscard]] bool restless() const { return device_noise > 0 || telegraph > 0; }
};

/// Names, ranges and meaning of the above, for config files and help.
[[nodiscard]] std::span<const Field> imperfection_fields();
/// @throws Error{Usage} for unknown names, values out of range, and layers that contradict each other.
[[nodiscard]] Imperfections imperfections_from(const Settings& settings);
/// Only what is not as it is by default.
[[nodiscard]] Settings settings_of(const Imperfections& imperfections);

/// What device-to-device layers made of one memristor.
struct Individual {
  double gain = 1;       ///< factor on the rate or step of every pulse
  double asymmetry = 0;  ///< added to the gain of up pulses, taken from that of down pulses
  double low = 0;        ///< own bounds, in nominal ranges; at least a tenth of the lowest conductance is left
  double high = 1;       ///< above `low`
  double own = 0;        ///< normal number for a model's own variation, sigma `own_variation`
  double own_other = 0;  ///< another, independent of it
  double cycle = 0;      ///< of the pulse at hand: normal number of sigma `cycle_variation`
  double drift = 0;      ///< exponent of conductance drift
  bool stuck = false;    ///< never moves
  /// The factor of a pulse in that direction, not below 0.
  [[nodiscard]] double factor(bool up) const {
    const double sum = gain + (up ? asymmetry : -asymmetry);
    return sum > 0 ? sum : 0;
  }
};

/// Where a memristor sits in an array.
struct Cell {
  std::uint64_t place = 0;          ///< tells all memristors of a target apart
  std::size_t row = 0, column = 0;  ///< neighbours differ by one; the two of a synapse are neighbours in a row
};

/// What the layers make of the memristor at a cell; a pure function.
/// @param floor  conductance at x = 0 of the nominal memristor, in ranges: G_low / (G_high - G_low)
[[nodiscard]] Individual individual(const Imperfections& imperfections, const Random& random, const Cell& cell,
                                    double floor);
/// Where it starts, in nominal ranges: medium, mean .5 and sigma .05 of its own range; a stuck one where it is stuck.
[[nodiscard]] double initial_position(const Imperfections& imperfections, const Random& random, const Cell& cell,
                                      const Individual& self);

/// Share of the distance to its rest that a memristor forgets in `seconds` at `kelvin`, Arrhenius; in [0, 1].
[[nodiscard]] double forgotten(const Imperfections& imperfections, double seconds, double kelvin);

}  // namespace assimilaate
