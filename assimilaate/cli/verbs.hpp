#pragma once
/// The verbs of the program: each adds its options to the command line and leaves what to do when it is chosen.

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace assimilaate::cli {

/// Options that every verb has.
struct Common {
  bool json = false;
  std::uint64_t seed = 1;
  int threads = 0;
  std::string config;
  std::vector<std::string> assignments;
  std::string command;  ///< as typed
};

void add_common(CLI::App& verb, Common& common);

/// Refuses, in words, what is no whole number of at least `low` and at most `high`.
[[nodiscard]] CLI::Validator whole_number(std::uint64_t low, std::uint64_t high = UINT64_MAX);

/// Set by the chosen verb; run by `main`, which turns errors into exit codes.
using Action = std::function<void()>;

void add_run(CLI::App& app, Common& common, Action& action);
void add_subscribe(CLI::App& app, Common& common, Action& action);
void add_teach(CLI::App& app, Common& common, Action& action);
void add_assimilate(CLI::App& app, Common& common, Action& action);
void add_infer(CLI::App& app, Common& common, Action& action);
void add_collect(CLI::App& app, Common& common, Action& action);
void add_fleet(CLI::App& app, Common& common, Action& action);
void add_inspect(CLI::App& app, Common& common, Action& action);
void add_publish(CLI::App& app, Common& common, Action& action);
void add_key(CLI::App& app, Common& common, Action& action);
void add_memristor(CLI::App& app, Common& common, Action& action);
void add_theseus(CLI::App& app, Common& common, Action& action);

}  // namespace assimilaate::cli
