#pragma once
/// Codebooks at half precision: a centroid costs the 16 bits the ledger says.

#include <span>
#include <vector>

#include "assimilaate/core/bytes.hpp"
#include "assimilaate/core/half.hpp"

namespace assimilaate::internal {

inline constexpr float largest_half = 65504.0F;

/// The halves next to a finite half; the outermost are their own.
[[nodiscard]] float next_half(float value);
[[nodiscard]] float previous_half(float value);

/// Make rising levels halves that rise strictly, so that every address is the nearest of its own level.
void separate(std::span<float> levels);

/// Numbers that are halves already, at 16 bits each.
void put_halves(ByteWriter& out, std::span<const float> values);
/// Exactly `count` finite numbers. @throws Error{Format}
[[nodiscard]] std::vector<float> get_halves(ByteReader& in, std::size_t count);

}  // namespace assimilaate::internal
