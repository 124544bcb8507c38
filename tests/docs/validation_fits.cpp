/// Fits: what is put in must come out, and a measured response must be met at least as well as by those who fitted it
/// before.

#include <algorithm>
#include <charconv>
#include <numbers>

#include "assimilaate/characterisation/fit.hpp"
#include "assimilaate/characterisation/sweep.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/report/chart.hpp"
#include "validation.hpp"

namespace assimilaate::validation {
namespace {

constexpr double noise = 0.01;  // of the range

void add_noise(std::vector<double>& values, std::uint64_t which) {
  const auto [low, high] = std::ranges::minmax(values);
  const Random random(41, 0);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] += noise * (high - low) * random.normal(Purpose::Read, i, which);
}

Measurement pulses_of(const Settings& truth, std::uint64_t which) {
  Measurement measured{.kind = MeasurementKind::PulseResponse, .source = "made"};
  const auto law = make_memristor("soft_bounds", {truth, {}});
  constexpr int each_way = 150;
  for (int k = 0; k < 2 * each_way; ++k) measured.response.pulses.push_back({k < each_way ? 1.0 : -1.0, 1e-6});
  measured.response.conductance.resize(measured.response.pulses.size());
  MemristorState state = law->at(law->lowest() + 0.1 * (law->highest() - law->lowest()));
  sweep_pulses(*law, state, measured.response.pulses, measured.response.conductance);
  add_noise(measured.response.conductance, which);
  return measured;
}

Measurement loop_of(const Settings& truth, double frequency, std::uint64_t which) {
  Measurement measured{.kind = MeasurementKind::IvLoop, .source = "made"};
  IvLoop& loop = measured.loop;
  constexpr std::size_t samples = 200;
  loop.series_resistance = 5e3;
  for (std::size_t i = 0; i < samples; ++i) {
    const double phase = static_cast<double>(i) / samples;
    loop.time.push_back(phase / frequency), loop.voltage.push_back(0.8 * std::sin(2 * std::numbers::pi * phase));
  }
  loop.current.resize(samples);
  const auto law = make_memristor("mss", {truth, {}});
  MemristorState state = law->at(law->lowest() + 0.2 * (law->highest() - law->lowest()));
  for (int period = 0; period < 2; ++period)
    sweep_loop(*law, state, loop.time, loop.voltage, loop.current, {.series_resistance = 5e3, .largest_move = 0.005});
  add_noise(loop.current, which);
  return measured;
}

/// How many of the truths lie within the stated intervals.
struct Recovered {
  int inside = 0, of = 0;
  double worst = 0;  // NRMSE
  void add(const ModelFit& fit, const Settings& truth) {
    worst = std::max(worst, fit.nrmse);
    for (const FittedParameter& p : fit.parameters)
      if (const auto true_value = truth.find(p.name); true_value != truth.end() && p.determined) {
        ++of;
        inside += p.low <= true_value->second && true_value->second <= p.high;
      }
  }
  void report(Section& section, const std::string& subject, double tolerance, const std::string& origin) const {
    section.checks.push_back({subject + ": worst residual", "noise of 1 % of the range",
                              fmt::format("NRMSE {:.2f} %", 100 * worst), fmt::format("{:g} %", 100 * tolerance),
                              origin, worst < tolerance});
    // Binomial of misses with 5 % each: no more than mean and four sigmas.
    const double misses = 0.05 * of + 4 * std::sqrt(of * 0.05 * 0.95);
    section.checks.push_back({subject + ": parameters within their 95 % interval", "what was put in",
                              fmt::format("{} of {}", inside, of),
                              fmt::format("at least {:.0f}", std::ceil(of - misses)), "binomial, 5 % each, four sigmas",
                              of > 0 && of - inside <= misses});
  }
};

/// Columns up and down of a file without header, as one response.
std::vector<double> up_and_down(const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::array<std::vector<double>, 2> columns;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    for (auto& column : columns) {
      double number = 0;
      const auto [end, problem] = std::from_chars(line.data(), line.data() + line.size(), number);
      if (problem != std::errc{}) break;
      column.push_back(number);
      line.remove_prefix(std::min(static_cast<std::size_t>(end - line.data()) + 1, line.size()));
    }
  }
  std::vector<double> all = columns[0];
  all.insert(all.end(), columns[1].begin(), columns[1].end());
  return all;
}

/// The mean-field response of a preset in weights, from the start that suits it best: NRMSE and curve.
std::pair<double, std::vector<double>> preset_response(const char* name, const std::vector<double>& data) {
  const Preset preset = find_memristor(name);
  const auto law = preset.make();
  const double w_min = preset.settings.fields.at("w_min"), w_max = preset.settings.fields.at("w_max");
  const auto [low, high] = std::ranges::minmax(data);
  std::pair<double, std::vector<double>> best{1e9, {}};
  for (double start = low - 0.2; start < low + 0.4; start += 0.01) {
    MemristorState state{.x = std::clamp((start - w_min) / (w_max - w_min), 0.0, 1.0)};
    MeanDraws draws;
    std::vector<double> curve;
    double sum = 0;
    for (std::size_t k = 0; k < data.size(); ++k) {
      if (k > 0) law->pulse(state, {k < data.size() / 2 ? 1.0 : -1.0, 1e-6}, {}, draws);
      curve.push_back(w_min + state.x * (w_max - w_min));
      sum += (curve.back() - data[k]) * (curve.back() - data[k]);
    }
    const double nrmse = std::sqrt(sum / static_cast<double>(data.size())) / (high - low);
    if (nrmse < best.first) best = {nrmse, std::move(curve)};
  }
  return best;
}

