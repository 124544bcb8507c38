#pragma once
/// The kernels of a tile of 64 lanes: read a block of drives, accumulate a block of signals. One source for every SIMD
/// target (Highway); bit-identical on all of them, since each lane fuses its terms in row order. `lanes_reference.hpp`
/// is the definition.

#include <cstdint>
#include <span>
#include <vector>

#include "assimilaate/core/matrix.hpp"
#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {

/// numerator[b][l] = sum_r drives[b][r] * difference[r][l]: the ratio read's numerator for graded lines
/// (`physics.md` 2.6).
/// @param difference  [rows x 64] codes
/// @param drives      [block x first + rows or more], each in [-1, 1]
/// @param numerator   [block x 64] codes
/// @param first       which of the drives is that of the first row of `difference`
void read_tile(MatrixView<const float> difference, MatrixView<const float> drives, MatrixView<float> numerator,
               std::size_t first = 0);

/// The same with unit drive on a few rows only (one-hot lines): sums of `difference` and of `sum` over the rows, each
/// [64].
void read_rows(MatrixView<const float> difference, MatrixView<const float> sum, std::span<const std::uint32_t> rows,
               std::span<float> numerator, std::span<float> denominator);

/// change[r][l] = sum_b drives[b][r] * signals[b][l] for one row r, [64].
void accumulate_row(MatrixView<const float> drives, MatrixView<const float> signals, std::size_t row,
                    std::span<float> change);

/// Most examples of one block.
inline constexpr std::size_t most_examples = 64;

/// Add a block's demand to the accumulate-and-fire counters of a tile and list those that overflow.
/// An increment sum_b drives[b][r] * signals[b][l], in counts, is rounded to a whole number at random without bias
/// (its dither is a hash of `event`, row and lane); a counter that reaches +-`limit` fires one couple of pulses per
/// `limit`.
/// @param counters  [rows x 64], whole numbers in (-limit, limit), kept between calls
/// @param fires     appended to, in row order then lane order
void accumulate_tile(MatrixView<const float> drives, MatrixView<const float> signals, int limit, std::uint64_t event,
                     MatrixView<std::int8_t> counters, std::vector<Fire>& fires);

/// Names of the SIMD targets this processor can run, best first, and a way to run the kernels on one of them (for
/// tests).
[[nodiscard]] std::vector<std::string> lane_targets();
void force_lane_target(std::string_view name);  ///< "" gives the choice back to the processor

}  // namespace assimilaate
