#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assimilaate/cli/facts.hpp"
#include "assimilaate/cli/terminal.hpp"
#include "assimilaate/cli/user_keys.hpp"
#include "assimilaate/cli/verbs.hpp"
#include "assimilaate/fleet/collection.hpp"

namespace assimilaate::cli {
namespace {

using nlohmann::json;

constexpr double rest = 0.5;  // between two looks at whether to stop [s]

struct Options {
  std::string from, database, streams;
  bool once = false, only_trusted = false;
  std::uint64_t quota = CollectionRules{}.novelty_quota;
};

json describe(const Collected& all) {
  json result{{"reports", all.reports}, {"health", all.health}, {"novelty", all.novelty}};
  result["duplicates"] = all.duplicates;
  result["equivocations"] = all.equivocations;
  result["refused"] = json::object();
  for (const auto& [reason, count] : all.refused) result["refused"][reason] = count;
  return result;
}

/// What an operator should hear of at once.
void warn(const Collected& brought, const Collected& before) {
  for (const auto& [reason, count] : brought.refused)
    if (!before.refused.contains(reason))
      fmt::print(stderr, "assimilaate: refused {}: {} (fleet novelty counts them by reason)\n", count, reason);
  if (brought.equivocations > 0 && before.equivocations == 0)
    fmt::print(stderr, "assimilaate: devices name different tips for one place of a stream; see fleet status\n");
}

void run_collect(const Options& options, bool as_json) {
  const auto stop = stop_on_signal();
  CollectionRules rules{.novelty_quota = options.quota};
  if (options.only_trusted) rules.only = user_keyring().ask(now_ms()).who;
  auto streams = options.streams.empty() ? nullptr : std::make_unique<KnownStreams>(options.streams);
  const auto inbox = open_inbox(options.from);
  Collection collection(options.database, std::move(rules), std::move(streams));
  Collected all;
  collect(*inbox, collection, rest, [&](const Collected& brought) {
    warn(brought, all);
    all += brought;
    const bool nothing = brought == Collected{};
    return !stop.stop_requested() && !(options.once && nothing);
  });
  json result = describe(all);
  if (as_json) return fmt::print("{}\n", result.dump(2));
  if (all.refused.empty()) result["refused"] = "none";
  print_facts(result);
}

}  // namespace

void add_collect(CLI::App& app, Common& common, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("collect", "store what devices report, until it is told to stop");
  verb->add_option("from", options->from, "where devices send: dir:FOLDER, mqtt://HOST or mqtts://HOST")->required();
  verb->add_option("database", options->database, "SQLite file, made where it is missing")->required();
  verb->add_flag("--once", options->once, "take what is there and end");
  verb->add_option("--streams", options->streams, "where streams lie, to check novelty against them");
  verb->add_option("--quota", options->quota, "novelty that a device may send in a day [bytes]")
      ->check(whole_number(0, std::uint64_t{1} << 40U))
      ->capture_default_str();
  verb->add_flag("--only-trusted", options->only_trusted, "from devices alone that the user's keys name");
  verb->add_flag("--json", common.json, "print one JSON object instead of lines");
  verb->callback([options, &common, &action] { action = [options, &common] { run_collect(*options, common.json); }; });
}

}  // namespace assimilaate::cli