void gong(Section& section, Pictures& pictures) {
  const std::string subject = "Gong 2018, 1 000 pulses up and 1 000 down: best step model";
  const auto folder = data_folder("ASSIMILAATE_DATA_DIR", ".");
  section.pictures.push_back("validation-gong.svg");
  if (!folder || !std::filesystem::exists(*folder / "pulses/gong_et_al.csv")) {
    section.checks.push_back({.subject = subject, .data_missing = true});
    return;
  }
  const auto file = *folder / "pulses/gong_et_al.csv";
  const auto data = up_and_down(file);
  const Measurement measured = read_measurement(file);
  ModelFit best{.model = "", .nrmse = 1e9};
  for (const char* model : {"exp_step", "soft_bounds", "linear_step", "pow_step"}) {
    ModelFit fit = fit_model(measured, model, {.starts = 6});
    if (fit.nrmse < best.nrmse) best = std::move(fit);
  }
  const auto [es, es_curve] = preset_response("ReRamES", data);
  const auto [sb, sb_curve] = preset_response("ReRamSB", data);
  const double theirs = std::min(es, sb);
  section.checks.push_back(
      {subject,
       fmt::format("the presets fitted to it by aihwkit, mean field, best start: ReRamES {:.2f} %, ReRamSB {:.2f} %",
                   100 * es, 100 * sb),
       fmt::format("`{}` NRMSE {:.2f} %", best.model, 100 * best.nrmse), fmt::format("{:.2f} %", 100 * theirs),
       "no worse than theirs", best.nrmse <= theirs});
  const auto [low, high] = std::ranges::minmax(data);
  const auto [g_low, g_high] = std::ranges::minmax(measured.response.conductance);
  Series points{.name = "measured", .x = {}, .y = {}, .kind = Series::Kind::Points, .colour = 5};
  Series ours{.name = "our fit: " + best.model, .x = {}, .y = {}, .colour = 0};
  Series other{.name = "aihwkit ReRamES", .x = {}, .y = es_curve, .dashed = true, .colour = 1};
  for (std::size_t k = 0; k < data.size(); ++k) {
    points.x.push_back(static_cast<double>(k)), points.y.push_back(data[k]);
    ours.x.push_back(static_cast<double>(k));
    ours.y.push_back(low + (best.curve[k] - g_low) / (g_high - g_low) * (high - low));
    other.x.push_back(static_cast<double>(k));
  }
  pictures["validation-gong.svg"] =
      to_svg({.title = "A measured ReRAM and its fits",
              .subtitle = "Gong et al. 2018, weights as published",
              .figures = {{.x = {"pulse"},
                           .y = {"weight"},
                           .series = {std::move(points), std::move(ours), std::move(other)},
                           .legend = true}},
              .figure_width = 660});
}

}  // namespace

Section fits(Pictures& pictures) {
  Section section{
      .title = "Fits",
      .text =
          "`assimilaate memristor fit` on responses that were made with known parameters and 1 % noise, and "
          "on a measured one, read from `ASSIMILAATE_DATA_DIR`."};
  Recovered pulse, loop;
  for (std::uint64_t i = 0; i < 6; ++i) {
    const auto step = static_cast<double>(i);
    // The fit counts weights from -1 to 1.
    const Settings truth{{"dw", 0.016 + 0.003 * step},  {"w_min", -1}, {"w_max", 1}, {"up_down", 0}, {"g_low", 2e-5},
                         {"g_high", 1e-4 + 2e-5 * step}};
    pulse.add(fit_model(pulses_of(truth, i), "soft_bounds", {.starts = 4}), truth);
  }
  pulse.report(section, "six pulse responses of `soft_bounds`", 0.0116,
               "the noise and four standard errors of 300 samples, 1 %/√600");
  for (std::uint64_t i = 0; i < 3; ++i) {
    const Settings truth{{"g_low", 2e-5}, {"g_high", 4e-4}, {"tau", 2e-5 * static_cast<double>(i + 1)},
                         {"v_on", 0.37},  {"v_off", 0.2},   {"switches", 0},
                         {"published", 1}};
    loop.add(fit_model(loop_of(truth, std::pow(10.0, static_cast<double>(i)), 10 + i), "mss", {.starts = 4}), truth);
  }
  loop.report(section, "three loops of `mss` through 5 kΩ, 1 to 100 Hz", 0.03, "asked of a fit at this noise");
  gong(section, pictures);
  return section;
}

}  // namespace assimilaate::validation
