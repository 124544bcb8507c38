#include "assimilaate/cli/main_report.hpp"

#include <fmt/format.h>

#include <map>

#include "assimilaate/cli/main_job.hpp"
#include "assimilaate/cli/version.hpp"
#include "assimilaate/report/page.hpp"
#include "assimilaate/report/quantity.hpp"
#include "assimilaate/report/terminal_table.hpp"

namespace assimilaate::cli {
namespace {

using nlohmann::json;
using Rows = std::vector<std::vector<std::string>>;

std::string share(const json& value) { return fmt::format("{:.4f}", value.get<double>()); }
/// Break-even: none where the stream's fixed part alone outweighs the weights.
std::string examples_or_never(const json& value) {
  const auto examples = value.get<std::uint64_t>();
  return examples == 0 ? "never" : fmt::format("{}", examples);
}

const std::vector<std::string> target_header{"target",   "accuracy",      "agrees with teacher", "noise",
                                             "examples", "presentations", "pulses/memristor",    "masked",
                                             "joules",   "chip time"};
Rows target_rows(const json& result) {
  Rows rows;
  for (const auto& t : result["targets"])
    rows.push_back({t["name"], share(t["accuracy"]), share(t["agreement"]), t["noise"],
                    fmt::format("{}", t["examples"].get<std::size_t>()),
                    fmt::format("{}", t["presentations"].get<std::size_t>()),
                    t["memristor"] == "float" ? "-" : fmt::format("{:.1f}", t["pulses_per_memristor"].get<double>()),
                    fmt::format("{:.2f} %", 100.0 * t["masked"].get<double>() / t["synapses"].get<double>()),
                    si_text(t["joules"], "J"), si_text(t["simulated_seconds"], "s")});
  return rows;
}

const std::vector<std::string> ceiling_header{"beside it", "accuracy", "bits", "joules to carry",
                                              "break-even examples"};
Rows ceiling_rows(const json& result) {
  Rows rows;
  const auto& bits = result["bits"];
  const auto carried = [&](const json& joules) { return si_text(joules["nominal"].get<double>(), "J"); };
  rows.push_back({"teacher, dense", share(result["teacher"]["accuracy"]), "-", "-", "-"});
  rows.push_back({"teacher through its own codes", share(result["codec"]["accuracy"]), "-", "-", "-"});
  rows.push_back({"table from weights, 8 bits", share(result["table_from_weights"]["accuracy"]), "-", "-", "-"});
  for (const char* name : {"fp16", "int8", "int4", "int2"})
    rows.push_back({fmt::format("weights moved, {}", name), share(result["weights_accuracy"][name]),
                    si_text(bits["weights"][name], "bit"), carried(result["carrying_joules"]["weights"][name]),
                    examples_or_never(result["break_even_examples"][name])});
  rows.push_back({fmt::format("stream of {} examples", result["examples"].get<std::size_t>()), "-",
                  si_text(bits["stream"], "bit"), carried(result["carrying_joules"]["stream"]), "-"});
  rows.push_back(
      {"held-out, codebooks, network", "-",
       si_text(bits["held_out"].get<double>() + bits["codebooks"].get<double>() + bits["network"].get<double>(), "bit"),
       carried(result["carrying_joules"]["fixed"]), "-"});
  return rows;
}

const std::vector<std::string> transform_header{"target",     "transform",  "address agreement", "NMSE",
                                                "margin p10", "margin p50", "pulses/memristor"};
Rows transform_rows(const json& result) {
  Rows rows;
  for (const auto& t : result["targets"])
    for (const auto& r : t["transforms"])
      rows.push_back(
          {t["name"], r["transform"], fmt::format("{:.3f}", r["agreement"].get<double>()),
           r["nmse"].is_null() ? "-" : fmt::format("{:.4f}", r["nmse"].get<double>()),
           fmt::format("{:.3f}", r["margin_p10"].get<double>()), fmt::format("{:.3f}", r["margin_p50"].get<double>()),
           t["memristor"] == "float" ? "-" : fmt::format("{:.1f}", r["pulses_per_memristor"].get<double>())});
  return rows;
}

std::string twins_sentence(const json& twins) {
  return fmt::format(
      "Twins mss and mss_twin, transform {}: conductances correlate {:.3f}, differences {:.3f}, outputs {:.4f}; they "
      "agree on {:.2f} % "
      "of the test images.",
      twins["transform"].get<std::string>(), twins["conductance_correlation"].get<double>(),
      twins["difference_correlation"].get<double>(), twins["output_correlation"].get<double>(),
      100 * twins["output_agreement"].get<double>());
}

Figure learning_curve(const json& result, bool near_the_top) {
  Figure figure{.title = near_the_top ? "The same, near the top" : "Accuracy against examples",
                .caption =
                    "Each point is a fresh target that saw only so many examples; test images, every transform on its "
                    "own synapses, AATs between them.",
                .x = {.label = "examples", .log = true},
                .y = {.label = "test accuracy"}};
  std::map<std::string, Series> lines;
  for (const auto& point : result["curve"]) {
    Series& line = lines[point["name"]];
    line.name = point["name"];
    line.x.push_back(point["examples"]);
    line.y.push_back(point["accuracy"]);
  }
  for (auto& [name, line] : lines) {
    if (line.x.size() == 1) line.kind = Series::Kind::Points;
    if (name != "mss_absolute_noise") figure.series.push_back(line);
  }
  const auto level = [&](const std::string& name, const json& at) {
    figure.series.push_back({.name = name, .y = {at.get<double>()}, .kind = Series::Kind::Level, .dashed = true});
  };
  level("teacher", result["teacher"]["accuracy"]);
  level("teacher's codes", result["codec"]["accuracy"]);
  level("table from weights", result["table_from_weights"]["accuracy"]);
  if (near_the_top) {
    figure.y.low = std::max(0.0, result["teacher"]["accuracy"].get<double>() - 0.06);
    figure.caption = "The last points of the curves and the ceilings; points below are left out.";
  }
  return figure;
}

Figure bits_figure(const json& result) {
  Figure figure{.title = "Bits against fidelity",
                .caption =
                    "What is carried once for a first deployment: examples, held-out examples, codebooks and heads, or "
                    "the same layers' weights, rounded to nearest with a scale per output.",
                .x = {.label = "bits carried", .unit = "bit", .log = true},
                .y = {.label = "test accuracy"}};
  Series weights{.name = "weights"};
  for (const char* name : {"int2", "int4", "int8", "fp16"}) {
    weights.x.push_back(result["bits"]["weights"][name]);
    weights.y.push_back(result["weights_accuracy"][name]);
    weights.labels.push_back(name);
  }
  weights.kind = Series::Kind::Points;
  figure.series.push_back(weights);
  const auto& bits = result["bits"];
  const double fixed = bits["codebooks"].get<double>() + bits["network"].get<double>() +
                       bits["held_out"].get<double>() + bits["heads"].get<double>();
  std::map<std::string, Series> lines;
  for (const auto& point : result["curve"]) {
    const std::string name = point["name"];
    if (name == "mss_absolute_noise" || name == "mss_twin") continue;
    Series& line = lines[name];
    line.name = name;
    line.x.push_back(fixed + bits["per_example"].get<double>() * point["examples"].get<double>());
    line.y.push_back(point["accuracy"]);
  }
  for (const auto& [name, line] : lines) figure.series.push_back(line);
  return figure;
}

Figure scatter(const json& pairs, std::string title, std::string caption, Axis x, Axis y) {
  return {.title = std::move(title),
          .caption = std::move(caption),
          .x = std::move(x),
          .y = std::move(y),
          .series = {{.name = "",
                      .x = pairs[0].get<std::vector<double>>(),
                      .y = pairs[1].get<std::vector<double>>(),
                      .kind = Series::Kind::Points}},
          .square = true};
}

Figure pulses_figure(const json& result) {
  Figure figure{.title = "Pulses per memristor",
                .caption =
                    "Programming pulses that a memristor of each transform received over the whole of assimilation, "
                    "calibration included.",
                .x = {.label = "transform"},
                .y = {.label = "pulses per memristor"}};
  for (const auto& t : result["targets"]) {
    if (t["memristor"] == "float" || t["name"] == "mss_absolute_noise") continue;
    Series series{.name = t["name"]};
    for (std::size_t k = 0; k < t["transforms"].size(); ++k) {
      series.x.push_back(static_cast<double>(k) + 1);
      series.y.push_back(t["transforms"][k]["pulses_per_memristor"]);
    }
    series.kind = Series::Kind::Line;
    figure.series.push_back(series);
  }
  return figure;
}

}  // namespace

std::string main_job_page(const json& result, const std::string& command) {
  const auto& twins = result["twins"];
  Page page;
  page.title = "assimilaate: synapses shipped, transforms streamed, weights forgotten";
  page.lead = fmt::format(
      "A classifier with test accuracy {:.4f} taught unlike memristive targets by {} examples of what its transforms "
      "do. No weight moved. {}",
      result["teacher"]["accuracy"].get<double>(), result["examples"].get<std::size_t>(), twins_sentence(twins));
  page.panels = {
      {{learning_curve(result, false), learning_curve(result, true)}},
      {{bits_figure(result), pulses_figure(result)}},
      {{scatter(twins["sample"]["conductance"], "Conductances of the twins",
                "The same memristors of two targets of one kind, a point each. Healthy twins are as alike inside as "
                "the transform leaves them no freedom; damage and low rank make them less alike.",
                {.label = "mss, conductance", .unit = "S"}, {.label = "mss_twin, conductance", .unit = "S"}),
        scatter(twins["sample"]["output"], "Outputs of the twins",
                "The same lanes of the two targets on the same test images.", {.label = "mss, lane output"},
                {.label = "mss_twin, lane output"})}}};
  page.tables = {
      {"Targets",
       "Joules by the price table, nominal; the JSON has low and high. Chip time: pulses and reads one after the "
       "other, lanes in parallel.",
       target_header, target_rows(result)},
      {"Ceilings and baselines",
       "Break-even: streams of fewer examples carry fewer bits than those weights; never: not even a stream of one.",
       ceiling_header, ceiling_rows(result)},
      {"Transforms",
       "On held-out examples. Margin: distance to the nearest wrong address in spreads of the lane; negative is wrong.",
       transform_header, transform_rows(result)}};
  page.provenance = {{"command", command},
                     {"version", version},
                     {"seed", fmt::format("{}", result["seed"].get<std::uint64_t>())},
                     {"recipe", result["recipe"]},
                     {"seconds", fmt::format("{:.1f}", result["seconds"].get<double>())}};
  return to_html(page);
}

std::string main_job_tables(const json& result) {
  std::string text =
      terminal_table(target_header, target_rows(result)) + "\n" + terminal_table(ceiling_header, ceiling_rows(result)) +
      "\n" + terminal_table(transform_header, transform_rows(result)) + "\n" + twins_sentence(result["twins"]) + "\n";
  return text;
}

}  // namespace assimilaate::cli
