#include "assimilaate/cli/theseus_report.hpp"

#include <fmt/format.h>

#include "assimilaate/cli/version.hpp"
#include "assimilaate/report/chart.hpp"
#include "assimilaate/report/quantity.hpp"

namespace assimilaate::cli {
namespace {

using nlohmann::json;

const std::vector<std::string> header{"day",          "original", "evening",          "morning", "without repair",
                                      "agreement",    "masked",   "pulses/memristor", "joules",  "chip time",
                                      "presentations"};

bool tested(const json& result) { return result["start"].contains("accuracy"); }
std::string measure(const json& result) { return tested(result) ? "accuracy" : "agreement"; }
std::string name_of(const json& result) { return tested(result) ? "test accuracy" : "held-out address agreement"; }

std::string number(const json& day, const std::string& key) {
  return day.contains(key) ? fmt::format("{:.4f}", day[key].get<double>()) : "-";
}

/// One line over the days that know `key`.
Series line(const json& result, const std::string& key, std::string name, bool over_original) {
  Series series{.name = std::move(name)};
  const auto add = [&](double x, const json& y) {
    series.x.push_back(x);
    series.y.push_back(y);
  };
  add(over_original ? 100 : 0, result["start"][measure(result)]);
  for (const auto& day : result["days"])
    if (day.contains(key))
      add(over_original ? 100 * day["original"].get<double>() : day["day"].get<double>(), day[key]);
  return series;
}

std::vector<Figure> figures(const json& result) {
  const std::string what = measure(result);
  const auto lines = [&](Figure figure, bool over_original) {
    figure.series = {line(result, what + "_unrepaired", "without repair", over_original),
                     line(result, what + "_morning", "repaired at night", over_original),
                     line(result, what + "_evening", "before the night", over_original)};
    figure.series[2].dashed = true;
    figure.series.push_back({.name = "at the start",
                             .y = {result["start"][what].get<double>()},
                             .kind = Series::Kind::Level,
                             .dashed = true});
    figure.legend = true;
    return figure;
  };
  const double start = result["start"][what];
  return {lines({.title = "The ship of Theseus",
                 .caption = "From right to left: every day, synapses make room for new, random, unlike ones. Its twin "
                            "lives the same days and is not repaired.",
                 .x = {.label = "original synapses that are left", .unit = "%", .low = 0, .high = 100},
                 .y = {.label = name_of(result)}},
                true),
          lines({.title = "The same, near the top",
                 .caption = "Day by day. The line of the evening is what a day costs before the night mends it.",
                 .x = {.label = "day"},
                 .y = {.label = name_of(result), .low = start - 0.03, .high = start + 0.01}},
                false)};
}

}  // namespace

std::vector<std::vector<std::string>> theseus_rows(const json& result) {
  std::vector<std::vector<std::string>> rows{header};
  const std::string what = measure(result);
  rows.push_back({"0", "100 %", "-", number(result["start"], what), number(result["start"], what),
                  number(result["start"], "agreement"), fmt::format("{}", result["start"]["masked"].get<std::size_t>()),
                  "-", "-", "-", "-"});
  for (const auto& day : result["days"]) {
    if (!day.contains("agreement_unrepaired")) continue;  // not tried
    rows.push_back(
        {fmt::format("{}", day["day"].get<std::size_t>()), fmt::format("{:.0f} %", 100 * day["original"].get<double>()),
         number(day, what + "_evening"), number(day, what + "_morning"), number(day, what + "_unrepaired"),
         number(day, "agreement_morning"), fmt::format("{}", day["masked"].get<std::size_t>()),
         fmt::format("{:.2f}", day["pulses_per_memristor"].get<double>()), si_text(day["joules"], "J"),
         si_text(day["simulated_seconds"], "s"), fmt::format("{}", day["presentations"].get<std::size_t>())});
  }
  return rows;
}

std::string theseus_sentence(const json& result) {
  const std::string what = measure(result);
  std::string text = fmt::format(
      "{}: {:.4f} at the start, {:.4f} on its worst morning (day {}), {:.4f} at the end with {:.0f} % of the original "
      "synapses left; without repair {:.4f}. {:.1f} pulses per memristor, {}, {} on the chip in {} nights.",
      name_of(result), result["start"][what].get<double>(), result["worst"]["value"].get<double>(),
      result["worst"]["day"].get<std::size_t>(), result["end"][what].get<double>(),
      100 * result["end"]["original"].get<double>(), result["end"][what + "_unrepaired"].get<double>(),
      result["total"]["pulses_per_memristor"].get<double>(), si_text(result["total"]["joules"], "J"),
      si_text(result["total"]["simulated_seconds"], "s"), result["days"].size());
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string theseus_picture(const json& result) {
  return to_svg({.title = "The ship of Theseus", .subtitle = theseus_sentence(result), .figures = figures(result)});
}

std::string theseus_page(const json& result, const std::string& command) {
  Page page{.title = "The ship of Theseus", .lead = theseus_sentence(result)};
  page.panels = {{figures(result)}};
  auto rows = theseus_rows(result);
  Table table{.title = "Days",
              .caption =
                  "Evening: after the day, before the night's repair. Agreement of held-out addresses, the mean "
                  "of the transforms, in the morning. Pulses, joules (nominal prices) and time of one night.",
              .header = rows.front(),
              .rows = {rows.begin() + 1, rows.end()}};
  page.tables.push_back(std::move(table));
  page.provenance = {{"command", command},
                     {"version", version},
                     {"stream", result["stream"]},
                     {"profile", result["profile"]},
                     {"seed", fmt::format("{}", result["seed"].get<std::uint64_t>())}};
  return to_html(page);
}

}  // namespace assimilaate::cli
