#pragma once
/// IEEE 754 half precision, as bits: codebooks travel at 16 bits a number.

#include <bit>
#include <cstdint>

namespace assimilaate {

/// The half nearest to `value`, ties to even; beyond 65 504 infinity.
[[nodiscard]] constexpr std::uint16_t to_half(float value) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000U);
  const std::uint32_t magnitude = bits & 0x7fffffffU;
  if (magnitude > 0x7f800000U) return static_cast<std::uint16_t>(sign | 0x7e00U);
  if (magnitude >= 0x477ff000U) return static_cast<std::uint16_t>(sign | 0x7c00U);  // 65 520 and above
  const bool normal = magnitude >= 0x38800000U;                                     // 2^-14
  const unsigned shift = normal ? 13U : 126U - (magnitude >> 23);
  if (shift > 24) return sign;  // below half of the least half, 2^-25
  const std::uint32_t mantissa = normal ? magnitude - 0x38000000U : ((magnitude & 0x7fffffU) | 0x800000U);
  const std::uint32_t kept = mantissa >> shift;
  const std::uint32_t lost = mantissa & ((1U << shift) - 1), tie = 1U << (shift - 1);
  return static_cast<std::uint16_t>(sign | (kept + (lost > tie || (lost == tie && (kept & 1U) != 0) ? 1U : 0U)));
}

/// Exact.
[[nodiscard]] constexpr float from_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16, exponent = (half >> 10) & 31U, mantissa = half & 0x3ffU;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000U | (mantissa << 13));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
  const float small = static_cast<float>(mantissa) * 0x1p-24F;
  return sign != 0 ? -small : small;
}

/// `value` at half precision, within the finite range [-65504, 65504].
[[nodiscard]] constexpr float round_to_half(float value) {
  constexpr float largest = 65504.0F;
  return value > largest ? largest : value < -largest ? -largest : from_half(to_half(value));
}

}  // namespace assimilaate
