#include "assimilaate/aat/internal/halves.hpp"

#include <cmath>

namespace assimilaate::internal {

float next_half(float value) {
  if (value >= largest_half) return largest_half;
  const std::uint16_t bits = to_half(value);
  if ((bits & 0x7FFFU) == 0) return 0x1p-24F;
  return from_half(static_cast<std::uint16_t>((bits & 0x8000U) != 0 ? bits - 1 : bits + 1));
}

float previous_half(float value) { return -next_half(-value); }

void separate(std::span<float> levels) {
  for (float& v : levels) v = round_to_half(v);
  for (std::size_t a = 1; a < levels.size(); ++a)
    if (levels[a] <= levels[a - 1]) levels[a] = next_half(levels[a - 1]);
  for (std::size_t a = levels.size(); a-- > 1 && levels[a - 1] >= levels[a];)  // those that met the largest half
    levels[a - 1] = previous_half(levels[a]);
}

void put_halves(ByteWriter& out, std::span<const float> values) {
  for (const float v : values) out.put(to_half(v));
}

std::vector<float> get_halves(ByteReader& in, std::size_t count) {
  if (in.rest().size() / sizeof(std::uint16_t) < count)
    fail(Errc::Format, "codec: {} numbers wanted, {} bytes left (truncated file)", count, in.rest().size());
  std::vector<float> values(count);
  for (float& v : values) {
    v = from_half(in.get<std::uint16_t>());
    if (!std::isfinite(v)) fail(Errc::Format, "codec: a number is not finite (corrupt file)");
  }
  return values;
}

}  // namespace assimilaate::internal
