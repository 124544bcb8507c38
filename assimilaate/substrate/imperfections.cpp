#include "assimilaate/substrate/imperfections.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace assimilaate {
namespace {

constexpr double elementary_charge = 1.602176634e-19;  // [C]
constexpr double boltzmann = 1.380649e-23;             // [J/K]

struct Layer {
  Field field;
  double Imperfections::*value;
};

using I = Imperfections;
constexpr std::array layers{
    Layer{{"step_variation", "1", 0, 0, 1.5, "device to device, of the rate of a pulse"}, &I::step_variation},
    Layer{{"log_normal", "1", 0, 0, 1, "1: the above is log-normal with median 1"}, &I::log_normal},
    Layer{{"asymmetry", "1", 0, 0, 1, "device to device, of up against down pulses"}, &I::asymmetry},
    Layer{{"bound_variation", "1", 0, 0, 1, "device to device, of the lowest and highest conductance"},
          &I::bound_variation},
    Layer{{"low_variation", "1", 0, 0, 1, "device to device, of the lowest conductance, in ranges"}, &I::low_variation},
    Layer{{"high_variation", "1", 0, 0, 1, "device to device, of the highest conductance, in ranges"},
          &I::high_variation},
    Layer{{"own_variation", "1", 0, 0, 10, "scale of the variation that a model states itself"}, &I::own_variation},
    Layer{{"correlation", "cells", 0, 0, 1e4, "distance over which neighbours deviate alike"}, &I::correlation},
    Layer{{"cycle_variation", "1", 0, 0, 10, "pulse to pulse, of a step"}, &I::cycle_variation},
    Layer{{"pulse_jitter", "1", 0, 0, 1, "pulse to pulse, of its width"}, &I::pulse_jitter},
    Layer{{"write_noise", "1", 0, 0, 1, "of what readers see after a move, in ranges"}, &I::write_noise},
    Layer{{"stuck", "1", 0, 0, 1, "share of memristors that never move, half low, half high"}, &I::stuck},
    Layer{{"stuck_low", "1", 0, 0, 1, "share that never moves from the lowest conductance"}, &I::stuck_low},
    Layer{{"stuck_high", "1", 0, 0, 1, "share that never moves from the highest conductance"}, &I::stuck_high},
    Layer{{"stuck_random", "1", 0, 0, 1, "share that never moves from where it happens to be"}, &I::stuck_random},
    Layer{{"clustered", "1", 0, 0, 1, "share of faults that comes as segments of eight cells"}, &I::clustered},
    Layer{{"retention", "s", 0, 0, 1e18, "time constant of forgetting at 358 K; 0: none"}, &I::retention},
    Layer{{"retention_energy", "eV", 1.1, 0, 5, "its activation energy"}, &I::retention_energy},
    Layer{{"retention_rest", "1", 0.5, 0, 1, "where it forgets to, in ranges"}, &I::retention_rest},
    Layer{{"drift", "1", 0, 0, 1, "exponent of a power-law fall of conductance"}, &I::drift},
    Layer{{"drift_variation", "1", 0, 0, 1, "its sigma from device to device"}, &I::drift_variation},
    Layer{{"read_disturb", "1", 1, 0, 1, "1: reads act on memristors; 0: they do not"}, &I::read_disturb},
    Layer{{"endurance", "1", 0, 0, 1e18, "pulses that shrink the range to 1/e; 0: no wear"}, &I::endurance},
    Layer{{"device_noise", "1", 0, 0, 1, "read to read, of the conductance of every memristor"}, &I::device_noise},
    Layer{{"telegraph", "1", 0, 0, 1, "step of every memristor's conductance between two levels"}, &I::telegraph},
    Layer{{"telegraph_dwell", "reads", 100, 1, 1e12, "mean stay on a level, of the quickest"}, &I::telegraph_dwell},
    Layer{{"telegraph_decades", "1", 0, 0, 12, "decades over which stays are spread"}, &I::telegraph_decades},
    Layer{{"wire_resistance", "Ohm", 0, 0, 1e6, "of one segment between two cells"}, &I::wire_resistance},
};

constexpr auto fields_of_layers = [] {
  std::array<Field, layers.size()> fields{};
  for (std::size_t i = 0; i < layers.size(); ++i) fields[i] = layers[i].field;
  return fields;
}();

/// Cubic B-spline: weights of the four knots about a point, from how far it is past the second of them.
std::array<double, 4> spline(double past) {
  const double left = 1 - past;
  return {left * left * left / 6, (4 - 3 * past * past * (2 - past)) / 6, (4 - 3 * left * left * (2 - left)) / 6,
          past * past * past / 6};
}

/// A standard normal number for a cell: its own, or that of a smooth field: white noise on a lattice of knots, spread
/// by B-splines, of unit variance everywhere. Knots are so far apart that likeness is 1/e at a distance of
/// `correlation`.
double deviate(const Imperfections& how, const Random& random, const Cell& cell, std::uint64_t which) {
  if (how.correlation <= 0) return random.normals(Purpose::Variation, cell.place, which / 2)[which % 2];
  constexpr double knots_to_1_e = 1.184696;  // B7(d) = B7(0) / e; B7 is what two cubic splines have in common
  const double u = static_cast<double>(cell.row) / how.correlation * knots_to_1_e;
  const double v = static_cast<double>(cell.column) / how.correlation * knots_to_1_e;
  const auto row = spline(u - std::floor(u)), column = spline(v - std::floor(v));
  const std::uint64_t bank = cell.place >> 40 << 40;
  double sum = 0, squares = 0;
  for (std::uint64_t i = 0; i < 4; ++i)
    for (std::uint64_t j = 0; j < 4; ++j) {
      const double weight = row[i] * column[j];
      const std::uint64_t knot = bank + ((static_cast<std::uint64_t>(u) + i) << 20) + static_cast<std::uint64_t>(v) + j;
      sum += weight * random.normal(Purpose::Variation, knot, 64 + which);
      squares += weight * weight;
    }
  return sum / std::sqrt(squares);
}

/// Whether a cell is faulty, and the number that says which fault it is.
struct Fault {
  bool faulty = false;
  double which = 0;
};

Fault fault_at(const Imperfections& how, const Random& random, const Cell& cell) {
  const double share = how.stuck + how.stuck_low + how.stuck_high + how.stuck_random;
  if (share <= 0) return {};
  const double in_segments = share * how.clustered;
  if (in_segments > 0) {
    const double segment_rate = 1 - std::sqrt(1 - std::min(in_segments, 1.0));
    const std::uint64_t bank = cell.place >> 40 << 40;
    const std::array<std::uint64_t, 2> segments{bank + (cell.row << 20) + cell.column / 8,
                                                bank + (std::uint64_t{1} << 39) + (cell.row / 8 << 20) + cell.column};
    for (const auto segment : segments)
      if (random.uniform(Purpose::Fault, segment, 2) < segment_rate)
        return {true, random.uniform(Purpose::Fault, segment, 3)};
  }
  const double alone = (share - in_segments) / std::max(1 - in_segments, 1e-12);
  return {random.uniform(Purpose::Fault, cell.place, 0) < alone, random.uniform(Purpose::Fault, cell.place, 1)};
}

/// A setting that says how, where nothing says that or how much.
void refuse_alone(const Settings& settings, std::string_view name, bool used, std::string_view needed) {
  const auto found = settings.find(name);
  if (found == settings.end() || used) return;
  for (const Layer& layer : layers)
    if (layer.field.name == name && found->second == layer.field.value) return;
  fail(Errc::Usage, "imperfections: {} = {} has nothing to act on; set {} too", name, found->second, needed);
}

}  // namespace

