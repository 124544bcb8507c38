#pragma once
/// Which fields of a model a measurement can tell, and where to begin looking: one table for all models.

#include <span>
#include <string_view>
#include <vector>

#include "assimilaate/characterisation/measurement.hpp"
#include "assimilaate/core/catalogue.hpp"

namespace assimilaate {

/// What a first guess is counted in; worked out from the data.
enum class GuessUnit {
  One,
  LowConductance,   ///< a low quantile of what was measured [S]
  HighConductance,  ///< a high one [S]
  Voltage,          ///< largest, over the memristor [V]
  Duration,         ///< of the median pulse, or of the loop [s]
  Rate,             ///< its inverse [1/s]
  PerPulse          ///< inverse of the number of pulses in the busier direction [1]
};

/// One field that a fit may move. It is looked for from `from` to `to` times its unit; the bounds are the model's own.
struct FreeField {
  std::string_view name;
  GuessUnit unit;
  double from, to;
  bool logarithmic;
};

struct FitPlan {
  std::string_view model;
  MeasurementKind kind;
  std::vector<FreeField> free;
  /// Alternatives of what is held, each tried.
  std::vector<Settings> held;
};

/// Every model that a kind of measurement can be fitted with.
[[nodiscard]] std::span<const FitPlan> fit_plans();
/// @throws Error{Usage} listing the models there are for that kind.
[[nodiscard]] const FitPlan& fit_plan(std::string_view model, MeasurementKind kind);

/// The size of each `GuessUnit` in a measurement, in their order.
[[nodiscard]] std::vector<double> guess_units(const Measurement& measured);
/// What a measurement itself says of a model's fields: width and voltage of its pulses.
[[nodiscard]] Settings measured_settings(const FitPlan& plan, const Measurement& measured);

}  // namespace assimilaate
