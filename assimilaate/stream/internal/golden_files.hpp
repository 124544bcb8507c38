#pragma once
/// Committed bytes that are read for ever. With ASSIMILAATE_WRITE_GOLDEN set they are made instead: once, when a format
/// is new. For tests that define ASSIMILAATE_SOURCE_DIR.

#include <cstdlib>
#include <filesystem>

#include "assimilaate/core/file.hpp"

namespace assimilaate::internal {

inline const std::filesystem::path golden = std::filesystem::path(ASSIMILAATE_SOURCE_DIR) / "tests" / "golden";

inline std::vector<std::byte> golden_bytes(const std::filesystem::path& file, const std::vector<std::byte>& made) {
  if (std::getenv("ASSIMILAATE_WRITE_GOLDEN") != nullptr) {
    std::filesystem::create_directories((golden / file).parent_path());
    write_file_atomic(golden / file, made);
  }
  return read_file(golden / file);
}

}  // namespace assimilaate::internal