bool Imperfections::unlike() const {
  return step_variation > 0 || asymmetry > 0 || bound_variation > 0 || low_variation > 0 || high_variation > 0 ||
         own_variation > 0 || stuck > 0 || stuck_low > 0 || stuck_high > 0 || stuck_random > 0 || drift_variation > 0;
}

std::span<const Field> imperfection_fields() { return fields_of_layers; }

Imperfections imperfections_from(const Settings& settings) {
  check_settings("imperfections", fields_of_layers, settings);
  Imperfections found;
  for (const Layer& layer : layers)
    found.*layer.value = field_value("imperfections", fields_of_layers, settings, layer.field.name);
  for (const auto& [name, flag] : {std::pair{"log_normal", found.log_normal}, {"read_disturb", found.read_disturb}})
    if (flag != 0 && flag != 1) fail(Errc::Usage, "imperfections: {} = {} is a switch: 0 or 1", name, flag);
  const double faults = found.stuck + found.stuck_low + found.stuck_high + found.stuck_random;
  if (faults > 1)
    fail(Errc::Usage,
         "imperfections: stuck {} + stuck_low {} + stuck_high {} + stuck_random {} is more than all memristors",
         found.stuck, found.stuck_low, found.stuck_high, found.stuck_random);
  const bool varies = found.step_variation > 0 || found.asymmetry > 0 || found.bound_variation > 0 ||
                      found.low_variation > 0 || found.high_variation > 0 || found.own_variation > 0 ||
                      found.drift_variation > 0;
  refuse_alone(settings, "clustered", faults > 0, "stuck, stuck_low, stuck_high or stuck_random");
  refuse_alone(settings, "log_normal", found.step_variation > 0, "step_variation");
  refuse_alone(settings, "correlation", varies, "a variation from device to device");
  refuse_alone(settings, "retention_energy", found.retention > 0, "retention");
  refuse_alone(settings, "retention_rest", found.retention > 0, "retention");
  refuse_alone(settings, "drift_variation", found.drift > 0, "drift");
  refuse_alone(settings, "telegraph_dwell", found.telegraph > 0, "telegraph");
  refuse_alone(settings, "telegraph_decades", found.telegraph > 0, "telegraph");
  if (found.retention > 0 && found.drift > 0)
    fail(Errc::Usage, "imperfections: retention {} s and drift {} are two laws for the same idle time; keep one",
         found.retention, found.drift);
  return found;
}

