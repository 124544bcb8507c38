#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <tuple>

#include "assimilaate/cli/settings.hpp"
#include "assimilaate/cli/stream_place.hpp"
#include "assimilaate/cli/terminal.hpp"
#include "assimilaate/cli/verbs.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/report/terminal_table.hpp"
#include "assimilaate/target/target.hpp"

namespace assimilaate::cli {
namespace {

bool same(const Profile& a, const Profile& b) {
  const auto rest = [](const Profile& p) {
    return std::tie(p.name, p.memristor, p.memristor_settings, p.imperfections, p.noise, p.organisation, p.rule,
                    p.rule_settings, p.full_scale, p.calibrate, p.spares, p.seed, p.target);
  };
  return rest(a) == rest(b) && a.read == b.read;
}

}  // namespace

void add_assimilate(CLI::App& app, Common& common, Action& action) {
  struct Options {
    std::string stream, id, target, profile = "mss", recipe = "graded", trace;
    std::size_t examples = SIZE_MAX, passes = 0, rounds = 4;
    double agreement = 2;
    bool own_inputs = false, resume = false, force = false, take_unsigned = false;
    std::uint32_t number = 0;
  };
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("assimilate", "a stream -> a target and its convergence report");
  add_common(*verb, common);
  verb->add_option("stream", options->stream, "folder (or dir:PATH) of the stream")->required();
  verb->add_option("target", options->target, "the target's file, *.target")->required();
  verb->add_option("--id", options->id, "which stream, where the folder holds several");
  verb->add_flag("--unsigned", options->take_unsigned, "take a stream that nobody signed, too");
  verb->add_option("--profile", options->profile, "float, byte, mss, damaged or mss_absolute_noise; --set changes it")
      ->capture_default_str();
  verb->add_option("--recipe", options->recipe, "graded or winner lanes, as the stream was taught")
      ->capture_default_str();
  verb->add_option("--number", options->number, "tells targets of one seed apart")
      ->check(whole_number(0, UINT32_MAX))
      ->capture_default_str();
  verb->add_option("--examples", options->examples, "take the first so many (default: all)")->check(whole_number(1));
  verb->add_option("--passes", options->passes, "times each is presented (default: 40 000 / examples, from 2 to 200)")
      ->check(whole_number(1));
  verb->add_option("--rounds", options->rounds, "rounds, with validation and a save after each")
      ->check(whole_number(1))
      ->capture_default_str();
  verb->add_option("--agreement", options->agreement, "stop at this held-out agreement; exit 8 when it is not reached")
      ->check(CLI::Range(0.0, 1.0).description(""));
  verb->add_flag("--own-inputs", options->own_inputs, "teach later banks on what the earlier ones say");
  auto* resume = verb->add_flag("--resume", options->resume, "go on with an interrupted session");
  verb->add_flag("--force", options->force, "replace the target's file, and traces")->excludes(resume);
  verb->add_option("--trace", options->trace, "folder for every pulse applied: TRANSFORM.trace each")->excludes(resume);
  verb->callback([options, verb, &common, &action] {
    action = [options, verb, &common] {
      set_threads(common.threads);
      DottedSettings settings(common.config, common.assignments);
      Profile profile = named_profile(options->profile, options->recipe);
      apply(settings, profile);
      settings.refuse_the_rest();
      profile.seed = common.seed;
      profile.target = options->number;
      const bool there = std::filesystem::exists(options->target);
      if (there && !options->resume && !options->force)
        fail(Errc::Usage, "{}: is there already (--resume goes on with it, --force replaces it)", options->target);
      if (!there && options->resume)
        fail(Errc::Io, "{}: there is no target to resume (leave --resume out to begin one)", options->target);
      const StreamReader stream =
          read_stream(options->stream, options->id, options->take_unsigned ? Asked::TrustedOrUnsigned : Asked::Trusted);
      Target target = options->resume ? Target::load(options->target) : Target(stream, profile);
      std::vector<PulseTrace> traces;
      if (!options->trace.empty()) traces = target.new_traces();
      const auto trace_file = [&](std::size_t bank) {
        return std::filesystem::path(options->trace) / (target.banks()[bank].transform().name + ".trace");
      };
      for (std::size_t b = 0; b < traces.size(); ++b)
        if (std::filesystem::exists(trace_file(b)) && !options->force)
          fail(Errc::Usage, "{}: is there already (--force replaces it)", trace_file(b).string());
      if (!traces.empty()) std::filesystem::create_directories(options->trace);
      bool named = false;
      for (const char* option : {"--profile", "--recipe", "--number", "--seed", "--set", "--config"})
        named = named || verb->count(option) > 0;
      if (options->resume && named && !same(profile, target.profile()))
        fail(Errc::Mismatch,
             "{}: was begun as '{}' with other settings; leave profile, settings, seed and number out, or start anew",
             options->target, target.profile().name);
      {
        TerminalProgress progress;
        progress.stage("assimilating");
        const AssimilationOptions how{.examples = options->examples,
                                      .own_inputs = options->own_inputs,
                                      .passes = options->passes,
                                      .rounds = options->rounds,
                                      .agreement = options->agreement,
                                      .file = options->target,
                                      .traces = traces};
        try {
          target.assimilate(stream, how, &progress, stop_on_signal());
        } catch (const Error& problem) {
          if (problem.code() != Errc::Interrupted) throw;
          fail(Errc::Interrupted, "{}: {}; --resume goes on with it", options->target, problem.what());
        }
      }
      for (std::size_t b = 0; b < traces.size(); ++b) traces[b].save(trace_file(b));
      nlohmann::json result{{"target", options->target},
                            {"profile", options->profile},
                            {"stream", hex(stream.id())},
                            {"transforms", nlohmann::json::array()}};
      std::vector<std::vector<std::string>> rows;
      bool reached = true;
      for (const auto& r : target.reports()) {
        reached = reached && (options->agreement > 1 || r.agreement >= options->agreement);
        result["transforms"].push_back({{"transform", r.transform},
                                        {"agreement", r.agreement},
                                        {"nmse", std::isnan(r.nmse) ? nlohmann::json(nullptr) : nlohmann::json(r.nmse)},
                                        {"margin_p10", r.margin_p10},
                                        {"margin_p50", r.margin_p50},
                                        {"examples", r.examples},
                                        {"presentations", r.presentations},
                                        {"pulses", r.events.pulses},
                                        {"pulses_per_memristor", r.pulses_per_memristor},
                                        {"synapses", r.synapses},
                                        {"masked", r.masked}});
        rows.push_back({r.transform, fmt::format("{:.3f}", r.agreement),
                        std::isnan(r.nmse) ? "-" : fmt::format("{:.4f}", r.nmse), fmt::format("{}", r.examples),
                        fmt::format("{}", r.presentations), fmt::format("{:.1f}", r.pulses_per_memristor),
                        fmt::format("{}", r.synapses), fmt::format("{}", r.masked)});
      }
      if (common.json)
        fmt::print("{}\n", result.dump(2));
      else
        fmt::print("{}", terminal_table({"transform", "agreement", "NMSE", "examples", "presentations",
                                         "pulses/memristor", "synapses", "masked"},
                                        rows));
      if (!reached)
        fail(Errc::NotConverged,
             "agreement {} was not reached by every transform (more examples, passes or synapses per line)",
             options->agreement);
    };
  });
}

}  // namespace assimilaate::cli
