#pragma once
/// Where the columns of a body lie: everything about it that can be judged before anything is allocated for records.

#include "assimilaate/core/error.hpp"
#include "assimilaate/stream/columns.hpp"

namespace assimilaate::internal {

constexpr std::size_t preamble = 32;  // [B]
constexpr std::uint8_t layout_version = 1, no_mask = 0, mask_per_segment = 1, mask_per_record = 2;
constexpr std::uint8_t packed = 0, ranged = 1;
constexpr std::size_t least_boundaries = 2, most_boundaries = 64, most_columns = 65'536;
constexpr std::size_t most_entries = std::size_t{1} << 25;  // records times spaces of one segment
constexpr unsigned most_gap_bits = 16;

struct ColumnPlace {
  std::span<const std::byte> mask{};  ///< presence bits, in mask mode 2
  std::span<const std::byte> data{};
  std::size_t present = 0;  ///< records that hold an address
  std::uint8_t method = packed;
};

struct ColumnLayout {
  std::uint8_t mask_mode = no_mask;
  std::size_t first_boundary = 0;  ///< 1 where boundary 0 is drawn
  std::uint64_t counter = 0;
  unsigned gap_bits = 0;
  std::span<const std::byte> gaps{};
  std::vector<ColumnPlace> columns{};  ///< of the boundaries carried
  std::size_t absent = 0;              ///< entries that are NONE
};

[[nodiscard]] Result<ColumnLayout> find_columns(std::span<const std::byte> body, const ColumnCoding& coding,
                                                std::size_t n, std::uint8_t codec, std::uint32_t raw_length);

}  // namespace assimilaate::internal
