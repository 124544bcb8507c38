#pragma once
/// For tests: the vectors of the kT-RAM emulator, one JSON file after the other, by the kind that a file's name starts
/// with. The folder is that of ASSIMILAATE_GOLDEN_DIR, by default `ktram-golden` of the test data.

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "assimilaate/core/error.hpp"
#include "assimilaate/core/internal/test_data.hpp"

namespace assimilaate::internal {

inline std::filesystem::path golden_folder() { return test_data("ASSIMILAATE_GOLDEN_DIR", "ktram-golden"); }

/// Every kind there is a test for.
inline constexpr std::array<std::string_view, 18> golden_kinds{"a2d",
                                                               "ahah_attractors",
                                                               "anchors",
                                                               "basis_adapt",
                                                               "device_tables",
                                                               "digits_lane_classifier",
                                                               "instr_seq",
                                                               "instr_single",
                                                               "instruction_voltages",
                                                               "mss_injected",
                                                               "mss_lane_stats",
                                                               "mss_pulse_stats",
                                                               "mss_rates",
                                                               "mss_stationary",
                                                               "noisy_injected",
                                                               "rank_cut_policy",
                                                               "rankcut_adapt",
                                                               "read_noise_law"};

/// The kind of a file, empty when none of the above.
inline std::string_view golden_kind(std::string_view name) {
  for (const std::string_view kind : golden_kinds)
    if (name.starts_with(kind)) return kind;
  return {};
}

/// All JSON files of the folder, in alphabetical order; none where it is missing.
inline std::vector<std::filesystem::path> golden_files() {
  std::vector<std::filesystem::path> files;
  std::error_code missing;
  for (const auto& entry : std::filesystem::directory_iterator(golden_folder(), missing))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}
inline std::vector<std::filesystem::path> golden_files(std::string_view kind) {
  auto files = golden_files();
  std::erase_if(files, [&](const auto& file) { return golden_kind(file.filename().string()) != kind; });
  return files;
}

inline nlohmann::json golden_json(const std::filesystem::path& file) {
  std::ifstream in(file);
  auto json = nlohmann::json::parse(in, nullptr, false);
  if (json.is_discarded()) fail(Errc::Format, "{}: no JSON", file.string());
  return json;
}

}  // namespace assimilaate::internal
