#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "assimilaate/cli/memristor_fit.hpp"
#include "assimilaate/cli/memristor_plot.hpp"
#include "assimilaate/cli/memristor_show.hpp"
#include "assimilaate/cli/memristor_trace.hpp"
#include "assimilaate/cli/verbs.hpp"
#include "assimilaate/cli/version.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/report/chart.hpp"

namespace assimilaate::cli {
namespace {

using nlohmann::json;

void add_list(CLI::App& memristor, Common& common, Action& action) {
  CLI::App* verb = memristor.add_subcommand("list", "models and presets, with status and source");
  verb->add_flag("--json", common.json, "print an array of objects instead of a table");
  verb->callback([&common, &action] {
    action = [&common] {
      if (common.json)
        fmt::print("{}\n", memristor_list().dump(2));
      else
        fmt::print("{}", memristor_list_table());
    };
  });
}

void add_show(CLI::App& memristor, Common& common, Action& action) {
  auto name = std::make_shared<std::string>();
  CLI::App* verb = memristor.add_subcommand("show", "fields, source, retention at 0 V, pulses and their energy");
  verb->add_option("name", *name, "a model, a preset, or the file of one")->required();
  verb->add_flag("--json", common.json, "print one JSON object instead of tables");
  verb->add_option("--config", common.config, "settings from a TOML file");
  verb->add_option("--set", common.assignments, "field=value or imperfections.field=value")->expected(1)->take_all();
  verb->callback([name, &common, &action] {
    action = [name, &common] {
      DottedSettings settings(common.config, common.assignments);
      const json facts = memristor_facts(changed(find_memristor(*name), settings));
      if (common.json)
        fmt::print("{}\n", facts.dump(2));
      else
        fmt::print("{}", memristor_facts_text(facts));
    };
  });
}

/// Refuses, in words, what is no number from `low` to `high`.
CLI::Validator between(double low, double high, const char* unit) {
  return {[=](const std::string& text) {
            double value = 0;
            const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
            if (problem == std::errc{} && end == text.data() + text.size() && value >= low && value <= high)
              return std::string();
            return fmt::format("{} is no number from {:g} to {:g} {}", text, low, high, unit);
          },
          ""};
}

struct PlotCommand {
  std::vector<std::string> memristors;
  std::string output;
  bool force = false;
  MemristorPlotOptions options;
};

bool is_page(const std::string& output) { return output.ends_with(".html"); }

/// Where the picture goes; refuses what is there or what is no picture before anything is computed.
std::string output_of(const PlotCommand& command, const std::string& name) {
  const std::string output = command.output.empty() ? name + ".svg" : command.output;
  if (output == "-") return output;
  if (!is_page(output) && !output.ends_with(".svg"))
    fail(Errc::Usage, "--output {}: pictures are *.svg or *.html", output);
  if (std::filesystem::exists(output) && !command.force)
    fail(Errc::Usage, "{}: is there already (--force replaces it, or name another --output)", output);
  return output;
}

std::string headline(const std::vector<Preset>& presets) {
  std::string names;
  for (const Preset& preset : presets) names += (names.empty() ? "" : ", ") + preset.name;
  return names;
}

std::string about(const Preset& preset) {
  return fmt::format("{} ({}; model {}, {}).", preset.about, preset.reference.empty() ? "no source" : preset.reference,
                     preset.model, preset.status);
}

json figure_json(const Figure& figure) {
  json found{{"title", figure.title},
             {"x", {{"label", figure.x.label}, {"unit", figure.x.unit}}},
             {"y", {{"label", figure.y.label}, {"unit", figure.y.unit}}}};
  for (const Series& series : figure.series)
    found["series"].push_back({{"name", series.name}, {"x", series.x}, {"y", series.y}});
  return found;
}

std::string picture(const std::vector<Preset>& presets, std::vector<std::vector<Figure>> figures, bool page,
                    const Common& common) {
  const std::string lead = presets.size() == 1 ? about(presets[0]) : "";
  if (presets.size() > 1)
    for (std::size_t i = 0; i < presets.size(); ++i)
      for (Figure& figure : figures[i]) figure.title = presets[i].name + ": " + figure.title;
  if (!page) {
    Chart chart{.title = headline(presets), .subtitle = lead, .figures = {}};
    for (auto& each : figures) std::ranges::move(each, std::back_inserter(chart.figures));
    return to_svg(chart);
  }
  Page html{.title = headline(presets), .lead = lead};
  for (std::size_t i = 0; i < presets.size(); ++i) {
    for (std::size_t f = 0; f < figures[i].size(); f += 2)
      html.panels.push_back({{std::move(figures[i][f]), std::move(figures[i][f + 1])}});
    if (presets.size() > 1) html.provenance.emplace_back(presets[i].name, about(presets[i]));
  }
  html.provenance.emplace_back("command", common.command);
  html.provenance.emplace_back("version", version);
  return to_html(html);
}

void plot(const PlotCommand& command, const Common& common) {
  set_threads(common.threads);
  DottedSettings settings(common.config, common.assignments);
  std::vector<Preset> presets;
  for (const std::string& name : command.memristors) presets.push_back(changed(find_memristor(name), settings));
  const std::string output = output_of(command, presets.size() == 1 ? presets[0].name : "memristors");
  MemristorPlotOptions options = command.options;
  options.seed = common.seed;
  std::vector<std::vector<Figure>> figures;
  json result = json::array();
  for (const Preset& preset : presets) {
    figures.push_back(memristor_figures(preset, options));
    json entry{{"name", preset.name}, {"model", preset.model}, {"output", output}};
    for (const Figure& figure : figures.back()) entry["figures"].push_back(figure_json(figure));
    if (common.json) result.push_back(std::move(entry));
  }
  const std::string text = picture(presets, std::move(figures), is_page(output), common);
  if (output == "-" && !common.json) {
    fmt::print("{}", text);
    return;
  }
  if (output != "-") write_file_atomic(output, text);
  if (common.json)
    fmt::print("{}\n", result.dump());
  else
    fmt::print("{}\n", output);
}

void add_plot(CLI::App& memristor, Common& common, Action& action) {
  auto command = std::make_shared<PlotCommand>();
  CLI::App* verb =
      memristor.add_subcommand("plot", "a picture: hysteresis loop, pulse staircase, distribution, retention");
  verb->add_option("names", command->memristors, "models, presets, or files of presets")->required();
  verb->add_option("--output", command->output, "*.svg or *.html, - for stdout (default: NAME.svg)");
  verb->add_flag("--force", command->force, "replace the output");
  verb->add_flag("--json", common.json, "print the numbers of the figures");
  verb->add_option("--seed", common.seed, "of everything drawn by chance")
      ->check(whole_number(0))
      ->capture_default_str();
  verb->add_option("--threads", common.threads, "0: all cores; results do not depend on it")
      ->check(whole_number(0, 1024))
      ->capture_default_str();
  verb->add_option("--config", common.config, "settings from a TOML file");
  verb->add_option("--set", common.assignments, "field=value or imperfections.field=value")->expected(1)->take_all();
  verb->add_option("--memristors", command->options.memristors, "of the target that is shown")
      ->check(whole_number(1, 100'000))
      ->capture_default_str();
  verb->add_option("--pulses", command->options.pulses, "up, and as many down (default: what crosses the range)")
      ->check(whole_number(1, 100'000));
  verb->add_option("--voltage", command->options.voltage,
                   "of pulses, and amplitude of the sine [V] (default: twice the drive)")
      ->check(between(1e-3, 100, "V"));
  verb->add_option("--frequency", command->options.frequency, "of the slowest loop [Hz] (default: it switches)")
      ->check(between(1e-9, 1e15, "Hz"));
  verb->callback([command, &common, &action] { action = [command, &common] { plot(*command, common); }; });
}

}  // namespace

void add_memristor(CLI::App& app, Common& common, Action& action) {
  CLI::App* verb = app.add_subcommand("memristor", "what memristors are and do: catalogue, pictures, fits, traces");
  verb->require_subcommand(1);
  add_list(*verb, common, action);
  add_show(*verb, common, action);
  add_plot(*verb, common, action);
  add_memristor_fit(*verb, common, action);
  add_memristor_trace(*verb, common, action);
}

}  // namespace assimilaate::cli
