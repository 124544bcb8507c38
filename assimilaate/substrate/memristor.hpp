#pragma once
/// The catalogue of memristors. `models/<name>.cpp` is one of them, whole: its fields, its source and the physics of
/// ONE device.

#include <memory>
#include <span>
#include <string_view>

#include "assimilaate/core/catalogue.hpp"
#include "assimilaate/core/random.hpp"
#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {

/// How unlike, damaged and noisy the memristors of a target are. All zero: nothing is drawn, nothing is paid.
struct Imperfections {
  double step_variation = 0;  ///< device to device, of the rate at which a pulse moves it: sigma of a normal factor [1]
  double bound_variation =
      0;             ///< device to device, of the lowest and highest conductance: sigma of a normal factor [1]
  double stuck = 0;  ///< share of memristors that never move: half at the lowest, half at the highest conductance [1]
  double write_noise = 0;  ///< per pulse, sigma of an extra displacement, of the mean step at mid range [1]

  bool operator==(const Imperfections&) const = default;
};
/// Names, ranges and meaning of the above, for config files and help.
[[nodiscard]] std::span<const Field> imperfection_fields();
/// @throws Error{Usage} for unknown names and values out of range.
[[nodiscard]] Imperfections imperfections_from(const Settings& settings);

/// What an array of synapses is made of.
struct ArrayPlan {
  std::size_t rows = 0, lanes = 0;
  Random random;           ///< of this target
  std::uint32_t bank = 0;  ///< keeps the banks of one target apart
  Imperfections imperfections;
};

/// One entry of the catalogue.
struct MemristorKind {
  std::string_view name, about, reference;
  std::span<const Field> fields;
  /// @throws Error{Usage} for settings that contradict each other.
  std::unique_ptr<SynapseArray> (*make)(const Settings& settings, const ArrayPlan& plan);
};

/// All memristors, in alphabetical order.
[[nodiscard]] std::span<const MemristorKind* const> memristor_catalogue();

/// Synapses of the memristor called `name`. @throws Error{Usage} for an unknown name, setting or value.
[[nodiscard]] std::unique_ptr<SynapseArray> make_synapses(std::string_view name, const Settings& settings,
                                                          const ArrayPlan& plan);

}  // namespace assimilaate
