#pragma once
/// The main job: a model and its data -> a stream -> unlike targets -> numbers and pictures. Everything on one machine.

#include <filesystem>
#include <nlohmann/json.hpp>

#include "assimilaate/cli/settings.hpp"
#include "assimilaate/cli/terminal.hpp"

namespace assimilaate::cli {

struct MainJob {
  static constexpr std::size_t all_examples = SIZE_MAX;
  std::filesystem::path model, data, output;
  std::string recipe = "graded";
  std::size_t examples = 1000;
  std::uint64_t seed = 1;
  bool resume = false;
  std::string command;  ///< as typed, for the report
};

/// Run it, or go on with it; writes `result.json` and `report.html` into the output folder.
/// @return the result as the documented JSON object. @throws Error{Interrupted} when stopped: `--resume` goes on.
[[nodiscard]] nlohmann::json run_main_job(const MainJob& job, DottedSettings& settings, TerminalProgress& progress,
                                          std::stop_token stop);

/// The result as tables for a terminal.
[[nodiscard]] std::string main_job_tables(const nlohmann::json& result);

}  // namespace assimilaate::cli
