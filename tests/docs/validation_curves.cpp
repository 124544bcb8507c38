/// Step memristors against the response curves of aihwkit's own C++, where the folder of curves is.

#include <algorithm>
#include <charconv>

#include "assimilaate/core/file.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/report/chart.hpp"
#include "assimilaate/substrate/preset.hpp"
#include "assimilaate/substrate/specimen.hpp"
#include "validation.hpp"

namespace assimilaate::validation {
namespace {

constexpr std::array names{"ConstantStep", "LinearStep", "SoftBounds", "ExpStep", "EcRam"};
constexpr std::size_t memristors = 1024;

/// Columns pulse, mean, std, p05, p50, p95 of one file.
using Curve = std::array<std::vector<double>, 6>;

Curve read_curve(const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Curve curve;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    for (auto& column : curve) {
      double number = 0;
      const auto [end, problem] = std::from_chars(line.data(), line.data() + line.size(), number);
      if (problem != std::errc{}) fail(Errc::Format, "{}: '{}' is not six numbers", file.string(), line);
      column.push_back(number);
      line.remove_prefix(std::min(static_cast<std::size_t>(end - line.data()) + 1, line.size()));
    }
  }
  return curve;
}

/// A preset, driven half the pulses up and half down from weight 0.
struct Driven {
  Preset preset;
  std::unique_ptr<const Memristor> law;
  double w_min, w_max, width;

  explicit Driven(const char* name) : preset(find_memristor(name)), law(preset.make()) {
    const MemristorKind& kind = find_entry("memristor", memristor_catalogue(), std::string_view(preset.model));
    const FieldReader value(preset.model, kind.fields, preset.settings);
    w_min = value("w_min"), w_max = value("w_max"), width = value("unit_width");
  }
  [[nodiscard]] std::vector<double> run(const std::vector<double>& pulse, const Imperfections& how,
                                        std::uint64_t place) const {
    Specimen specimen(*law, how, Random(5, 0), {.place = place});
    specimen.set_state({.x = -w_min / (w_max - w_min)});
    const double range = law->highest() - law->lowest(), turn = std::floor(pulse.back() / 2);
    std::vector<double> weights;
    double k = 0;
    for (const double at : pulse) {
      for (; k < at; ++k) specimen.pulse({(k < turn ? 2 : -2) * law->drive(), width}, static_cast<std::uint64_t>(k));
      weights.push_back(w_min + (specimen.conductance() - law->lowest()) / range * (w_max - w_min));
    }
    return weights;
  }
};

/// 5, 50, 95 % points of every row of the population, and how many of the file's five statistics lie beyond three
/// standard errors of two samples of 1 024.
struct Population {
  std::array<std::vector<double>, 3> quantiles;
  std::size_t compared = 0, beyond = 0;

  Population(const Driven& driven, const Curve& curve) {
    std::vector<std::vector<double>> rows(curve[0].size(), std::vector<double>(memristors));
    parallel_for(memristors, [&](std::size_t m) {
      const auto own = driven.run(curve[0], driven.preset.imperfections, 1000 + m);
      for (std::size_t i = 0; i < rows.size(); ++i) rows[i][m] = own[i];
    });
    for (std::size_t i = 0; i < rows.size(); ++i) add(rows[i], curve, i);
  }

