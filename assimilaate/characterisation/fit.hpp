#pragma once
/// A measured memristor through the front door: the settings of a model that a pulse response or a current-voltage loop
/// speaks for, how sure they are, how good the model is, and a preset of it.
///
/// Fitted is the mean field, without chance, by least squares of conductance (pulses) or current (loops) from several
/// starts; where the memristor stood before the first sample is one more unknown. What the mean field leaves over says
/// how noisy it is (`ResponseNoise`).

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "assimilaate/characterisation/measurement.hpp"
#include "assimilaate/substrate/preset.hpp"

namespace assimilaate {

struct FittedParameter {
  std::string name, unit;
  double value = 0;
  /// 95 % confidence, in `unit`: the profile of the sum of squares may rise by Student's t^2 of the residual variance,
  /// times (1 + r)/(1 - r) where neighbouring residuals correlate by r. An end that the data do not set is the field's.
  double low = 0, high = 0;
  bool determined = true;  ///< false: any value of the field fits as well once the others follow
  bool at_bound = false;   ///< it ran into the end of its range
};

/// Chance in a pulse response: what differs from the mean field is write noise plus a walk of steps that stray, so the
/// mean square change over k pulses is 2 write^2 + k step^2; a line through k of some to some tens of pulses tells
/// both.
struct ResponseNoise {
  double write_noise = 0;      ///< sigma of what readers see beside the state, in ranges [1]
  double cycle_variation = 0;  ///< sigma of a step, of itself [1]
  double switches = 0;         ///< switches whose binomial spread would do the same, 0: more than can be told
  std::optional<double> symmetric_point{};  ///< conductance where up and down steps are alike [S]
  /// Range over the mean step at the symmetric point, else at mid range.
  double states = 0;
  /// Range over two sigma of write noise and single step: what a reader can tell apart.
  double levels = 0;
};

struct ModelFit {
  std::string model;
  std::vector<FittedParameter> parameters{};
  Settings settings{};          ///< of the model, all that is not default
  double start = 0;             ///< where the memristor stood before the first sample [S]
  double nrmse = 0;             ///< sqrt(mean (model - data)^2) / (max data - min data)
  double bic = 0;               ///< n ln(mean square) + k ln n, of residuals relative to the range; lower is better
  double correlation = 0;       ///< of neighbouring residuals
  std::vector<double> curve{};  ///< the model at each sample [S] or [A]
  ResponseNoise noise{};        ///< of pulse responses
  bool converged = false;
};

struct FitOptions {
  std::uint64_t seed = 1;   ///< of the starts
  std::size_t starts = 12;  ///< searches from different places
  /// Whether where the memristor stood first is one more unknown; else a pulse response starts at its first sample.
  bool free_start = true;
  double temperature = 298;  ///< of the measurement [K]
  Settings held{};           ///< fields that the fit leaves at a value
  std::stop_token stop{};
};

/// @throws Error{Usage} for a model that cannot be fitted to this kind, or fields that it does not have; Error{Format}
/// for data that no start of it comes near; Error{Interrupted}.
[[nodiscard]] ModelFit fit_model(const Measurement& measured, std::string_view model, const FitOptions& options = {});
/// All models for this kind of measurement, best by `bic` first; those that come near it nowhere are left out.
/// Confidence of the best is that of its profile, of the others that of curvature alone (quick, and short where
/// unknowns trade places).
/// @param options  fields held apply to the models that have them
[[nodiscard]] std::vector<ModelFit> fit_all_models(const Measurement& measured, const FitOptions& options = {});

/// A memristor of it, for every verb. @param name  of the device
[[nodiscard]] Preset fitted_preset(const ModelFit& fit, const Measurement& measured, std::string_view name);

}  // namespace assimilaate
