#include <fmt/format.h>

#include <charconv>
#include <filesystem>

#include "assimilaate/cli/dataset.hpp"
#include "assimilaate/cli/main_job.hpp"
#include "assimilaate/cli/verbs.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate::cli {
namespace {

constexpr const char* default_output = "run";

/// A folder is ours to replace when it is the default one and holds an earlier run; any other that is not empty needs
/// --force.
void claim(const std::filesystem::path& output, bool named, bool force, bool resume) {
  namespace fs = std::filesystem;
  if (resume) {
    if (!fs::exists(output / "run.json"))
      fail(Errc::Io, "{}: there is no run to resume (leave --resume out to begin one)", output.string());
    return;
  }
  if (!fs::exists(output)) return;
  if (!fs::is_directory(output)) fail(Errc::Usage, "{}: is no folder (name another --output)", output.string());
  if (fs::is_empty(output)) return;
  const bool earlier = fs::exists(output / "run.json");
  if (force && !earlier)
    fail(Errc::Usage, "{}: is not empty and no run of ours; it is not replaced (name another --output)",
         output.string());
  if (!force && (named || !earlier))
    fail(Errc::Usage,
         "{}: is there already (--resume goes on with it, --force replaces an earlier run, or name another --output)",
         output.string());
}

}  // namespace

CLI::Validator whole_number(std::uint64_t low, std::uint64_t high) {
  return {[low, high](const std::string& text) {
            std::uint64_t value = 0;
            const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
            if (problem == std::errc{} && end == text.data() + text.size() && value >= low && value <= high)
              return std::string();
            return high == UINT64_MAX ? fmt::format("{} is no whole number of at least {}", text, low)
                                      : fmt::format("{} is no whole number from {} to {}", text, low, high);
          },
          ""};
}

void add_common(CLI::App& verb, Common& common) {
  verb.add_flag("--json", common.json, "print one JSON object instead of tables");
  verb.add_option("--seed", common.seed, "of everything drawn by chance")
      ->check(whole_number(0))
      ->capture_default_str();
  verb.add_option("--threads", common.threads, "0: all cores; results do not depend on it")
      ->check(whole_number(0, 1024))
      ->capture_default_str();
  verb.add_option("--config", common.config, "settings from a TOML file");
  verb.add_option("--set", common.assignments, "one setting, key=value; wins over --config")->expected(1)->take_all();
}

void add_run(CLI::App& app, Common& common, Action& action) {
  struct Options {
    std::string model, data = default_data, output = default_output, recipe = "graded";
    std::size_t examples = 0;
    bool resume = false, force = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("run", "the main job: model and data -> stream -> unlike targets -> report");
  add_common(*verb, common);
  verb->add_option("--model", options->model, "an ONNX classifier (default: the Fashion-MNIST model that comes along)");
  verb->add_option("--data", options->data, "folder of idx images and labels")->capture_default_str();
  CLI::Option* output = verb->add_option("--output", options->output, "folder for stream, targets, result, report")
                            ->capture_default_str();
  verb->add_option("--recipe", options->recipe, "graded (regression lanes) or winner (winner lanes)")
      ->capture_default_str();
  verb->add_option("--examples", options->examples,
                   "examples in the stream (default: 1000; winner: all training images)")
      ->check(whole_number(1));
  auto* resume = verb->add_flag("--resume", options->resume, "go on with an interrupted run");
  verb->add_flag("--force", options->force, "replace an earlier run in --output")->excludes(resume);
  verb->callback([options, output, &common, &action] {
    action = [options, output, &common] {
      set_threads(common.threads);
      DottedSettings settings(common.config, common.assignments);
      const std::filesystem::path folder = options->output;
      const std::filesystem::path model =
          options->model.empty() ? default_model() : std::filesystem::path(options->model);
      if (!std::filesystem::exists(model)) fail(Errc::Io, "{}: there is no such model", model.string());
      claim(folder, output->count() > 0, options->force, options->resume);
      const std::size_t examples = options->examples > 0         ? options->examples
                                   : options->recipe == "winner" ? MainJob::all_examples
                                                                 : 1000;
      nlohmann::json result;
      {
        TerminalProgress progress;
        result = run_main_job(
            {model, options->data, folder, options->recipe, examples, common.seed, options->resume, common.command},
            settings, progress, stop_on_signal());
      }
      if (common.json) {
        result["twins"].erase("sample");
        fmt::print("{}\n", result.dump(2));
      } else {
        fmt::print("{}", main_job_tables(result));
        fmt::print(stderr, "pictures: {}  ({:.1f} s)\n", (folder / "report.html").string(),
                   result["seconds"].get<double>());
      }
    };
  });
}

}  // namespace assimilaate::cli
