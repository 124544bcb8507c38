/// What is learnt from how few examples on which memristors: one task, one table (docs/howto/fidelity.md).
///   bench_fidelity --task fmnist-mlp --memristor mss --examples 100,300,1000 --seed 1,2,3
/// Every option is a setting; a file of settings does as well, and `--set` wins over both.

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>

#include "assimilaate/cli/dataset.hpp"
#include "assimilaate/cli/settings.hpp"
#include "assimilaate/cli/terminal.hpp"
#include "assimilaate/core/parallel.hpp"
#include "fidelity_measure.hpp"
#include "fidelity_report.hpp"

namespace {

using namespace assimilaate;
using namespace assimilaate::bench;
using nlohmann::json;

/// An option of the command line and the settings that it is short for.
struct Option {
  const char* name;
  std::vector<const char*> keys;
  std::string about;
  bool flag = false;
};

std::vector<Option> options() {
  std::string tasks;
  for (const Task* task : task_catalogue())
    tasks += fmt::format("{}{}{}{}", tasks.empty() ? "" : " | ", task->name, task->argument.empty() ? "" : ":",
                         task->argument);
  return {
      {"--task", {"task"}, tasks},
      {"--memristor", {"memristor"}, "a model, a preset or a file (default: mss)"},
      {"--examples", {"examples"}, "numbers of examples: N[,N...]"},
      {"--seed", {"seed"}, "seeds, of the examples and of the memristors: S[,S...] (default: 1)"},
      {"--selection", {"selection"}, "of the examples: random (the default), pivots, leverage or reference"},
      {"--passes", {"passes"}, "how often each is presented (default: 40 000 / examples, 2 to 200)"},
      {"--rule", {"rule"}, "what errors ask of synapses"},
      {"--organisation", {"organisation"}, "how addresses reach synapses"},
      {"--emission", {"emission"}, "how lanes become addresses"},
      {"--codec", {"codec"}, "of all boundaries but the last: NAME[:key=value,...]"},
      {"--synapses-per-address", {"synapses_per_address"}, "synapses that stand for the same thing"},
      {"--faults", {"imperfections.stuck"}, "share of memristors that never move"},
      {"--variation",
       {"imperfections.step_variation", "imperfections.bound_variation", "imperfections.cycle_variation"},
       "of step, bounds and cycle"},
      {"--read-noise", {"noise"}, "relative:0.02, emulator, physical or off"},
      {"--own-inputs", {"own_inputs"}, "teach later transforms on what the earlier ones say", true},
      {"--validation", {"validation"}, "ask validation data, not test data: for choosing settings", true},
      {"--no-ceilings", {"no_ceilings"}, "leave out float lanes and ridge", true},
      {"--model", {"model"}, "an ONNX file instead of the task's own model"},
      {"--models", {"models"}, "folder of trained models (default: $ASSIMILAATE_MODELS)"},
      {"--data", {"data"}, "folder of Fashion-MNIST"},
  };
}

std::vector<std::uint64_t> whole_numbers(const std::string& text, const char* what) {
  std::vector<std::uint64_t> numbers;
  for (const std::string& part : comma_parts(text)) {
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (problem != std::errc{} || end != part.data() + part.size())
      fail(Errc::Usage, "{} '{}': whole numbers with commas between are wanted", what, text);
    numbers.push_back(number);
  }
  return numbers;
}

/// `NAME[:key=value,...]` as settings of the first and the middle boundaries.
void spread_codec(std::vector<std::string>& assignments) {
  std::vector<std::string> spread;
  for (const std::string& assignment : assignments) {
    if (!assignment.starts_with("codec=")) {
      spread.push_back(assignment);
      continue;
    }
    const std::string text = assignment.substr(6);
    const std::size_t colon = std::min(text.find(':'), text.size());
    for (const char* boundary : {"first", "middle"}) {
      spread.push_back(fmt::format("{}.codec={}", boundary, text.substr(0, colon)));
      if (colon < text.size())
        for (const auto& part : comma_parts(text.substr(colon + 1)))
          spread.push_back(fmt::format("{}.{}", boundary, part));
    }
  }
  assignments = spread;
}

struct Plan {
  const Task* task;
  TaskRequest request;
  Recipe recipe;
  Profile profile;
  MeasureOptions measure;
  std::vector<std::uint64_t> examples, seeds;
};

Plan plan_from(cli::DottedSettings& settings) {
  Plan plan;
  const std::string text = settings.text("task").value_or("fmnist-49x16");
  const std::size_t colon = std::min(text.find(':'), text.size());
  plan.task = &find_entry("task", std::span<const Task* const>(task_catalogue()), text.substr(0, colon));
  if (colon < text.size()) plan.request.argument = text.substr(colon + 1);
  if (plan.task->argument.empty() != plan.request.argument.empty())
    fail(Errc::Usage, "task {}: write {}{}{}", text, plan.task->name, plan.task->argument.empty() ? "" : ":",
         plan.task->argument);
  plan.recipe = plan.task->recipe;
  apply(settings, plan.recipe);
  plan.profile = cli::named_profile("mss", std::string(plan.recipe.name));
  apply(settings, plan.profile);
  if (const auto copies = settings.text("synapses_per_address")) {
    std::string& named = plan.profile.organisation;
    named =
        named.find_first_of(":/") == std::string::npos ? named + ":" + *copies : "redundant:" + *copies + "/" + named;
  }
  plan.examples = {plan.task->examples.begin(), plan.task->examples.end()};
  if (const auto given = settings.text("examples")) plan.examples = whole_numbers(*given, "--examples");
  plan.seeds = whole_numbers(settings.text("seed").value_or("1"), "--seed");
  plan.measure.passes = whole_numbers(settings.text("passes").value_or("0"), "--passes").at(0);
  plan.measure.rounds = whole_numbers(settings.text("rounds").value_or("4"), "rounds").at(0);
  plan.measure.own_inputs = settings.number("own_inputs").value_or(0) != 0;
  plan.measure.ceilings = settings.number("no_ceilings").value_or(0) == 0;
  plan.request.validation = settings.number("validation").value_or(0) != 0;
  plan.request.most = *std::ranges::max_element(plan.examples);
  plan.request.selection = settings.text("selection").value_or("random");
  plan.request.data = settings.text("data").value_or(cli::default_data);
  plan.request.model = settings.text("model").value_or("");
  const char* models = std::getenv("ASSIMILAATE_MODELS");
  plan.request.models = settings.text("models").value_or(models == nullptr ? "models" : models);
  settings.refuse_the_rest();
  return plan;
}

json run(Plan plan) {
  json runs = json::array();
  cli::TerminalProgress progress;
  const std::stop_token stop = cli::stop_on_signal();
  for (const std::uint64_t seed : plan.seeds) {
    plan.request.seed = plan.profile.seed = seed;
    progress.stage(fmt::format("seed {}: teaching", seed));
    const Subject subject = plan.task->make(plan.request, plan.recipe);
    for (const std::uint64_t examples : plan.examples) {
      progress.stage(fmt::format("seed {}, {} examples", seed, examples));
      plan.measure.examples = examples;
      plan.measure.rank = examples == plan.examples.front();
      json one = measure(subject, plan.profile, plan.measure, &progress, stop);
      one["seed"] = seed;
      for (const char* key : {"effective_rank", "directions_95", "directions_99"})
        if (!plan.measure.rank) one[key] = runs.back()[key];
      runs.push_back(std::move(one));
    }
  }
  return runs;
}

json described(const Plan& plan, const cli::DottedSettings& settings) {
  return {
      {"task", fmt::format("{}{}{}", plan.task->name, plan.request.argument.empty() ? "" : ":", plan.request.argument)},
      {"questions", plan.request.validation ? "validation" : "test"},
      {"memristor", plan.profile.memristor},
      {"organisation", plan.profile.organisation},
      {"rule", plan.profile.rule},
      {"noise", plan.profile.noise.text()},
      {"imperfections", settings_of(plan.profile.imperfections)},
      {"codec", plan.recipe.first.name},
      {"settings", settings.all()}};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Fidelity of what targets learn, from how few examples, on which memristors.", "bench_fidelity");
  std::vector<std::string> assignments, given;
  std::string config;
  bool as_json = false, as_csv = false;
  int threads = 0;
  for (const Option& option : options()) {
    const auto set = [&given, keys = option.keys](const std::string& value) {
      for (const char* key : keys) given.push_back(fmt::format("{}={}", key, value));
    };
    if (option.flag)
      app.add_flag_callback(
          option.name, [set] { set("1"); }, option.about);
    else
      app.add_option_function<std::string>(option.name, set, option.about);
  }
  app.add_option("--set", assignments, "one setting, key=value (docs/reference/settings.md)")->expected(1)->take_all();
  app.add_option("--config", config, "settings from a TOML file");
  app.add_option("--threads", threads, "0: all processors");
  app.add_flag("--json", as_json, "everything that was measured, as one JSON object");
  app.add_flag("--csv", as_csv, "a row for every seed and number of examples");
  try {
    app.parse(argc, argv);
    if (threads > 0) set_threads(threads);
    given.insert(given.end(), assignments.begin(), assignments.end());
    spread_codec(given);
    cli::DottedSettings settings(config, given);
    const Plan plan = plan_from(settings);
    json result = described(plan, settings);
    for (int i = 1; i < argc; ++i) result["command"] = result.value("command", "bench_fidelity") + " " + argv[i];
    result["runs"] = run(plan);
    fmt::print("{}", as_json ? result.dump(2) + "\n" : as_csv ? csv(result) : table(result["runs"]));
    return 0;
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem);
  } catch (const Error& problem) {
    fmt::print(stderr, "bench_fidelity: {}\n", problem.what());
    return static_cast<int>(problem.code());
  }
}
