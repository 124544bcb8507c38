#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "assimilaate/carrier/split_carrier.hpp"
#include "assimilaate/cli/settings.hpp"
#include "assimilaate/cli/stream_place.hpp"
#include "assimilaate/cli/terminal.hpp"
#include "assimilaate/cli/user_keys.hpp"
#include "assimilaate/cli/verbs.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/core/waiting.hpp"
#include "assimilaate/ledger/ledger.hpp"
#include "assimilaate/target/subscriber.hpp"

namespace assimilaate::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes longest_wait{10};  // before a place is tried again

/// A connection that is made when it is needed, and again some time after it was lost.
template <typename Thing>
class Connection {
 public:
  explicit Connection(std::function<std::unique_ptr<Thing>()> open) : open_(std::move(open)) {}
  /// Null while it is not there. @throws Error{Io} when it cannot be made.
  Thing* get() {
    if (!thing_ && Clock::now() >= again_) thing_ = open_();
    return thing_.get();
  }
  void lose() {
    thing_.reset();
    again_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(back_off(++failures_, longest_wait));
  }
  void works() { failures_ = 0; }

 private:
  std::function<std::unique_ptr<Thing>()> open_;
  std::unique_ptr<Thing> thing_;
  Clock::time_point again_{};
  unsigned failures_ = 0;  // in a row
};

nlohmann::json facts(const Turn& turn) {
  static constexpr std::array names{"idle", "fetched", "learnt", "active", "not_converged", "refused"};
  nlohmann::json result{{"event", names.at(static_cast<std::size_t>(turn.kind))}, {"epoch", turn.epoch}};
  if (turn.kind == Turn::Kind::Fetched) result["bytes"] = turn.bytes;
  if (turn.kind == Turn::Kind::Learnt) result.update({{"records", turn.records}, {"of", turn.of}});
  if (turn.kind == Turn::Kind::Activated || turn.kind == Turn::Kind::NotConverged)
    result.update({{"held_out", turn.judgement.held_out},
                   {"task", turn.judgement.task},
                   {"agreement", turn.judgement.agreement}});
  if (turn.served.held_out > 0) result["served_task"] = turn.served.task;
  if (!turn.reason.empty()) result["reason"] = turn.reason;
  return result;
}

std::string sentence(const Turn& turn) {
  switch (turn.kind) {
    case Turn::Kind::Fetched:
      return fmt::format("epoch {}: {} bytes fetched", turn.epoch, turn.bytes);
    case Turn::Kind::Learnt:
      return fmt::format("epoch {}: {} of {} records presented", turn.epoch, turn.records, turn.of);
    case Turn::Kind::Activated:
      return fmt::format("epoch {}: active; {:.4f} of {} held-out answers are the teacher's{}", turn.epoch,
                         turn.judgement.task, turn.judgement.held_out,
                         turn.served.held_out > 0 ? fmt::format(", {:.4f} were before", turn.served.task) : "");
    case Turn::Kind::NotConverged:
      return fmt::format("epoch {}: not converged, {}; what served still serves", turn.epoch, turn.reason);
    case Turn::Kind::Refused:
      return fmt::format("refused: {}", turn.reason);
    case Turn::Kind::Idle:
      break;
  }
  return {};
}

void tell(const Turn& turn, bool as_json) {
  if (turn.kind == Turn::Kind::Idle) return;
  fmt::print("{}\n", as_json ? facts(turn).dump() : sentence(turn));
  std::fflush(stdout);
}

void tell_novelty(std::size_t inputs, bool as_json) {
  if (as_json)
    fmt::print("{}\n", nlohmann::json{{"event", "novelty"}, {"inputs", inputs}}.dump());
  else
    fmt::print("sent {} inputs that were new to it\n", inputs);
  std::fflush(stdout);
}

}  // namespace

