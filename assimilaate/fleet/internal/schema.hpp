#pragma once
/// The tables of a collection, version 1: what devices said, once each, as columns and as it came.

#include <algorithm>
#include <array>

#include "assimilaate/fleet/internal/sqlite.hpp"
#include "assimilaate/stream/statements.hpp"

namespace assimilaate::internal {

/// Opens a collection for writing, or for reading what is there. @throws Error{Format} for another program's database,
/// Error{Unsupported} for a later version, else as `Database`.
[[nodiscard]] Database open_collection(const std::filesystem::path& file, Database::Missing missing);

/// What a report says, a column each; `reports` has (device, counter) and where and when before, the bytes behind.
struct ReportColumn {
  const char* name;
  std::int64_t (*of)(const Report&);
};
[[nodiscard]] std::span<const ReportColumn> report_columns();

/// SQLite's integers are signed: what is larger is capped.
[[nodiscard]] inline std::int64_t capped(std::uint64_t value) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(value, INT64_MAX));
}

}  // namespace assimilaate::internal
