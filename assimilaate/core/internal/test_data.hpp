#pragma once
/// For tests: where measured and reference data lie. None of it is part of the project.

#include <cstdlib>
#include <filesystem>

namespace assimilaate::internal {

/// What the variable names; else the folder `name` of ASSIMILAATE_DATA_DIR; else that of `../shared/data` beside the
/// source. It may be missing.
inline std::filesystem::path test_data(const char* variable, const char* name) {
  if (const char* folder = std::getenv(variable)) return folder;
  if (const char* all = std::getenv("ASSIMILAATE_DATA_DIR")) return std::filesystem::path(all) / name;
  return std::filesystem::path(__FILE__).parent_path() / "../../../../shared/data" / name;
}

}  // namespace assimilaate::internal