void add_subscribe(CLI::App& app, Common& common, Action& action) {
  struct Options {
    std::string from, folder, id, profile = "mss", recipe = "graded", segments, reports;
    bool take_unsigned = false, one_bank = false, once = false, roll_back = false, retry = false;
    std::uint32_t number = 0;
    double poll = 1, repeat = 3600;
    SubscriberOptions target;
  };
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("subscribe", "a target that lives on a stream: fetch, learn, serve, report");
  add_common(*verb, common);
  SubscriberOptions& target = options->target;
  verb->add_option("from", options->from, "where the stream is: a folder or a carrier's URL")->required();
  verb->add_option("target", options->folder, "the target's folder; made when it is missing")->required();
  verb->add_option("--id", options->id, "which stream, where there are several");
  verb->add_flag("--once", options->once, "end when there is nothing to do; exit 8 when an epoch did not converge");
  verb->add_option("--poll", options->poll, "look for something new every so many seconds")
      ->check(CLI::Range(0.01, 86'400.0).description(""))
      ->capture_default_str();
  verb->add_option("--segments", options->segments, "where segments are, if only heads are there");
  verb->add_option("--reports", options->reports, "where reports go, or none (default: where the stream is)");
  verb->add_option("--repeat", options->repeat, "send the last report again every so many seconds, lest it be lost")
      ->check(CLI::Range(0.01, 31'536'000.0).description(""))
      ->capture_default_str();
  verb->add_flag("--unsigned", options->take_unsigned, "take a stream that nobody signed, too");
  verb->add_option("--profile", options->profile, "of a new target, as for assimilate; --set changes it")
      ->capture_default_str();
  verb->add_option("--recipe", options->recipe, "graded or winner lanes, as the stream was taught")
      ->capture_default_str();
  verb->add_option("--number", options->number, "tells targets of one seed apart")
      ->check(whole_number(0, (1U << 31) - 1))
      ->capture_default_str();
  verb->add_flag("--one-bank", options->one_bank, "of a new target: no second bank that learns while one serves");
  verb->add_option("--group", target.group, "records presented together as they arrive")
      ->check(whole_number(1))
      ->capture_default_str();
  verb->add_option("--passes", target.passes, "over an epoch once it is complete (default: as for assimilate)");
  verb->add_option("--rounds", target.rounds, "rounds of these, with a save after each")
      ->check(whole_number(1))
      ->capture_default_str();
  verb->add_flag("--own-inputs", target.own_inputs, "teach later banks on what the earlier ones say");
  verb->add_option("--least", target.least, "share of held-out answers that must be the teacher's to serve")
      ->check(CLI::Range(0.0, 1.0).description(""))
      ->capture_default_str();
  verb->add_option("--tolerance", target.tolerance, "how much worse than what serves a new epoch may be")
      ->check(CLI::Range(0.0, 1.0).description(""))
      ->capture_default_str();
  verb->add_flag("--keeps-pulses", target.keeps_pulses, "as real silicon: a crash takes no pulse back");
  verb->add_option("--novelty", target.novelty_quota, "send inputs that are new to it, at most so many bytes a day")
      ->capture_default_str();
  verb->add_option("--class", target.device_class, "number of its kind of device, for reports")->capture_default_str();
  verb->add_flag("--rollback", options->roll_back, "first go back to the epoch that served before");
  verb->add_flag("--retry", options->retry, "first try the epoch again that was refused");
  verb->callback([options, &common, &action] {
    action = [options, &common] {
      set_threads(common.threads);
      DottedSettings settings(common.config, common.assignments);
      if (options->roll_back && options->retry) fail(Errc::Usage, "--rollback and --retry: one of them at a time");
      SubscriberOptions& how = options->target;
      how.profile = named_profile(options->profile, options->recipe);
      apply(settings, how.profile);
      settings.refuse_the_rest();
      how.profile.seed = common.seed;
      how.profile.target = options->number;
      how.two_banks = !options->one_bank;
      how.now_ms = now_ms;
      how.joules = [](const Events& events) { return energy(events, Prices()).total.nominal; };
      if (!options->id.empty()) how.stream = stream_named(options->id);
      const bool web = options->from.starts_with("http:") || options->from.starts_with("https:");
      const std::string& by = options->segments.empty() ? options->from : options->segments;
      how.carrier = by.starts_with("http") && is_carrier(by) ? 1 : by.starts_with("mqtt") && is_carrier(by) ? 2 : 0;
      Subscriber subscriber(options->folder, how);
      if (options->roll_back) subscriber.roll_back();
      if (options->retry) subscriber.retry();

      const std::string up = options->reports.empty() ? (web ? "none" : options->from) : options->reports;
      Connection<Carrier> from([&]() -> std::unique_ptr<Carrier> {
        auto carrier = open_carrier(options->from, Access::Read);
        if (options->segments.empty()) return carrier;
        return std::make_unique<SplitCarrier>(std::move(carrier), open_carrier(options->segments, Access::Read));
      });
      Connection<Uplink> reports([&] { return open_uplink(up, subscriber.name()); });
      const auto stop = stop_on_signal();
      const auto repeat = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options->repeat));
      auto repeat_at = Clock::now() + repeat;
      TerminalProgress progress;
      std::string told;
      Turn last;
      const auto trouble = [&](const Error& problem) {
        if (problem.code() == Errc::Interrupted) return;
        if (options->once || (problem.code() != Errc::Io && problem.code() != Errc::Integrity)) throw problem;
        if (std::exchange(told, problem.what()) != told) fmt::print(stderr, "assimilaate: {}\n", problem.what());
      };
      while (!stop.stop_requested()) {
        Turn turn;
        try {
          Carrier* carrier = from.get();
          SourceTrust trust = carrier != nullptr ? trust_for(*carrier, Asked::Trusted) : user_trust();
          trust.who.allow_unsigned(options->take_unsigned);
          turn = subscriber.turn(carrier, trust, &progress, stop);
          if (carrier != nullptr) from.works();
        } catch (const Error& problem) {
          from.lose();
          trouble(problem);
          continue;
        }
        if (turn.kind == Turn::Kind::Refused && options->once) fail(Errc::Integrity, "{}", turn.reason);
        tell(turn, common.json);
        if (turn.kind != Turn::Kind::Idle) last = turn;
        bool sent = true;
        if (!options->once && Clock::now() >= repeat_at) {
          repeat_at = Clock::now() + repeat;
          subscriber.repeat_report();
        }
        const bool idle = turn.kind == Turn::Kind::Idle;
        if (up != "none" && (subscriber.has_report() || (idle && how.novelty_quota > 0))) try {
            Uplink* uplink = reports.get();
            sent = uplink != nullptr;
            if (sent) subscriber.send(*uplink);
            if (sent && idle)
              if (const auto inputs = subscriber.send_novelty(*uplink); inputs > 0) {
                tell_novelty(inputs, common.json);
                continue;
              }
            reports.works();
          } catch (const Error& problem) {
            reports.lose();
            trouble(problem);
          }
        if (!idle && turn.kind != Turn::Kind::Refused) continue;
        if (options->once && sent) break;
        pause(std::chrono::duration<double>(options->poll), stop);
      }
      if (options->once && subscriber.serving_epoch() == 0 && last.kind == Turn::Kind::Idle)
        fail(Errc::Io, "{}: no stream was published there yet (without --once it waits)", options->from);
      if (options->once && last.kind == Turn::Kind::NotConverged)
        fail(Errc::NotConverged, "epoch {}: {} (more passes, or another target)", last.epoch, last.reason);
    };
  });
}

}  // namespace assimilaate::cli
