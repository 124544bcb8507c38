#pragma once
/// What the kernels of `pulse_rows.hpp` compute, memristor by memristor, with the same roundings.

#include <algorithm>
#include <bit>
#include <cmath>

#include "assimilaate/substrate/pulse_rows.hpp"

namespace assimilaate::reference {

/// exp(x) - 1 and exp(x) of one argument in [-87, 10], to 2e-7 relative: 2^k e^r, |r| <= ln 2 / 2, Taylor's polynomial.
struct Exponential {
  float less_one, whole;
};
inline constexpr float log2_of_e = 1.44269504F, ln2_high = 0.693359375F, ln2_low = -2.12194440e-4F;
inline constexpr float taylor[] = {1.0F / 5040, 1.0F / 720, 1.0F / 120, 1.0F / 24, 1.0F / 6, 0.5F};

inline Exponential exponential(float x) {
  const float k = std::nearbyint(x * log2_of_e);
  const float r = std::fma(-k, ln2_low, std::fma(-k, ln2_high, x));
  float p = taylor[0];
  for (int i = 1; i < 6; ++i) p = std::fma(p, r, taylor[i]);
  p = std::fma(p * r, r, r);
  const float two = std::bit_cast<float>((static_cast<std::int32_t>(k) + 127) << 23);
  return {std::fma(two, p, two - 1), std::fma(two, p, two)};
}

/// exp(x) - 1 of a small argument, x in [0, .3], to 1e-7 relative.
inline float small_exponential(float x) {
  float p = taylor[1];
  for (int i = 2; i < 6; ++i) p = std::fma(p, x, taylor[i]);
  return std::fma(p * x, x, x);
}

/// Trials that switch, each with P = 1 - exp(-rate_time gain), by inversion of the upper tail.
inline int switched(int trials, float gain, float rate_time, std::uint32_t word) {
  const float y = rate_time * gain, odds = small_exponential(y);
  const auto n = static_cast<float>(trials);
  const Exponential none = exponential(-y * n);
  const float v =
      std::fma(static_cast<float>(word >> 8), 0x1p-24F, static_cast<float>(word & 0xFF) * 0x1p-32F + 0x1p-33F);
  // P(more than k) less v, while it is above the noise of its sum: that ends before k = n.
  float rest = -none.less_one - v, mass = none.whole;
  const float least = 3e-7F * -none.less_one, ratio = std::fma(odds, n, odds);
  int k = 0;
  for (; k < 255 && rest > least; ++k) {
    mass = mass * std::max(std::fma(ratio, 1.0F / static_cast<float>(k + 1), -odds), 0.0F);
    rest -= mass;
  }
  return std::min(k, trials);
}

inline std::uint8_t switch_one(std::uint8_t code, const ByteDevice& device, int direction, float rate_time,
                               std::uint32_t word) {
  const int room = direction > 0 ? device.high - code : code - device.low;
  const int moved = switched(std::max(room, 0), device.stuck ? 0 : device.gain(direction > 0), rate_time, word);
  return static_cast<std::uint8_t>(code + direction * moved);
}

inline std::uint8_t step_one(std::uint8_t code, const ByteDevice& device, float step) {
  if (device.stuck) return code;
  const int moved = code + static_cast<int>(std::nearbyint(step * device.gain(step > 0)));
  return static_cast<std::uint8_t>(std::clamp<int>(moved, device.low, device.high));
}

}  // namespace assimilaate::reference
