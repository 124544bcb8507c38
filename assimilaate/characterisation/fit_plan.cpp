#include "assimilaate/characterisation/fit_plan.hpp"

#include <algorithm>
#include <cmath>

#include "assimilaate/substrate/memristor.hpp"

namespace assimilaate {
namespace {

using U = GuessUnit;
using Kind = MeasurementKind;

constexpr FreeField g_low{"g_low", U::LowConductance, 0.3, 1, true};
constexpr FreeField g_high{"g_high", U::HighConductance, 1, 3, true};
constexpr FreeField dw{"dw", U::PerPulse, 0.5, 30, true};
constexpr FreeField up_down{"up_down", U::One, -0.6, 0.6, false};

FitPlan step_plan(std::string_view model, std::vector<FreeField> more, std::vector<Settings> held = {{}}) {
  std::vector<FreeField> free{
      {"g_low", U::LowConductance, 0.8, 1.1, true}, {"g_high", U::HighConductance, 0.9, 1.3, true}, dw, up_down};
  free.insert(free.end(), more.begin(), more.end());
  for (Settings& settings : held) settings["w_min"] = -1, settings["w_max"] = 1;
  return {model, Kind::PulseResponse, free, held};
}

std::vector<FitPlan> all_plans() {
  std::vector<FreeField> table;
  for (const std::string_view name :
       {"up_0", "up_1", "up_2", "up_3", "up_4", "down_0", "down_1", "down_2", "down_3", "down_4"})
    table.push_back({name, U::PerPulse, 300, 10'000, true});
  FitPlan piecewise = step_plan("piecewise", table, {{{"dw", 1e-3}, {"up_down", 0}}});
  std::erase_if(piecewise.free, [](const FreeField& f) { return f.name == "dw" || f.name == "up_down"; });
  const FreeField v_on{"v_on", U::Voltage, 0.1, 1, false}, v_off{"v_off", U::Voltage, 0.1, 1, false};
  return {
      step_plan("constant_step", {}),
      step_plan("linear_step", {{"gamma_up", U::One, -1.2, 1.2, false}, {"gamma_down", U::One, -1.2, 1.2, false}}),
      step_plan("soft_bounds", {}),
      step_plan("exp_step",
                {{"a_up", U::One, -2, 1, false},
                 {"a_down", U::One, -2, 1, false},
                 {"gamma_up", U::One, 0.1, 8, false},
                 {"gamma_down", U::One, 0.1, 8, false}},
                {{{"a", 1}, {"b", 0}}, {{"a", -1}, {"b", 0}}}),
      step_plan("pow_step", {{"gamma", U::One, 0.2, 4, true}, {"gamma_up_down", U::One, -0.5, 0.5, false}}),
      piecewise,
      {"rs", Kind::PulseResponse, {g_low, g_high, {"alpha", U::Rate, 1e-4, 1, true}}, {{}}},
      {"mss",
       Kind::PulseResponse,
       {g_low, g_high, {"tau", U::Duration, 0.1, 1e4, true}, v_on, v_off},
       {{{"switches", 0}}}},
      {"mss",
       Kind::IvLoop,
       {g_low, g_high, {"tau", U::Duration, 1e-6, 1e-1, true}, v_on, v_off},
       {{{"switches", 0}, {"published", 1}}}},
      {"vteam",
       Kind::IvLoop,
       {g_low,
        g_high,
        {"k_on", U::Rate, 1e-9, 1e-5, true},
        {"k_off", U::Rate, 1e-9, 1e-5, true},
        {"alpha_on", U::One, 0.5, 5, true},
        {"alpha_off", U::One, 0.5, 5, true},
        {"v_on", U::Voltage, 0.05, 0.9, false},
        {"v_off", U::Voltage, 0.05, 0.9, false}},
       {{}}},
      {"yakopcic",
       Kind::IvLoop,
       {{"a1", U::HighConductance, 0.2, 2, true},
        {"a2", U::HighConductance, 0.2, 2, true},
        {"b", U::One, 0.1, 4, true},
        {"x_low", U::One, 0.01, 0.3, true},
        {"a_p", U::Rate, 0.1, 1e3, true},
        {"a_n", U::Rate, 0.1, 1e3, true},
        {"v_p", U::Voltage, 0.05, 0.9, false},
        {"v_n", U::Voltage, 0.05, 0.9, false},
        {"alpha_p", U::One, 0.5, 8, true},
        {"alpha_n", U::One, 0.5, 8, true}},
       {{{"x_p", 0.3}, {"x_n", 0.5}}}},
  };
}

double quantile(std::vector<double> values, double share) {
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(at));
  return values[at];
}

/// Conductances of the memristor alone, at samples of more than a quarter of the largest voltage.
std::vector<double> conductances_of(const IvLoop& loop) {
  double largest = 0;
  for (const double v : loop.voltage) largest = std::max(largest, std::abs(v));
  std::vector<double> found;
  for (std::size_t i = 0; i < loop.voltage.size(); ++i) {
    const double over = loop.voltage[i] - loop.series_resistance * loop.current[i];
    if (std::abs(loop.voltage[i]) > 0.25 * largest && over != 0 && loop.current[i] / over > 0)
      found.push_back(loop.current[i] / over);
  }
  return found;
}

}  // namespace

std::span<const FitPlan> fit_plans() {
  static const std::vector<FitPlan> plans = all_plans();
  return plans;
}

const FitPlan& fit_plan(std::string_view model, MeasurementKind kind) {
  std::string known;
  for (const FitPlan& plan : fit_plans()) {
    if (plan.kind != kind) continue;
    if (plan.model == model) return plan;
    known += (known.empty() ? "" : ", ") + std::string(plan.model);
  }
  fail(Errc::Usage, "{} cannot be fitted with '{}' (there are: {}, all)",
       kind == MeasurementKind::IvLoop ? "current-voltage loops" : "pulse responses", model, known);
}

std::vector<double> guess_units(const Measurement& measured) {
  std::vector<double> conductances, voltages;
  double duration = 0, busier = 1;
  if (measured.kind == MeasurementKind::IvLoop) {
    conductances = conductances_of(measured.loop);
    for (std::size_t i = 0; i < measured.loop.voltage.size(); ++i)
      voltages.push_back(
          std::abs(measured.loop.voltage[i] - measured.loop.series_resistance * measured.loop.current[i]));
    duration = measured.loop.time.back() - measured.loop.time.front();
    if (conductances.empty())
      fail(
          Errc::Format,
          "{}: no current flows the way its voltage points once {} Ohm in series are taken off (a wrong resistance, or "
          "a flipped sign?)",
          measured.source, measured.loop.series_resistance);
  } else {
    conductances = measured.response.conductance;
    std::vector<double> widths;
    std::size_t up = 0;
    for (const Pulse& pulse : measured.response.pulses) {
      voltages.push_back(std::abs(pulse.voltage));
      widths.push_back(pulse.width);
      up += pulse.voltage > 0;
    }
    duration = quantile(widths, 0.5);
    busier = static_cast<double>(std::max(up, widths.size() - up));
  }
  return {1,
          quantile(conductances, 0.02),
          quantile(conductances, 0.98),
          std::ranges::max(voltages),
          duration,
          1 / duration,
          1 / busier};
}

Settings measured_settings(const FitPlan& plan, const Measurement& measured) {
  Settings settings;
  if (measured.kind != MeasurementKind::PulseResponse) return settings;
  std::vector<double> voltages, widths;
  for (const Pulse& pulse : measured.response.pulses) {
    voltages.push_back(std::abs(pulse.voltage));
    widths.push_back(pulse.width);
  }
  // Feedback puts twice the drive on a memristor: as much as was measured at.
  const double drive = std::min(0.5 * quantile(voltages, 0.5), 0.99 * std::ranges::min(voltages));
  for (const MemristorKind* kind : memristor_catalogue())
    if (kind->name == plan.model)
      for (const Field& field : kind->fields) {
        if (field.name == "drive") settings["drive"] = std::clamp(drive, field.low, field.high);
        if (field.name == "unit_width")
          settings["unit_width"] = std::clamp(quantile(widths, 0.5), field.low, field.high);
      }
  return settings;
}

}  // namespace assimilaate
