#pragma once
/// Files: whole reads, atomic writes.

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "assimilaate/core/error.hpp"

namespace assimilaate {

/// The whole file. @throws Error{Io} naming the file and the reason.
[[nodiscard]] std::vector<std::byte> read_file(const std::filesystem::path& file);

/// Write beside, sync, rename, sync the folder: readers see the old file or the new one, never a part.
/// @throws Error{Io} (also when the disk is full); the old file is then intact and no temporary file is left.
void write_file_atomic(const std::filesystem::path& file, std::span<const std::byte> bytes);
void write_file_atomic(const std::filesystem::path& file, std::string_view text);

}  // namespace assimilaate
