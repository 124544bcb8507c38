#include "assimilaate/characterisation/fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "assimilaate/characterisation/fit_noise.hpp"
#include "assimilaate/characterisation/fit_plan.hpp"
#include "assimilaate/characterisation/least_squares.hpp"
#include "assimilaate/characterisation/profile.hpp"
#include "assimilaate/characterisation/sweep.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

const MemristorKind& kind_of(std::string_view model) {
  return find_entry<MemristorKind>("memristor model", memristor_catalogue(), model);
}
const Field& field_of(const MemristorKind& kind, std::string_view name) {
  for (const Field& field : kind.fields)
    if (field.name == name) return field;
  fail(Errc::Usage, "{} has no field '{}' to fit", kind.name, name);
}

/// How finely loops are integrated: to find the region of the best fit, and to find the best fit. Unknowns that need
/// ten times the sub-steps that loops usually take are as good as impossible.
constexpr LoopOptions rough{.largest_move = 0.08, .largest_rise = 0.02, .most_substeps = 2'000};
constexpr LoopOptions fine{.most_substeps = 10'000};

/// One model against one measurement: the unknowns are the plan's free fields and, last, x before the first sample.
class Task {
 public:
  Task(const Measurement& measured, const FitPlan& plan, Settings held, const FitOptions& options)
      : measured_(measured), plan_(plan), held_(std::move(held)), options_(options) {
    const auto units = guess_units(measured);
    const MemristorKind& kind = kind_of(plan.model);
    for (const FreeField& field : plan.free) {
      if (held_.contains(field.name)) continue;
      const Field& limits = field_of(kind, field.name);
      const double unit = units[static_cast<std::size_t>(field.unit)];
      const double low = field.logarithmic && limits.low <= 0 ? 1e-9 * limits.high : limits.low;
      free_.push_back(&field);
      problem_.unknowns.push_back({low, limits.high, field.logarithmic});
      guess_.push_back(
          {std::clamp(field.from * unit, low, limits.high), std::clamp(field.to * unit, low, limits.high)});
    }
    if (starts_free()) {
      problem_.unknowns.push_back({0, 1, false});
      guess_.push_back({0, 1});
    }
    const auto [lowest, highest] = std::ranges::minmax(data());
    range_ = highest - lowest;
    problem_.residuals = measured.samples();
    problem_.evaluate = [this](auto p, auto residual) { misses(p, residual, fine); };
    rough_problem_ = problem_;
    rough_problem_.evaluate = [this](auto p, auto residual) { misses(p, residual, rough); };
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  [[nodiscard]] const std::vector<double>& data() const {
    return measured_.kind == MeasurementKind::IvLoop ? measured_.loop.current : measured_.response.conductance;
  }
  [[nodiscard]] Settings settings(std::span<const double> p) const {
    Settings all = held_;
    for (std::size_t i = 0; i < free_.size(); ++i) all[std::string(free_[i]->name)] = p[i];
    return all;
  }
  /// Not a number where the model refuses the settings.
  void simulate(std::span<const double> p, std::span<double> curve, const LoopOptions& how = fine) const {
    std::unique_ptr<const Memristor> law;
    try {
      law = make_memristor(plan_.model, {settings(p), {}});
    } catch (const Error&) {
      std::ranges::fill(curve, std::numeric_limits<double>::quiet_NaN());
      return;
    }
    MemristorState state = law->at(start(*law, p));
    if (measured_.kind == MeasurementKind::IvLoop) {
      LoopOptions options = how;
      options.series_resistance = measured_.loop.series_resistance;
      options.temperature = options_.temperature;
      sweep_loop(*law, state, measured_.loop.time, measured_.loop.voltage, curve, options);
      return;
    }
    curve[0] = law->conductance(state);
    std::vector<Pulse> pulses(measured_.response.pulses.begin() + 1, measured_.response.pulses.end());
    for (Pulse& pulse : pulses) pulse.temperature = options_.temperature;
    sweep_pulses(*law, state, pulses, curve.subspan(1));
  }
  /// Conductance before the first sample [S].
  [[nodiscard]] double start(const Memristor& law, std::span<const double> p) const {
    return starts_free() ? law.lowest() + p.back() * (law.highest() - law.lowest()) : data().front();
  }
  /// A place to begin, drawn from the plan's box.
  [[nodiscard]] std::vector<double> draw(std::uint64_t which) const {
    const Random random(options_.seed, 0);
    std::vector<double> p(guess_.size());
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double u = random.uniform(Purpose::Select, i, which);
      const auto [low, high] = guess_[i];
      p[i] = problem_.unknowns[i].logarithmic ? low * std::pow(high / low, u) : low + u * (high - low);
    }
    return p;
  }
  [[nodiscard]] const FitPlan& plan() const { return plan_; }
  [[nodiscard]] const LeastSquaresProblem& problem() const { return problem_; }
  /// The same, quicker and less exact: loops in longer sub-steps.
  [[nodiscard]] const LeastSquaresProblem& rough_problem() const { return rough_problem_; }
  [[nodiscard]] const std::vector<const FreeField*>& free() const { return free_; }

 private:
  /// Residuals relative to the range of the data.
  void misses(std::span<const double> p, std::span<double> residual, const LoopOptions& how) const {
    if (options_.stop.stop_requested()) fail(Errc::Interrupted, "the fit was stopped");
    simulate(p, residual, how);
    for (std::size_t i = 0; i < residual.size(); ++i) residual[i] = (residual[i] - data()[i]) / range_;
  }
  [[nodiscard]] bool starts_free() const { return options_.free_start || measured_.kind == MeasurementKind::IvLoop; }

  const Measurement& measured_;
  const FitPlan& plan_;
  Settings held_;
  const FitOptions& options_;
  std::vector<const FreeField*> free_;
  std::vector<std::pair<double, double>> guess_;
  double range_ = 1;
  LeastSquaresProblem problem_, rough_problem_;
};

double square_of(std::span<const double> values) {
  return std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
}

/// The best of many places, then of searches from the best of those.
std::optional<LeastSquaresFit> search(const Task& task, std::size_t starts) {
  const std::size_t places = 60 * starts;
  std::vector<std::pair<double, std::size_t>> order(places);
  parallel_for(places, [&](std::size_t i) {
    std::vector<double> residual(task.problem().residuals);
    task.rough_problem().evaluate(task.draw(i), residual);
    const double sum = square_of(residual);
    order[i] = {std::isfinite(sum) ? sum : std::numeric_limits<double>::infinity(), i};
  });
  std::ranges::sort(order);
  std::vector<LeastSquaresFit> fits(std::min(starts, places));
  parallel_for(fits.size(), [&](std::size_t i) {
    fits[i] = least_squares(task.rough_problem(), task.draw(order[i].second), {.iterations = 25, .tolerance = 1e-4});
  });
  std::ranges::sort(fits, {}, &LeastSquaresFit::sum_of_squares);
  fits.resize(std::min<std::size_t>(3, fits.size()));
  parallel_for(fits.size(), [&](std::size_t i) {
    if (std::isfinite(fits[i].sum_of_squares))
      fits[i] = least_squares(task.problem(), fits[i].p, {.iterations = 150, .tolerance = 1e-6});
  });
  std::ranges::sort(fits, {}, &LeastSquaresFit::sum_of_squares);
  if (!std::isfinite(fits[0].sum_of_squares)) return std::nullopt;
  judge(task.problem(), fits[0]);
  return fits[0];
}

/// How much the sum of squares may rise within 95 % confidence: t^2 of the residual variance, times (1 + r)/(1 - r)
/// where neighbouring residuals correlate by r.
double allowed_rise(const LeastSquaresFit& fit) {
  const double n = static_cast<double>(fit.residual.size()),
               freedom = std::max(1.0, n - static_cast<double>(fit.p.size()));
  const double r = neighbour_correlation(fit.residual);
  const double widened = r > 2 / std::sqrt(n) ? (1 + r) / (1 - r) : 1, t = student_95(std::max(1.0, freedom / widened));
  return std::max(t * t * fit.sum_of_squares / freedom * widened, 1e-24);
}

/// Confidence from curvature alone.
std::vector<Interval> quick_intervals_of(const Task& task, const LeastSquaresFit& fit) {
  const double rise = allowed_rise(fit);
  std::vector<Interval> intervals;
  for (std::size_t i = 0; i < task.free().size(); ++i) {
    const Unknown& unknown = task.problem().unknowns[i];
    const double reach = std::sqrt(rise * fit.covariance(i, i)), p = fit.p[i];
    Interval within{unknown.low, unknown.high, true, true};
    if (reach > 0) {
      const double low = unknown.logarithmic ? p * std::exp(-reach) : p - reach;
      const double high = unknown.logarithmic ? p * std::exp(reach) : p + reach;
      within = {std::max(low, unknown.low), std::min(high, unknown.high), low <= unknown.low, high >= unknown.high};
    }
    intervals.push_back(within);
  }
  return intervals;
}

/// Profiles of all free fields; where one comes across a better fit, that takes the place of `fit`. Curvature stands in
/// for the rare profile that runs into a better fit which the search cannot follow.
std::vector<Interval> intervals_of(const Task& task, LeastSquaresFit& fit) {
  std::vector<Profile> profiles(task.free().size());
  for (int attempt = 0; attempt < 6; ++attempt) {
    const double rise = allowed_rise(fit);
    parallel_for(profiles.size(), [&](std::size_t i) { profiles[i] = profile(task.problem(), fit, i, rise); });
    const auto better = std::ranges::find_if(profiles, [](const Profile& p) { return p.better.has_value(); });
    if (better == profiles.end()) break;
    LeastSquaresFit again = least_squares(task.problem(), *better->better, {.iterations = 150, .tolerance = 1e-6});
    if (!(again.sum_of_squares < fit.sum_of_squares)) break;
    judge(task.problem(), again);
    fit = std::move(again);
  }
  std::vector<Interval> intervals = quick_intervals_of(task, fit);
  for (std::size_t i = 0; i < profiles.size(); ++i)
    if (!profiles[i].better) intervals[i] = profiles[i].interval;
  return intervals;
}

std::vector<FittedParameter> parameters_of(const Task& task, const MemristorKind& kind, const LeastSquaresFit& fit,
                                           const std::vector<Interval>& intervals) {
  std::vector<FittedParameter> parameters;
  for (std::size_t i = 0; i < task.free().size(); ++i) {
    const Field& field = field_of(kind, task.free()[i]->name);
    const Interval& within = intervals[i];
    parameters.push_back({std::string(field.name), std::string(field.unit), fit.p[i], within.low, within.high,
                          !(within.low_open && within.high_open), fit.at_bound[i]});
  }
  return parameters;
}

/// A model against a measurement, searched and not yet judged.
struct Found {
  std::unique_ptr<const Task> task;
  LeastSquaresFit fit;

  [[nodiscard]] double bic() const {
    const double n = static_cast<double>(fit.residual.size()), k = static_cast<double>(fit.p.size());
    return n * std::log(std::max(fit.sum_of_squares / n, 1e-30)) + k * std::log(n);
  }
};

ModelFit finished(Found found, const Measurement& measured, bool thorough) {
  const Task& task = *found.task;
  const MemristorKind& kind = kind_of(task.plan().model);
  const auto intervals = thorough ? intervals_of(task, found.fit) : quick_intervals_of(task, found.fit);
  const LeastSquaresFit& fit = found.fit;
  ModelFit result{.model = std::string(kind.name)};
  result.parameters = parameters_of(task, kind, fit, intervals);
  result.correlation = neighbour_correlation(fit.residual);
  result.settings = task.settings(fit.p);
  result.nrmse = std::sqrt(fit.sum_of_squares / static_cast<double>(fit.residual.size()));
  result.bic = found.bic();
  result.curve.resize(measured.samples());
  task.simulate(fit.p, result.curve);
  result.converged = fit.converged;
  const auto law = make_memristor(kind.name, {result.settings, {}});
  result.start = task.start(*law, fit.p);
  if (measured.kind == MeasurementKind::PulseResponse)
    result.noise = response_noise(*law, measured.response, result.curve);
  return result;
}

/// Nothing where no start of the model comes near the data.
std::optional<Found> attempt(const Measurement& measured, const FitPlan& plan, const FitOptions& options) {
  const MemristorKind& kind = kind_of(plan.model);
  std::optional<Found> best;
  for (Settings held : plan.held) {
    for (const auto& [name, value] : measured_settings(plan, measured)) held[name] = value;
    for (const auto& [name, value] : options.held) held[name] = value;
    check_settings(kind.name, kind.fields, held);
    auto task = std::make_unique<const Task>(measured, plan, held, options);
    auto fit = search(*task, std::max<std::size_t>(1, options.starts));
    if (fit && (!best || fit->sum_of_squares < best->fit.sum_of_squares))
      best = Found{std::move(task), std::move(*fit)};
  }
  return best;
}

}  // namespace

ModelFit fit_model(const Measurement& measured, std::string_view model, const FitOptions& options) {
  auto found = attempt(measured, fit_plan(model, measured.kind), options);
  if (!found) fail(Errc::Format, "{}: {} comes near these data from no start (another model?)", measured.source, model);
  return finished(std::move(*found), measured, true);
}

std::vector<ModelFit> fit_all_models(const Measurement& measured, const FitOptions& options) {
  std::vector<FitOptions> own;  // outlive the tasks, which look at them
  own.reserve(fit_plans().size());
  std::vector<Found> found;
  for (const FitPlan& plan : fit_plans()) {
    if (plan.kind != measured.kind) continue;
    own.push_back(options);
    std::erase_if(own.back().held, [&](const auto& setting) {
      return std::ranges::none_of(kind_of(plan.model).fields,
                                  [&](const Field& field) { return field.name == setting.first; });
    });
    if (auto one = attempt(measured, plan, own.back())) found.push_back(std::move(*one));
  }
  if (found.empty()) fail(Errc::Format, "{}: no model comes near these data", measured.source);
  std::ranges::sort(found, {}, &Found::bic);
  std::vector<ModelFit> fits;
  for (std::size_t i = 0; i < found.size(); ++i) fits.push_back(finished(std::move(found[i]), measured, i == 0));
  return fits;
}

Preset fitted_preset(const ModelFit& fit, const Measurement& measured, std::string_view name) {
  Preset preset;
  preset.name = name;
  preset.model = fit.model;
  preset.about = fmt::format("fitted, NRMSE {:.2f} % over {} samples", 100 * fit.nrmse, measured.samples());
  preset.reference =
      fmt::format("assimilaate memristor fit of {}", std::filesystem::path(measured.source).filename().string());
  for (const std::string& assumption : measured.assumptions) preset.reference += "; " + assumption;
  preset.status = "fitted";
  preset.settings.fields = fit.settings;
  if (measured.kind == MeasurementKind::IvLoop) {
    // Couples put twice the drive on a memristor: as much as the loop did.
    double most = 0;
    for (const double volts : measured.loop.voltage) most = std::max(most, std::abs(volts));
    if (!fit.settings.contains("drive")) preset.settings.fields["drive"] = most / 2;
    preset.about += "; what it does at 0 V is extrapolated from the loop";
  }
  if (measured.kind == MeasurementKind::PulseResponse) {
    Settings layers = settings_of(preset.imperfections);
    const auto set = [&](std::string_view layer, double value) {
      for (const Field& field : imperfection_fields())
        if (field.name == layer) layers[std::string(layer)] = std::clamp(value, field.low, field.high);
    };
    set("write_noise", fit.noise.write_noise);
    if (fit.model == "mss")
      preset.settings.fields["switches"] = std::min(30'000.0, std::round(fit.noise.switches));
    else
      set("cycle_variation", fit.noise.cycle_variation);
    preset.imperfections = imperfections_from(layers);
  }
  return preset;
}

}  // namespace assimilaate
