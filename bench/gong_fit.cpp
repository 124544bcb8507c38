/// The measured pulse response that aihwkit's ReRAM presets come from (Gong et al., Nat. Commun. 2018: 1 000 up, then
/// 1 000 down pulses, arbitrary units), fitted with every model, beside aihwkit's own way of fitting it.
///
/// aihwkit's way is `aihwkit.utils.fitting.fit_measurements`: all noise off; the trace starts at the first measured
/// value; the loss is the sum of squared differences over the trace; lmfit's Powell method from one start. Three
/// figures a row:
///   ours      free start of the trace, several starts of the search
///   their way the same law and free fields in our search, the trace starting at the first sample as theirs does
///   aihwkit   the parameters that aihwkit 1.1.0 itself found on this file (torch 2.10 CPU, lmfit's powell with
///             max_nfev = 6000), played through our law. It publishes no fields for this fit: freed were dw_min,
///             up_down, w_min, w_max and the shape of each law, within wide bounds, starting from its presets
///             (exp_step) or from dw_min .002, bounds +-1 and straight steps
/// and two more of aihwkit's own: its preset ReRamES, and the ten-segment table of its example 21. NRMSE: root mean
/// square over the range of all data.
///   bench_gong_fit [FILE]    default: $ASSIMILAATE_DATA_DIR/pulses/gong_et_al.csv

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdlib>

#include "assimilaate/characterisation/fit.hpp"
#include "assimilaate/characterisation/fit_plan.hpp"
#include "assimilaate/characterisation/sweep.hpp"

namespace {

using namespace assimilaate;

/// What aihwkit found, in its own weights.
struct Theirs {
  std::string_view model;
  double w_min, w_max;
  Settings fields;
  double reported;  ///< NRMSE of aihwkit's own trace
};

std::vector<Theirs> aihwkit_fits() {
  return {{"constant_step", -0.84444, 0.797903, {{"dw", 0.003142}, {"up_down", -0.369661}}, 0.0723},
          {"linear_step",
           -0.977255,
           0.896713,
           {{"dw", 0.003046}, {"up_down", -0.342764}, {"gamma_up", 2e-6}, {"gamma_down", -0.9135}},
           0.0633},
          {"soft_bounds", -1.01621, 4.99998, {{"dw", 0.003264}, {"up_down", -0.418682}}, 0.0656},
          {"exp_step",
           -0.976635,
           2.036742,
           {{"dw", 0.002069},
            {"up_down", 0.705202},
            {"a_up", 0.378719},
            {"a_down", -0.182337},
            {"gamma_up", 4.96167},
            {"gamma_down", 5.801787},
            {"a", -0.5},
            {"b", -0.5}},
           0.0626},
          {"pow_step",
           -1.224305,
           0.959922,
           {{"dw", 0.00665}, {"up_down", -0.670987}, {"gamma", 1.318572}, {"gamma_up_down", -0.899955}},
           0.0642}};
}

Preset reram_es() { return find_memristor("ReRamES"); }

/// Arbitrary units, as the file has them: G = low + (w - least) * scale.
struct Scale {
  double low, least, factor;
  [[nodiscard]] double conductance(double w) const { return low + (w - least) * factor; }
};

double played(std::string_view model, Settings settings, double w_min, double w_max, const Measurement& measured,
              const Scale& scale) {
  settings["w_min"] = w_min, settings["w_max"] = w_max;
  settings["g_low"] = scale.conductance(w_min), settings["g_high"] = scale.conductance(w_max);
  const auto law = make_memristor(model, {settings, {}});
  const auto& data = measured.response.conductance;
  MemristorState state = law->at(data[0]);
  std::vector<double> curve(data.size(), data[0]);
  sweep_pulses(*law, state, std::span(measured.response.pulses).subspan(1), std::span(curve).subspan(1));
  double sum = 0;
  for (std::size_t i = 0; i < data.size(); ++i) sum += (curve[i] - data[i]) * (curve[i] - data[i]);
  const auto [low, high] = std::ranges::minmax(data);
  return std::sqrt(sum / static_cast<double>(data.size())) / (high - low);
}

std::string default_file() {
  const char* folder = std::getenv("ASSIMILAATE_DATA_DIR");
  return std::string(folder != nullptr ? folder : "../shared/data") + "/pulses/gong_et_al.csv";
}

}  // namespace

int main(int argc, char** argv) try {
  const Measurement measured = read_measurement(argc > 1 ? argv[1] : default_file());
  for (const std::string& assumption : measured.assumptions) fmt::print("assumed: {}\n", assumption);
  // The file's own values run from -1.3556 to 1.4111.
  const auto [low, high] = std::ranges::minmax(measured.response.conductance);
  const Scale scale{low, -1.3556, (high - low) / (1.4111 + 1.3556)};
  fmt::print("\n{:<14}{:>10}{:>12}{:>12}{:>12}{:>10}{:>9}\n", "NRMSE [%]", "ours", "their way", "aihwkit", "(reported)",
             "BIC", "seconds");
  double best = 1, best_theirs = 1;
  for (const FitPlan& plan : fit_plans()) {
    if (plan.kind != MeasurementKind::PulseResponse) continue;
    const auto begin = std::chrono::steady_clock::now();
    const ModelFit ours = fit_model(measured, plan.model);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const ModelFit their_way = fit_model(measured, plan.model, {.free_start = false});
    best = std::min(best, ours.nrmse);
    fmt::print("{:<14}{:>10.3f}{:>12.3f}", plan.model, 100 * ours.nrmse, 100 * their_way.nrmse);
    std::string played_text = "-", reported = "-";
    for (const Theirs& theirs : aihwkit_fits())
      if (theirs.model == plan.model) {
        const double nrmse = played(theirs.model, theirs.fields, theirs.w_min, theirs.w_max, measured, scale);
        best_theirs = std::min(best_theirs, nrmse);
        played_text = fmt::format("{:.3f}", 100 * nrmse), reported = fmt::format("({:.2f})", 100 * theirs.reported);
      }
    fmt::print("{:>12}{:>12}{:>10.1f}{:>9.2f}\n", played_text, reported, ours.bic, seconds);
  }
  const Preset preset = reram_es();
  fmt::print("preset {:<7}{:>34.3f}{:>12}\n", preset.name,
             100 * played(preset.model, preset.settings.fields, -1, 1, measured, scale), "(8.21)");
  fmt::print("example 21, ten segments, as aihwkit plays it {:>12}\n", "(7.15)");
  fmt::print("\nbest of ours {:.3f} %, best of aihwkit's own fits {:.3f} %: {}\n", 100 * best, 100 * best_theirs,
             best <= best_theirs ? "no worse" : "WORSE");
  return 0;
} catch (const Error& problem) {
  fmt::print(stderr, "bench_gong_fit: {}\n", problem.what());
  return 1;
}
