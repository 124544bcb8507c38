/// Current against voltage: pinched, and closing as the drive gets faster than the memristor.

#include <algorithm>

#include "assimilaate/cli/memristor_plot.hpp"
#include "assimilaate/report/chart.hpp"
#include "assimilaate/report/quantity.hpp"
#include "validation.hpp"

namespace assimilaate::validation {
namespace {

/// Area of both lobes over amplitude times largest current, whichever way round they run.
double area(const cli::Loop& loop) {
  double positive = 0, negative = 0, volts = 0, most = 0;
  for (std::size_t i = 1; i < loop.voltage.size(); ++i) {
    const double v = (loop.voltage[i] + loop.voltage[i - 1]) / 2;
    (v > 0 ? positive : negative) += v * (loop.current[i] - loop.current[i - 1]);
    volts = std::max(volts, std::abs(loop.voltage[i]));
    most = std::max(most, std::abs(loop.current[i]));
  }
  return (std::abs(positive) + std::abs(negative)) / (volts * most);
}

/// A law without chance, where it has switches whose number may be infinite.
std::unique_ptr<const Memristor> mean_field(const char* name) {
  Preset preset = find_memristor(name);
  if (preset.model == "mss") preset.settings.fields["switches"] = 0;
  return preset.make();
}

}  // namespace

Section loops(Pictures& pictures) {
  Section section{
      .title = "Hysteresis loops",
      .text =
          "A memristor has no current without voltage, and its loop closes as the frequency rises (Chua's "
          "fingerprints). The slowest frequency is one that switches it. Area is of both lobes, over "
          "amplitude times largest current. It need not fall at once: a law that rises faster than it falls "
          "rests elsewhere at another frequency, as `vteam` does.",
      .pictures = {"validation-loops.svg"}};
  section.lines = {"| memristor | slowest | area | × 10 | × 100 | × 1000 |", "|---|---|---|---|---|---|"};
  Chart chart{.title = "Hysteresis loops",
              .subtitle = "Sine voltage of twice the drive, third period, without chance and imperfections",
              .figures = {}};
  double residue = 0, left = 0;
  for (const char* name : {"mss-ag", "mss-spice", "rs", "vteam", "yakopcic", "stanford_pku"}) {
    const auto law = mean_field(name);
    Figure figure{.title = name, .x = {"voltage", "V"}, .y = {"current", "A"}, .series = {}, .legend = true};
    auto three = cli::hysteresis(*law, {});
    const cli::Loop fastest = cli::hysteresis(*law, {.frequency = 1000 * three[0].frequency})[0];
    std::string row = fmt::format("| `{}` | {} |", name, si_text(three[0].frequency, "Hz"));
    for (const cli::Loop& loop : three) row += fmt::format(" {:.3f} |", area(loop));
    section.lines.push_back(row + fmt::format(" {:.4f} |", area(fastest)));
    left = std::max(left, area(fastest) / area(three[2]));
    for (cli::Loop& loop : three) {
      // The sine has its zeros at the first, the middle and the last sample.
      residue = std::max({residue, std::abs(loop.current.front()), std::abs(loop.current[loop.pulses / 2])});
      figure.series.push_back(
          {.name = si_text(loop.frequency, "Hz"), .x = std::move(loop.voltage), .y = std::move(loop.current)});
    }
    chart.figures.push_back(std::move(figure));
  }
  section.checks.push_back(exact("all six: current at 0 V [A]", "0", residue, 1e-12, "rounding"));
  // phi < 1 with unlike diodes: (1 - phi)(alpha_f - alpha_r).
  const double wox = mean_field("mss-wox")->current({.x = 0.3}, 0);
  section.checks.push_back(exact("`mss-wox`: current at 0 V [A]",
                                 "(1 − φ)(α_f − α_r) = −9.45 nA: not pinched, as published",
                                 std::abs(wox - (1 - 0.55) * (1e-9 - 22e-9)), 1e-20, "rounding"));
  section.checks.push_back({"all six: area at 1 000 times the slowest frequency over that at 100 times", "a tenth",
                            fmt::format("at most {:.2f}", left), "0.33",
                            "1/f once a period moves x by little; the rest is where the first periods lead to",
                            left < 0.33});
  pictures["validation-loops.svg"] = to_svg(chart);
  return section;
}

}  // namespace assimilaate::validation
