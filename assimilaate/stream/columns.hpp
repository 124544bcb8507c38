#pragma once
/// The body of a segment of examples: every space a column of packed addresses (codec 0).
///
///     0  u8  layout 1          4  u32 columns: spaces over all boundaries
///     1  u8  boundaries        8  u64 counter0, 0 for explicit inputs
///     2  u8  input mode 0     16  u8  gap bits, 0 for explicit inputs
///     3  u8  mask mode 0 or 2 17  15 reserved bytes, zero
///
/// Columns follow in boundary order, then space order: n addresses of ceil(log2 K) bits, least significant bit first,
/// padded with zero bits to a byte. In mask mode 2 each column is preceded by n presence bits, padded likewise, and
/// holds the present addresses only. Mask mode 2 is used exactly when an entry is NONE: there is one encoding per
/// content.

#include <span>
#include <vector>

#include "assimilaate/aat/aat.hpp"

namespace assimilaate {

/// Rows [first, first + count) of the boundaries of a chain, as a body.
/// @param boundaries  one block per boundary, 2..64 of them, equal in size; at most 65 536 spaces together
/// @throws Error{Format} for an address outside its space.
[[nodiscard]] std::vector<std::byte> encode_columns(std::span<const AatBlock> boundaries, std::size_t first,
                                                    std::size_t count);

/// The n records of a body, a block per boundary. Nothing is allocated before the lengths add up.
/// Errors: Format (lengths, padding, reserved bytes, an address outside its codebook), Unsupported (layout, modes).
[[nodiscard]] Result<std::vector<AatBlock>> decode_columns(std::span<const std::byte> body,
                                                           std::span<const Shape> shapes, std::size_t n);

/// True when some entry of a well-formed body is NONE (the header then carries the flag `Masked`).
[[nodiscard]] bool columns_masked(std::span<const std::byte> body);

}  // namespace assimilaate
