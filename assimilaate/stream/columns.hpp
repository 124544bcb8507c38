#pragma once
/// The body of a segment of examples: every space a column of addresses.
///
///     0  u8  layout 1                       4  u32 columns: spaces over the boundaries that are carried
///     1  u8  boundaries of the descriptor   8  u64 first generator counter; 0 for explicit inputs
///     2  u8  input mode: 0 explicit,       16  u8  gap bits, 0..16; 0 for explicit inputs
///            1 boundary 0 is drawn         17  15 reserved bytes, zero
///     3  u8  mask mode: 0 none, 1 per segment, 2 per record
///
/// Behind that: in mask mode 1 a presence bit for each column; for drawn inputs with gap bits, n gaps; then the
/// columns in boundary order, then space order: n addresses of ceil(log2 K) bits. In mask mode 2 each column is
/// preceded by n presence bits and holds the present addresses only. All of these are packed least significant bit
/// first and padded with zero bits to a byte. In codec 1 each column begins with u8 method and u24 length: 0 packed as
/// in codec 0, 1 range coded with the table of the setup, where that is shorter.
///
/// There is one encoding per content and codec: mask mode 0 without NONE, 1 where every column is wholly there or
/// wholly not, else 2; gap bits no wider than the widest gap needs; codec 1 only where some column gains by it.

#include <optional>
#include <span>
#include <vector>

#include "assimilaate/stream/thresholds.hpp"

namespace assimilaate {

/// What bodies of one stream are read and written by; follows from its setup.
struct ColumnCoding {
  std::vector<Shape> shapes;  ///< of all boundaries
  std::vector<Thresholds>
      frequencies{};  ///< of each column over all boundaries, empty where packed; none: codec 0 only
  std::optional<InputGenerator> generator{};  ///< of boundary 0
};

struct ColumnBody {
  std::vector<std::byte> bytes{};
  std::uint8_t codec = 0;
  std::uint32_t raw_length = 0;  ///< in codec 0 [B]
  bool masked = false, seeded = false;
};

/// Rows [first, first + count) of the boundaries of a chain, packed (codec 0).
/// @param boundaries  one block per boundary, 2..64 of them, equal in size; at most 65 536 spaces together
/// @throws Error{Format} for an address outside its space.
[[nodiscard]] std::vector<std::byte> encode_columns(std::span<const AatBlock> boundaries, std::size_t first,
                                                    std::size_t count);
/// The same by the tables of the stream, in codec 1 where that is shorter.
/// @param counters  of the rows, growing by 1 to 65 536 each, where boundary 0 is drawn and not carried; else empty
/// @throws Error{Usage} for counters that are not so, or without a generator; Error{Format} for inputs that are not
/// those that are drawn.
[[nodiscard]] ColumnBody encode_columns(const ColumnCoding& coding, std::span<const AatBlock> boundaries,
                                        std::size_t first, std::size_t count,
                                        std::span<const std::uint64_t> counters = {});

/// The n records of a body, a block per boundary. Nothing is allocated before the lengths add up.
/// Errors: Format (lengths, padding, reserved bytes, an address outside its codebook, another encoding than the one
/// there is), Unsupported (layout, modes, codec).
[[nodiscard]] Result<std::vector<AatBlock>> decode_columns(std::span<const std::byte> body, const ColumnCoding& coding,
                                                           std::size_t n, std::uint8_t codec, std::uint32_t raw_length);
/// In codec 0 and with explicit inputs.
[[nodiscard]] Result<std::vector<AatBlock>> decode_columns(std::span<const std::byte> body,
                                                           std::span<const Shape> shapes, std::size_t n);

/// True when some entry of a well-formed body is NONE (the header then carries the flag `Masked`).
[[nodiscard]] bool columns_masked(std::span<const std::byte> body);
/// True when boundary 0 of a well-formed body is drawn (the header then carries the flag `Seeded`).
[[nodiscard]] bool columns_seeded(std::span<const std::byte> body);

}  // namespace assimilaate
