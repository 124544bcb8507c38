/// What the published metastable-switch presets forget at 0 V.

#include <array>

#include "assimilaate/report/chart.hpp"
#include "assimilaate/report/quantity.hpp"
#include "assimilaate/substrate/preset.hpp"
#include "validation.hpp"

namespace assimilaate::validation {
namespace {

constexpr double boltzmann = 1.380649e-23, charge = 1.602176634e-19;
constexpr double room = 298, hot = 358.15;  // [K]
constexpr std::size_t memristors = 10'000;

std::string duration(double seconds) {
  constexpr double day = 86'400, year = 365.25 * day;
  if (seconds < 60) return si_text(seconds, "s", 3);
  return seconds < year ? fmt::format("{:.3g} d", seconds / day) : fmt::format("{:.3g} yr", seconds / year);
}

struct Rest {
  double seconds, x;
  Rest(const Preset& preset, double kelvin) {
    const Settings& of = preset.settings.fields;
    const double slope = boltzmann * kelvin / charge;
    const double up = 1 / (1 + std::exp(of.at("v_on") / slope)) / of.at("tau");
    const double down = 1 / (1 + std::exp(of.at("v_off") / slope)) / of.at("tau");
    seconds = 1 / (up + down);
    x = up / (up + down);
  }
};

/// Mean of x after so many seconds at 0 V, from all switches off or on.
double forgotten_to(const Memristor& law, double start, double seconds) {
  double sum = 0;
  const Random random(17, 0);
  for (std::size_t i = 0; i < memristors; ++i) {
    MemristorState state{.x = start};
    HashedDraws draws(random, Purpose::Idle, i, 1);
    law.idle(state, seconds, room, {}, draws);
    sum += state.x / memristors;
  }
  return sum;
}

}  // namespace

Section retention(Pictures& pictures) {
  Section section{.title = "Retention of the published metastable-switch presets",
                  .text =
                      "The law acts at every instant as published. 1/(a + b) at 0 V is how long a memristor "
                      "remembers; simulated is the mean of 10 000 memristors after that time, from all switches off "
                      "for rests above one half and from all on for others.",
                  .pictures = {"validation-retention.svg"}};
  section.lines = {"| preset | 1/(a + b), 25 °C | 85 °C | rests at x | status |", "|---|---|---|---|---|"};
  Figure figure{
      .x = {.label = "idle time at 0 V", .unit = "s", .log = true}, .y = {"x", ""}, .series = {}, .legend = true};
  double worst_law = 0, worst_sample = 0;
  int count = 0;
  for (const char* name : {"mss-ag", "mss-aist", "mss-gst", "mss-wox", "mss-ideal", "mss-spice"}) {
    const Preset preset = find_memristor(name);
    const auto law = preset.make();
    const Rest cold(preset, room), warm(preset, hot);
    for (const auto& [kelvin, rest] : {std::pair{room, cold}, std::pair{hot, warm}}) {
      const auto [seconds, x] = law->retention(kelvin);
      worst_law = std::max({worst_law, std::abs(seconds / rest.seconds - 1), std::abs(x - rest.x)});
    }
    const double start = cold.x > 0.5 ? 0 : 1, switches = preset.settings.fields.at("switches");
    Series line{.name = name, .x = {}, .y = {}}, points{.x = {}, .y = {}, .kind = Series::Kind::Points};
    line.colour = points.colour = static_cast<std::size_t>(count);
    for (int i = -24; i <= 12; ++i) {
      const double t = cold.seconds * std::pow(10.0, i / 12.0), left = std::exp(-t / cold.seconds);
      line.x.push_back(t), line.y.push_back(cold.x + (start - cold.x) * left);
      if (i % 6 != 0) continue;
      const double x = forgotten_to(*law, start, t);
      // Each of its switches is on by chance of its own: variance m (1 - m) / N of a memristor.
      const double m = line.y.back(), sigma = std::sqrt(m * (1 - m) / switches / memristors);
      worst_sample = std::max(worst_sample, std::abs(x - m) / sigma);
      points.x.push_back(t), points.y.push_back(x);
    }
    // 60 marks and more are drawn as a plain line.
    for (int i = 0; i < 40; ++i) line.x.push_back(line.x.back() * 1.02), line.y.push_back(cold.x);
    figure.series.push_back(std::move(line));
    figure.series.push_back(std::move(points));
    section.lines.push_back(fmt::format("| `{}` | {} | {} | {:.3f} | {} |", name, duration(cold.seconds),
                                        duration(warm.seconds), cold.x, preset.status));
    ++count;
  }
  section.checks.push_back(exact("all six, 25 and 85 °C: what the law states", "1/(a + b) and a/(a + b) from the rates",
                                 worst_law, 1e-12, "rounding"));
  section.checks.push_back(sampled("all six: mean along idle time", "x∞ + (x − x∞) exp(−(a + b) t)", worst_sample,
                                   7 * count, "10 000 memristors"));
  pictures["validation-retention.svg"] = to_svg({.title = "Forgetting at 0 V and 25 °C",
                                                 .subtitle = "Lines: closed form; marks: 10 000 memristors",
                                                 .figures = {std::move(figure)},
                                                 .figure_width = 660});
  return section;
}

Section chips(Pictures&) {
  Section section{
      .title = "What one logistic cannot do",
      .text =
          "Fits of the metastable-switch law to measured loops of W-SDC memristors (device and 5 kΩ in series, .8 V, "
          "1 Hz to 1 kHz) leave 1.0 to 2.3 % NRMSE for one frequency, 4.8 to 5.8 % for one set over three decades; "
          "those loops are not part of this repository. The fits say more: by the same rates the chips forget within "
          "milliseconds at 0 V, though they are sold for analogue retention. One logistic cannot carry both switching "
          "and storage, so retention is apart from pulses here unless a preset says `published`."};
  struct Chip {
    const char* name;
    double seconds;
  };
  for (const auto& [name, stated] :
       {Chip{"mss-wsdc-m1", 0.41}, Chip{"mss-wsdc-m2", 9.8e-3}, Chip{"mss-wsdc-m3", 1.3e-3}}) {
    const Preset preset = find_memristor(name);
    const double found = preset.make()->retention(room).seconds;
    section.checks.push_back(
        {fmt::format("`{}`: 1/(a + b) at 0 V", name), fmt::format("{} of the fit", si_text(stated, "s")),
         fmt::format("{}: {:.1f} % off", si_text(found, "s", 3), 100 * std::abs(found / stated - 1)), "4 %",
         "two digits are stated: half of the last", std::abs(found / stated - 1) < 0.04});
  }
  return section;
}

}  // namespace assimilaate::validation
