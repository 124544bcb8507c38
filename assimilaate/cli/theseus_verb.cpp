#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assimilaate/cli/dataset.hpp"
#include "assimilaate/cli/settings.hpp"
#include "assimilaate/cli/stream_place.hpp"
#include "assimilaate/cli/terminal.hpp"
#include "assimilaate/cli/theseus_report.hpp"
#include "assimilaate/cli/verbs.hpp"
#include "assimilaate/core/array_file.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/ledger/ledger.hpp"
#include "assimilaate/report/terminal_table.hpp"
#include "assimilaate/target/life.hpp"

namespace assimilaate::cli {
namespace {

using nlohmann::json;

struct Theseus {
  std::string stream, id, target, profile = "mss", recipe = "graded", idle = "86400@298", test, picture, output;
  std::size_t days = 100, every = 5, examples = 1000, passes = 4;
  double share = 0.01, stuck = 0, begin = 0.5, fresh_begin = 0.5, fresh_end = 1.5, tolerance = 0.05;
  bool half = false, untold = false, no_probe = false, force = false, take_unsigned = false;
};

/// Test accuracy, where there is a test.
class Test {
 public:
  explicit Test(const std::string& files) {
    if (files.empty()) return;
    const auto comma = files.find(',');
    if (comma == std::string::npos) fail(Errc::Usage, "--test {}: write IMAGES,LABELS", files);
    set_ = {read_inputs(files.substr(0, comma)), read_labels(files.substr(comma + 1))};
    if (set_.images.rows() != set_.labels.size() || set_.labels.empty())
      fail(Errc::Mismatch, "--test: {} labels for {} inputs (files of different sets?)", set_.labels.size(),
           set_.images.rows());
  }
  /// How a target does now, where there is a test.
  void add(json& to, Target& target, const std::string& when) const {
    if (set_.labels.empty()) return;
    const Matrix<float> scores = target.infer(set_.images.view());
    std::size_t right = 0;
    for (std::size_t i = 0; i < set_.labels.size(); ++i) {
      const auto row = scores.row(i);
      right += std::ranges::max_element(row) - row.begin() == set_.labels[i];
    }
    to["accuracy" + when] = static_cast<double>(right) / static_cast<double>(set_.labels.size());
  }

