#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assimilaate/carrier/publisher.hpp"
#include "assimilaate/cli/facts.hpp"
#include "assimilaate/cli/settings.hpp"
#include "assimilaate/cli/stream_place.hpp"
#include "assimilaate/cli/terminal.hpp"
#include "assimilaate/cli/verbs.hpp"

namespace assimilaate::cli {

void add_publish(CLI::App& app, Common& common, Action& action) {
  struct Options {
    std::string from, to, id;
    std::uint64_t rate = 0;
    bool follow = false, force = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("publish", "a stream, as it is or as it grows -> another folder or a broker");
  add_common(*verb, common);
  verb->add_option("from", options->from, "where streams are: a folder, http://…, mqtt://…")->required();
  verb->add_option("to", options->to, "where to bring them: a folder, mqtt://…")->required();
  verb->add_option("--id", options->id, "which stream (default: all, and the key set)");
  verb->add_flag("--follow", options->follow, "go on with what is new until SIGTERM; fill a broker that lost all");
  verb->add_option("--rate", options->rate, "at most so many segments a second")->check(whole_number(1));
  verb->add_flag("--force", options->force, "take heads that are older than those that are there");
  verb->callback([options, &common, &action] {
    action = [options, &common] {
      DottedSettings(common.config, common.assignments).refuse_the_rest();
      const auto start = std::chrono::steady_clock::now();
      Published published;
      {
        TerminalProgress progress;
        progress.stage("publishing");
        PublishOptions how{.follow = options->follow,
                           .rate = static_cast<double>(options->rate),
                           .roll_back = options->force,
                           .stop = stop_on_signal()};
        if (!options->id.empty()) how.streams = {stream_named(options->id)};
        how.progress = [&](const StreamId& stream, const Bridged& done, const Bridged& all) {
          progress.update(fmt::format("{}: {} of {} segments", hex(stream).substr(0, 8), done.segments, all.segments),
                          static_cast<double>(done.bytes), static_cast<double>(all.bytes));
        };
        how.trouble = [](const std::string& what) { fmt::print(stderr, "assimilaate: {}\n", what); };
        published = publish_streams(options->from, options->to, how);
      }
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      nlohmann::json result{{"segments", published.segments},
                            {"bytes", published.bytes},
                            {"seconds", seconds},
                            {"streams", nlohmann::json::array()},
                            {"keys", published.keys}};
      for (const auto& id : published.streams) result["streams"].push_back(hex(id));
      if (common.json)
        fmt::print("{}\n", result.dump(2));
      else
        fmt::print("{}: {} stream{} up to date; {} segments, {} bytes moved in {:.1f} s{}\n", options->to,
                   published.streams.size(), published.streams.size() == 1 ? "" : "s", published.segments,
                   published.bytes, seconds, published.keys ? ", and the key set" : "");
    };
  });
}

}  // namespace assimilaate::cli
