#pragma once
/// Whole numbers carried one after another, each coded against what was coded before it. Nothing but the numbers
/// travels: no table, no scale. This is what codec 3 of the stream format is kept for; format version 1 does not carry
/// it yet.

#include <cstdint>
#include <span>
#include <vector>

#include "assimilaate/core/error.hpp"
#include "assimilaate/core/matrix.hpp"

namespace assimilaate {

/// Code `levels` row by row with a binary range coder (Martin 1979; in the form of LZMA). How large a number is
/// expected to be is learnt from the row so far and from its column so far; each of 40 such expectations has its own
/// adaptive bit models. Integer arithmetic only: the same bytes on every machine.
/// @param levels  [examples x spaces]; 0 is what is expected (a prediction is taken off by the caller)
/// @throws Error{Usage} for a level beyond +-2^20.
[[nodiscard]] std::vector<std::byte> code_levels(MatrixView<const std::int32_t> levels);

/// The numbers again. Errors: Format for bytes that are no such code of that many numbers.
[[nodiscard]] Result<Matrix<std::int32_t>> decode_levels(std::span<const std::byte> bytes, std::size_t rows,
                                                         std::size_t cols);

/// 8 * bytes of `code_levels`.
[[nodiscard]] double level_bits(MatrixView<const std::int32_t> levels);

}  // namespace assimilaate