 private:
  void add(std::vector<double>& w, const Curve& curve, std::size_t i) {
    std::ranges::sort(w);
    const auto n = static_cast<double>(memristors);
    const auto at = [&](double q) {
      const double rank = std::clamp(q, 0.0, 1.0) * (n - 1);
      const auto below = std::min(static_cast<std::size_t>(rank), memristors - 2);
      return std::lerp(w[below], w[below + 1], rank - static_cast<double>(below));
    };
    const Moments moments(w);
    double fourth = 0;
    for (const double v : w) fourth += std::pow(v - moments.mean, 4) / n;
    const double sigma = std::sqrt(moments.variance);
    const auto test = [&](std::size_t column, double found, double error) {
      if (curve[0][i] == 0) return;
      // 2e-5: what the floats of the source round.
      const double apart = std::max(0.0, std::abs(found - curve[column][i]) - 2e-5);
      ++compared, beyond += apart > 3 * std::sqrt(2.0) * error;
    };
    test(1, moments.mean, sigma / std::sqrt(n));
    test(2, sigma,
         sigma > 0 ? std::sqrt(std::max(0.0, fourth - moments.variance * moments.variance) / n) / (2 * sigma) : 0);
    constexpr std::array quantile{0.05, 0.5, 0.95};
    for (std::size_t k = 0; k < 3; ++k) {
      const double q = quantile[k], rank = std::sqrt(q * (1 - q) / n);
      test(3 + k, at(q), (at(q + rank) - at(q - rank)) / 2);
      quantiles[k].push_back(at(q));
    }
  }
};

Figure figure_of(const char* name, const Curve& full, const Population& ours) {
  Figure figure{.title = name, .x = {"pulse"}, .y = {"weight"}, .series = {}, .legend = true};
  for (std::size_t k = 0; k < 3; ++k)
    figure.series.push_back({.name = k == 1 ? "ours: median, 5 and 95 %" : "",
                             .x = full[0],
                             .y = ours.quantiles[k],
                             .dashed = k != 1,
                             .colour = 0});
  Series points{.name = "aihwkit", .x = {}, .y = {}, .kind = Series::Kind::Points, .colour = 1};
  for (std::size_t i = 0; i < full[0].size(); i += std::max<std::size_t>(1, full[0].size() / 18))
    for (std::size_t k = 0; k < 3; ++k) points.x.push_back(full[0][i]), points.y.push_back(full[3 + k][i]);
  figure.series.push_back(std::move(points));
  return figure;
}

}  // namespace

Section response_curves(Pictures& pictures) {
  Section section{.title = "Step memristors against aihwkit",
                  .text =
                      "Response to as many pulses up as down, from weight 0: with all noise and variation off, and of "
                      "1 024 memristors with all that the preset has. The curves are those that IBM/aihwkit 1.1.0 "
                      "gives; they are read from `ASSIMILAATE_CURVES_DIR`. Without it these rows are left as they "
                      "were last computed.",
                  .pictures = {"validation-curves.svg"}};
  const auto folder = data_folder("ASSIMILAATE_CURVES_DIR", "response-curves");
  Chart chart{.title = "Response to pulses up and down",
              .subtitle = "1 024 memristors of each preset beside as many of aihwkit's",
              .figures = {}};
  bool whole = folder.has_value();
  for (const char* name : names) {
    const std::string det = fmt::format("`{}`, nothing left to chance", name);
    const std::string full = fmt::format("`{}`, 1 024 unlike memristors", name);
    const auto file = [&](const char* end) { return *folder / (name + std::string(end)); };
    if (!folder || !std::filesystem::exists(file("_det.csv")) || !std::filesystem::exists(file("_full.csv"))) {
      section.checks.push_back({.subject = det, .data_missing = true});
      section.checks.push_back({.subject = full, .data_missing = true});
      whole = false;
      continue;
    }
    const Driven driven(name);
    const Curve still = read_curve(file("_det.csv")), varied = read_curve(file("_full.csv"));
    const auto weights = driven.run(still[0], {}, 0);
    double worst = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) worst = std::max(worst, std::abs(weights[i] - still[1][i]));
    section.checks.push_back({det, fmt::format("{} points of aihwkit", weights.size()), fmt::format("{:.1e}", worst),
                              "2e-05", "aihwkit adds up floats: 1.6e-5 over these pulses", worst <= 2e-5});
    const Population ours(driven, varied);
    const double share = static_cast<double>(ours.beyond) / static_cast<double>(ours.compared);
    section.checks.push_back(
        {full, fmt::format("mean, sigma, 5, 50 and 95 % at {} points", ours.compared / 5),
         fmt::format("{:.1f} % beyond 3 standard errors", 100 * share), "5 %",
         "points of a curve depend on each other; one constant statistic of five beyond 3 makes 20 %", share < 0.05});
    chart.figures.push_back(figure_of(name, varied, ours));
  }
  if (whole) pictures["validation-curves.svg"] = to_svg(chart);
  return section;
}

}  // namespace assimilaate::validation