Settings settings_of(const Imperfections& imperfections) {
  Settings found;
  for (const Layer& layer : layers)
    if (const double value = imperfections.*layer.value; value != layer.field.value)
      found.emplace(layer.field.name, value);
  return found;
}

Individual individual(const Imperfections& how, const Random& random, const Cell& cell, double floor) {
  Individual self;
  if (how.step_variation > 0) {
    const double z = how.step_variation * deviate(how, random, cell, 0);
    self.gain = how.log_normal > 0 ? std::exp(z) : std::max(0.05, 1 + z);
  }
  if (how.asymmetry > 0) self.asymmetry = how.asymmetry * deviate(how, random, cell, 4);
  if (how.bound_variation > 0 || how.high_variation > 0 || how.low_variation > 0) {
    const double of_high = std::hypot(how.high_variation, how.bound_variation * (1 + floor));
    const double of_low = std::hypot(how.low_variation, how.bound_variation * floor);
    self.high = 1 + of_high * deviate(how, random, cell, 1);
    self.low = of_low * deviate(how, random, cell, 2);
    if (self.high < self.low) std::swap(self.high, self.low);
    constexpr double least_range = 1e-3;
    self.low = std::max(self.low, -0.9 * floor);
    self.high = std::max(self.high, self.low + least_range);
  }
  if (how.own_variation > 0) {
    self.own = how.own_variation * deviate(how, random, cell, 5);
    self.own_other = how.own_variation * deviate(how, random, cell, 7);
  }
  if (how.drift > 0) self.drift = std::abs(how.drift + how.drift_variation * deviate(how, random, cell, 6));
  self.stuck = fault_at(how, random, cell).faulty;
  return self;
}

double initial_position(const Imperfections& how, const Random& random, const Cell& cell, const Individual& self) {
  const double unit = std::clamp(0.5 + 0.05 * random.normal(Purpose::Init, cell.place), 0.0, 1.0);
  if (!self.stuck) return self.low + unit * (self.high - self.low);
  const double share = how.stuck + how.stuck_low + how.stuck_high + how.stuck_random;
  const double which = share * fault_at(how, random, cell).which;
  const double low = how.stuck / 2 + how.stuck_low, high = how.stuck / 2 + how.stuck_high;
  if (which < low) return self.low;
  if (which < low + high) return self.high;
  return self.low + random.uniform(Purpose::Init, cell.place, 1) * (self.high - self.low);
}

double forgotten(const Imperfections& how, double seconds, double kelvin) {
  if (how.retention <= 0 || seconds <= 0) return 0;
  constexpr double reference = 358;  // [K]
  const double slower = std::exp(how.retention_energy * elementary_charge / boltzmann * (1 / kelvin - 1 / reference));
  return -std::expm1(-seconds / (how.retention * slower));
}

}  // namespace assimilaate