 private:
  Labelled set_;
};

struct Size {
  std::size_t synapses = 0, masked = 0;
};
Size size_of(Target& target) {
  Size size;
  for (const LaneBank& bank : target.banks()) {
    size.synapses += bank.synapses().rows() * bank.synapses().lanes();
    size.masked += bank.synapses().masked_synapses();
  }
  return size;
}

void cost(json& to, const Events& events, std::size_t synapses) {
  to["pulses"] = events.pulses;
  to["pulses_per_memristor"] = static_cast<double>(events.pulses) / (2.0 * static_cast<double>(synapses));
  to["joules"] = energy(events, Prices{}).total.nominal;
  to["simulated_seconds"] = simulated_seconds(events);
}

/// The target to live: from its file, or one that assimilates the stream now.
void prepare(const Theseus& job, const StreamReader& stream, Common& common, const std::filesystem::path& file,
             TerminalProgress& progress) {
  DottedSettings settings(common.config, common.assignments);
  if (!job.target.empty()) {
    settings.refuse_the_rest();
    Target::load(job.target).save(file);
    return;
  }
  Profile profile = named_profile(job.profile, job.recipe);
  apply(settings, profile);
  settings.refuse_the_rest();
  profile.seed = common.seed;
  Target target(stream, profile);
  progress.stage("assimilating");
  progress.place(0, 0.2);
  target.assimilate(stream, {}, &progress, stop_on_signal());
  target.save(file);
}

json live(const Theseus& job, const StreamReader& stream, Common& common, TerminalProgress& progress) {
  const Test test(job.test);
  const TemporaryFolder folder;
  const auto file = folder / "start.target";
  prepare(job, stream, common, file, progress);
  Target target = Target::load(file), twin = Target::load(file);
  const LifeOptions options{.share = job.share,
                            .stuck = job.stuck,
                            .damage = job.half ? Damage::Half : Damage::Whole,
                            .idle = parse_temperature_profile(job.idle),
                            .night = {.examples = job.examples,
                                      .passes = job.passes,
                                      .begin = job.begin,
                                      .fresh_begin = job.fresh_begin,
                                      .fresh_end = job.fresh_end,
                                      .probe = !job.no_probe,
                                      .tolerance = job.tolerance},
                            .told = !job.untold,
                            .seed = common.seed};
  Life life(target, stream, options), other(twin, stream, options);
  const Size size = size_of(target);
  json result{{"stream", hex(stream.id())}, {"profile", target.profile().name},
              {"seed", common.seed},        {"share", job.share},
              {"stuck", job.stuck},         {"idle", job.idle},
              {"examples", job.examples},   {"passes", job.passes},
              {"synapses", size.synapses},  {"days", json::array()}};
  test.add(result["start"], target, "");
  result["start"]["agreement"] = life.agreement();
  result["start"]["masked"] = size.masked;
  Events all;
  const std::string what = result["start"].contains("accuracy") ? "accuracy" : "agreement";
  const double share = job.target.empty() ? 0.2 : 0;
  for (std::size_t d = 1; d <= job.days; ++d) {
    const double part = (1 - share) / static_cast<double>(job.days);
    progress.stage(fmt::format("day {} of {}", d, job.days));
    progress.place(share + part * static_cast<double>(d - 1), part / static_cast<double>(target.banks().size()));
    const bool tried = d % job.every == 0 || d == job.days || d == 1;
    json day{{"day", d}};
    life.day();
    day["original"] = life.original();
    if (tried) test.add(day, target, "_evening");
    const Night night = life.night(&progress, stop_on_signal());
    day["agreement_evening"] = night.agreement_before();
    day["agreement_morning"] = night.agreement_after();
    other.day();
    if (tried) {
      test.add(day, target, "_morning");
      test.add(day, twin, "_unrepaired");
      day["agreement_unrepaired"] = other.agreement();
    }
    cost(day, night.events, size.synapses);
    day["examples"] = night.examples;
    day["presentations"] = night.presentations;
    day["masked"] = size_of(target).masked;
    day["undone"] = night.undone;
    all += night.events;
    const json& morning = day.value(what + "_morning", json());
    if (!morning.is_null() && (!result.contains("worst") || morning < result["worst"]["value"]))
      result["worst"] = {{"day", d}, {"value", morning}};
    result["days"].push_back(std::move(day));
  }
  cost(result["total"], all, size.synapses);
  const json& last = result["days"].back();
  result["end"] = {{"original", last["original"]},
                   {what, last[what + "_morning"]},
                   {what + "_unrepaired", last[what + "_unrepaired"]}};
  if (!job.output.empty()) target.save(job.output);
  return result;
}

}  // namespace

void add_theseus(CLI::App& app, Common& common, Action& action) {
  auto job = std::make_shared<Theseus>();
  CLI::App* verb = app.add_subcommand("theseus", "every synapse of a target replaced, day by day, under repair");
  add_common(*verb, common);
  verb->add_option("stream", job->stream, "folder (or dir:PATH) of the stream")->required();
  auto* target = verb->add_option("target", job->target, "a target that has assimilated it (default: a new one)");
  verb->add_option("--id", job->id, "which stream, where the folder holds several");
  verb->add_option("--profile", job->profile, "of a new target, as for assimilate; --set changes it")
      ->capture_default_str()
      ->excludes(target);
  verb->add_option("--recipe", job->recipe, "graded or winner lanes")->capture_default_str()->excludes(target);
  verb->add_option("--days", job->days, "how long it lives")->check(whole_number(1))->capture_default_str();
  verb->add_option("--share", job->share, "of the synapses, replaced every day by new, random ones")
      ->check(CLI::Range(0.0, 1.0).description(""))
      ->capture_default_str();
  verb->add_option("--idle", job->idle, "time of a day without voltage: SECONDS@KELVIN, several with commas")
      ->capture_default_str();
  verb->add_option("--stuck", job->stuck, "share of the synapses, stuck at a rail on the first day")
      ->check(CLI::Range(0.0, 1.0).description(""));
  verb->add_flag("--half", job->half, "of those, one of two memristors only");
  verb->add_option("--examples", job->examples, "of the stream, replayed a night, in turn")
      ->check(whole_number(1))
      ->capture_default_str();
  verb->add_option("--passes", job->passes, "times each is presented")->check(whole_number(1))->capture_default_str();
  verb->add_option("--begin", job->begin, "where annealing starts at night; 0: anew, towards 1: weak pulses alone")
      ->check(CLI::Range(0.0, 0.99).description(""))
      ->capture_default_str();
  verb->add_option("--fresh-begin", job->fresh_begin, "the same for what is new");
  verb->add_option("--fresh-end", job->fresh_end, "where that ends");
  verb->add_option("--tolerance", job->tolerance, "fall of held-out agreement that is let be; beyond, all are taught")
      ->check(CLI::Range(-1.0, 1.0).description(""))
      ->capture_default_str();
  verb->add_flag("--no-probe", job->no_probe, "do not look for broken synapses where that is not enough");
  verb->add_flag("--unsigned", job->take_unsigned, "take a stream that nobody signed, too");
  verb->add_flag("--untold", job->untold, "the target is not told which synapses are new");
  verb->add_option("--test", job->test, "IMAGES,LABELS: idx files to try it on");
  verb->add_option("--every", job->every, "days between two trials")->check(whole_number(1))->capture_default_str();
  verb->add_option("--picture", job->picture, "write *.svg, or a page *.html");
  verb->add_option("--output", job->output, "write the target that is left");
  verb->add_flag("--force", job->force, "replace those files");
  verb->callback([job, &common, &action] {
    action = [job, &common] {
      set_threads(common.threads);
      const bool page = job->picture.ends_with(".html");
      if (!job->picture.empty() && !page && !job->picture.ends_with(".svg"))
        fail(Errc::Usage, "--picture {}: pictures are *.svg or *.html", job->picture);
      for (const auto& file : {job->picture, job->output})
        if (!file.empty() && !job->force && std::filesystem::exists(file))
          fail(Errc::Usage, "{}: is there already (--force replaces it)", file);
      const StreamReader stream =
          read_stream(job->stream, job->id, job->take_unsigned ? Asked::TrustedOrUnsigned : Asked::Trusted);
      const json result = [&] {
        TerminalProgress progress;
        return live(*job, stream, common, progress);
      }();
      if (!job->picture.empty())
        write_file_atomic(job->picture, page ? theseus_page(result, common.command) : theseus_picture(result));
      if (common.json) {
        fmt::print("{}\n", result.dump(2));
        return;
      }
      const auto rows = theseus_rows(result);
      fmt::print("{}\n{}\n", terminal_table(rows.front(), {rows.begin() + 1, rows.end()}), theseus_sentence(result));
    };
  });
}

}  // namespace assimilaate::cli
