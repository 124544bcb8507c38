#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "assimilaate/cli/fleet_tables.hpp"
#include "assimilaate/cli/verbs.hpp"

namespace assimilaate::cli {
namespace {

struct Options {
  std::string database;
  bool devices = false, csv = false;
};

CLI::App* add_subverb(CLI::App& group, Common& common, Options& options, const char* name, const char* about) {
  CLI::App* verb = group.add_subcommand(name, about);
  verb->add_option("database", options.database, "as collect makes it")->required();
  auto* as_json = verb->add_flag("--json", common.json, "print one JSON object instead of tables");
  verb->add_flag("--csv", options.csv, "print the first table as comma-separated values")->excludes(as_json);
  return verb;
}

/// Tables one below another; the first alone as CSV.
void print_tables(const std::vector<FleetTable>& tables, const Options& options, bool as_json) {
  if (as_json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::object();
    for (const FleetTable& table : tables) all[table.name()] = table.as_json();
    fmt::print("{}\n", all.dump(2));
  } else if (options.csv) {
    fmt::print("{}", tables.front().as_csv());
  } else {
    bool first = true;
    for (const FleetTable& table : tables) {
      if (table.empty() && !first) continue;
      fmt::print("{}{}\n{}", first ? "" : "\n", table.title(), table.as_text());
      first = false;
    }
  }
}

void add_status(CLI::App& group, Common& common, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = add_subverb(group, common, *options, "status", "how far targets are: a row per cohort");
  verb->add_flag("--devices", options->devices, "a row per device instead");
  verb->callback([options, &common, &action] {
    action = [options, &common] {
      const auto devices = read_devices(options->database);
      print_tables({options->devices ? device_table(devices) : cohort_table(cohorts_of(devices)),
                    equivocation_table(read_equivocations(options->database))},
                   *options, common.json);
    };
  });
}

void add_novelty(CLI::App& group, Common& common, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_subverb(group, common, *options, "novelty", "what lies in quarantine, and what was refused and why");
  verb->callback([options, &common, &action] {
    action = [options, &common] {
      print_tables(
          {quarantine_table(read_quarantine(options->database)), refused_table(read_refused(options->database))},
          *options, common.json);
    };
  });
}

}  // namespace

void add_fleet(CLI::App& app, Common& common, Action& action) {
  CLI::App* group = app.add_subcommand("fleet", "what a collector knows of targets");
  group->require_subcommand(1);
  add_status(*group, common, action);
  add_novelty(*group, common, action);
}

}  // namespace assimilaate::cli
