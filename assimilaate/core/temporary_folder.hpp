#pragma once
/// A folder that lives as long as its owner: for tests and for work that must leave nothing behind.

#include <filesystem>

#include "assimilaate/core/error.hpp"

namespace assimilaate {

class TemporaryFolder {
 public:
  /// @throws Error{Io} when the system's temporary folder cannot be written.
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  /// The path of a file in it.
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace assimilaate
