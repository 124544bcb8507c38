#include "assimilaate/cli/memristor_fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "assimilaate/characterisation/fit.hpp"
#include "assimilaate/cli/memristor_fit_picture.hpp"
#include "assimilaate/cli/terminal.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/report/quantity.hpp"
#include "assimilaate/report/terminal_table.hpp"

namespace assimilaate::cli {
namespace {

using nlohmann::json;

struct FitCommand {
  std::string file, model = "all", kind, output, picture, curve, name;
  std::vector<std::string> held;
  bool force = false;
  double frequency = 0;
  CsvOptions csv;
  FitOptions fit;
};

CsvOptions csv_options(const FitCommand& command) {
  CsvOptions csv = command.csv;
  if (command.kind == "pulses") csv.kind = MeasurementKind::PulseResponse;
  if (command.kind == "loop") csv.kind = MeasurementKind::IvLoop;
  if (command.frequency > 0) csv.frequency = command.frequency;
  return csv;
}

void refuse_replacing(const FitCommand& command) {
  for (const auto& [option, file] :
       {std::pair{"--output", command.output}, {"--picture", command.picture}, {"--curve", command.curve}})
    if (std::error_code none; !file.empty() && std::filesystem::equivalent(file, command.file, none))
      fail(Errc::Usage, "{} {}: is the measurement itself; name another file", option, file);
    else if (!file.empty() && !command.force && std::filesystem::exists(file))
      fail(Errc::Usage, "{} {}: is there already (--force replaces it)", option, file);
  if (!command.output.empty() && !command.output.ends_with(".toml"))
    fail(Errc::Usage, "--output {}: a preset is a *.toml file", command.output);
  if (!command.picture.empty() && !command.picture.ends_with(".svg") && !command.picture.ends_with(".html"))
    fail(Errc::Usage, "--picture {}: pictures are *.svg or *.html", command.picture);
}

json parameters_json(const ModelFit& fit) {
  json parameters = json::object();
  for (const FittedParameter& p : fit.parameters)
    parameters[p.name] = {{"value", p.value},           {"low", p.low},          {"high", p.high}, {"unit", p.unit},
                          {"determined", p.determined}, {"at_bound", p.at_bound}};
  return parameters;
}

json result_json(const Measurement& measured, const std::vector<ModelFit>& fits) {
  const ModelFit& best = fits.front();
  json result{{"file", measured.source},
              {"kind", measured.kind == MeasurementKind::IvLoop ? "loop" : "pulses"},
              {"samples", measured.samples()},
              {"assumptions", measured.assumptions},
              {"model", best.model},
              {"nrmse", best.nrmse},
              {"bic", best.bic},
              {"converged", best.converged},
              {"residual_correlation", best.correlation},
              {"start", {{"value", best.start}, {"unit", "S"}}},
              {"parameters", parameters_json(best)},
              {"settings", best.settings}};
  if (measured.kind == MeasurementKind::PulseResponse) {
    result["noise"] = {{"write_noise", best.noise.write_noise},
                       {"cycle_variation", best.noise.cycle_variation},
                       {"switches", best.noise.switches}};
    result["states"] = best.noise.states;
    result["levels"] = best.noise.levels;
    result["symmetric_point"] =
        best.noise.symmetric_point ? json{{"value", *best.noise.symmetric_point}, {"unit", "S"}} : json(nullptr);
  }
  for (const ModelFit& fit : fits)
    result["ranking"].push_back({{"model", fit.model},
                                 {"nrmse", fit.nrmse},
                                 {"bic", fit.bic},
                                 {"parameters", fit.parameters.size()},
                                 {"converged", fit.converged}});
  return result;
}

std::string with_unit(double value, const std::string& unit) {
  return unit == "1" ? fmt::format("{:.4g}", value) : si_text(value, unit, 4);
}

std::string remark(const FittedParameter& p) {
  if (p.at_bound) return "at the end of its range";
  return p.determined ? "" : "not determined by these data";
}

void print_text(const Measurement& measured, const std::vector<ModelFit>& fits) {
  const ModelFit& best = fits.front();
  fmt::print("{}: {} samples of {}\n", measured.source, measured.samples(),
             measured.kind == MeasurementKind::IvLoop ? "a current-voltage loop" : "a pulse response");
  for (const std::string& assumption : measured.assumptions) fmt::print("assumed: {}\n", assumption);
  if (fits.size() > 1) {
    std::vector<std::vector<std::string>> ranking;
    for (const ModelFit& fit : fits)
      ranking.push_back({fit.model, fmt::format("{:.2f} %", 100 * fit.nrmse), fmt::format("{:.1f}", fit.bic),
                         fmt::format("{}", fit.parameters.size())});
    fmt::print("\n{}", terminal_table({"model", "NRMSE", "BIC", "parameters"}, ranking));
  }
  fmt::print("\n{}: NRMSE {:.2f} % (root mean square over the range of the data){}\n", best.model, 100 * best.nrmse,
             best.converged ? "" : ", still improving when the search stopped");
  std::vector<std::vector<std::string>> table;
  for (const FittedParameter& p : best.parameters)
    table.push_back(
        {p.name, with_unit(p.value, p.unit), with_unit(p.low, p.unit), with_unit(p.high, p.unit), remark(p)});
  fmt::print("{}", terminal_table({"parameter", "value", "95 % low", "high", ""}, table));
  if (measured.kind != MeasurementKind::PulseResponse) return;
  fmt::print("write noise {:.3g} of the range, steps stray by {:.3g} of themselves\n", best.noise.write_noise,
             best.noise.cycle_variation);
  fmt::print("{:.3g} mean steps span the range; {:.3g} levels can be told apart\n", best.noise.states,
             best.noise.levels);
  if (best.noise.symmetric_point)
    fmt::print("up and down steps are alike at {}\n", si_text(*best.noise.symmetric_point, "S", 4));
  else
    fmt::print("up and down steps are alike nowhere within the range\n");
}

std::string curve_text(const Measurement& measured, const ModelFit& fit) {
  const bool loop = measured.kind == MeasurementKind::IvLoop;
  std::string text = loop ? "time [s],V [V],measured [A],fit [A]\n" : "amplitude [V],width [s],measured [S],fit [S]\n";
  for (std::size_t i = 0; i < fit.curve.size(); ++i)
    text += loop ? fmt::format("{},{},{},{}\n", measured.loop.time[i], measured.loop.voltage[i],
                               measured.loop.current[i], fit.curve[i])
                 : fmt::format("{},{},{},{}\n", measured.response.pulses[i].voltage, measured.response.pulses[i].width,
                               measured.response.conductance[i], fit.curve[i]);
  return text;
}

void run_fit(FitCommand& command, const Common& common) {
  set_threads(common.threads);
  refuse_replacing(command);
  for (const std::string& assignment : command.held) {
    const auto equals = assignment.find('=');
    double value = 0;
    const char* end = assignment.data() + assignment.size();
    if (equals == 0 || equals == std::string::npos ||
        std::from_chars(assignment.data() + equals + 1, end, value).ptr != end)
      fail(Errc::Usage, "--hold {}: write field=number", assignment);
    command.fit.held[assignment.substr(0, equals)] = value;
  }
  for (const auto& [name, value] : command.fit.held)
    if (command.model == "all" && std::ranges::none_of(memristor_catalogue(), [&](const MemristorKind* kind) {
          return std::ranges::find(kind->fields, name, &Field::name) != kind->fields.end();
        }))
      fail(Errc::Usage, "--hold {}={}: no model has a field '{}'", name, value, name);
  const Measurement measured = read_measurement(command.file, csv_options(command));
  command.fit.seed = common.seed;
  command.fit.stop = stop_on_signal();
  const std::vector<ModelFit> fits = command.model == "all"
                                         ? fit_all_models(measured, command.fit)
                                         : std::vector{fit_model(measured, command.model, command.fit)};
  const ModelFit& best = fits.front();
  const std::string name =
      command.name.empty() ? std::filesystem::path(command.file).stem().string() + "-" + best.model : command.name;
  constexpr double explained = 0.15;  // the residual of a fit that has something to do with the data
  if (best.nrmse > explained)
    fmt::print(
        stderr,
        "assimilaate: warning: the best fit leaves {:.0f} % of the range unexplained. Does conductance rise under "
        "positive voltage, as it must here? Are the columns in order? Do not use the parameters.\n",
        100 * best.nrmse);
  if (!command.output.empty()) {
    const std::string text = preset_text(fitted_preset(best, measured, name));
    static_cast<void>(parse_preset(text, command.output).make()->width_for(0.1));
    write_file_atomic(command.output, text);
  }
  if (!command.curve.empty()) write_file_atomic(command.curve, curve_text(measured, best));
  if (!command.picture.empty())
    write_file_atomic(command.picture, fit_picture(command.picture, measured, fits, common));
  if (common.json)
    fmt::print("{}\n", result_json(measured, fits).dump(2));
  else
    print_text(measured, fits);
}

void add_file_options(CLI::App& verb, FitCommand& command) {
  verb.add_option("--kind", command.kind, "pulses or loop (default: as the header says)")
      ->check(CLI::IsMember({"pulses", "loop"}));
  verb.add_option("--resistance", command.csv.series_resistance, "in series with a loop's memristor [Ohm]")
      ->capture_default_str();
  verb.add_option("--frequency", command.frequency, "of a loop without a time column [Hz]")
      ->check(CLI::Range(1e-9, 1e12));
  verb.add_option("--periods", command.csv.periods, "that such a loop lasts")->capture_default_str();
  verb.add_option("--amplitude", command.csv.amplitude, "of pulses in up/down files [V]")->capture_default_str();
  verb.add_option("--width", command.csv.width, "likewise [s]")->capture_default_str();
  verb.add_option("--lowest", command.csv.assumed_low, "conductance of the lowest value in arbitrary units [S]")
      ->capture_default_str();
  verb.add_option("--highest", command.csv.assumed_high, "of the highest [S]")->capture_default_str();
}

}  // namespace

void add_memristor_fit(CLI::App& memristor, Common& common, Action& action) {
  auto command = std::make_shared<FitCommand>();
  CLI::App* verb = memristor.add_subcommand("fit", "a measured CSV in: parameters, confidence, picture, preset out");
  verb->add_option("file", command->file, "pulses (amplitude, width, conductance; or up, down) or a loop (V, I)")
      ->required();
  verb->add_option("--model", command->model, "of the catalogue, or all")->capture_default_str();
  verb->add_option("--output", command->output, "write a preset (*.toml) that every verb accepts");
  verb->add_option("--picture", command->picture, "draw data against fit (*.svg or *.html)");
  verb->add_option("--curve", command->curve, "write data and fit as CSV");
  verb->add_option("--name", command->name, "of the preset (default: file and model)");
  verb->add_flag("--force", command->force, "replace files");
  add_file_options(*verb, *command);
  verb->add_option("--temperature", command->fit.temperature, "of the measurement [K]")
      ->check(CLI::Range(1.0, 2000.0))
      ->capture_default_str();
  verb->add_option("--hold", command->held, "field=number that the fit leaves alone")->expected(1)->take_all();
  verb->add_option("--starts", command->fit.starts, "searches from different places")
      ->check(whole_number(1, 1000))
      ->capture_default_str();
  verb->add_flag("--json", common.json, "print one JSON object");
  verb->add_option("--seed", common.seed, "of the places where searches start")
      ->check(whole_number(0))
      ->capture_default_str();
  verb->add_option("--threads", common.threads, "0: all cores; results do not depend on it")
      ->check(whole_number(0, 1024))
      ->capture_default_str();
  verb->callback([command, &common, &action] { action = [command, &common] { run_fit(*command, common); }; });
}

}  // namespace assimilaate::cli
