#pragma once
/// Exact binomial draws for switch counts.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "assimilaate/substrate/draws.hpp"

namespace assimilaate {

/// 53 random bits as a number in (0, 1).
[[nodiscard]] inline double uniform53(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = (std::uint64_t{high} << 21) ^ (low >> 11);
  const double u = (static_cast<double>(bits & ((std::uint64_t{1} << 53) - 1)) + 0.5) * 0x1p-53;
  return std::min(u, 1 - 0x1p-53);  // the last of them would round up to 1
}

/// One draw of Bin(n, p), p in (0, 1/2], whose P(0) = (1 - p)^n is known.
[[nodiscard]] inline int binomial_from(double none, int n, double p, double u) {
  const double odds = p / (1 - p);
  double mass = none;
  double rest = u - mass;
  int k = 0;
  while (rest > 0 && k < n) {
    mass *= odds * (n - k) / (k + 1);
    ++k;
    rest -= mass;
  }
  return k;
}

/// One draw of Bin(n, p) by inversion of the cumulative distribution: exact to double precision.
/// @param n  trials, 0 … 1000 ((1/2)^n must not underflow); @param p in [0, 1]; @param u uniform in (0, 1)
[[nodiscard]] inline int binomial(int n, double p, double u) {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(n, 1 - p, 1 - u);
  return binomial_from(std::exp(n * std::log1p(-p)), n, p, u);
}

/// One draw of Bin(n, p) for any n: exact where n <= 1000 or few switches are expected; else, where n p (1 - p) >= 10,
/// a normal of that variance less the twelfth that rounding gives back, rounded and kept within 0 ... n (mean within
/// 1e-4, variance within .7 %: `physics.md` 5).
[[nodiscard]] inline int binomial(int n, double p, Draws& draws) {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  const double variance = n * p * (1 - p);
  if (n <= 1000 || variance < 10) return binomial(n, p, draws.uniform());
  const double drawn = std::round(n * p + std::sqrt(variance - 1.0 / 12) * draws.normal());
  return static_cast<int>(std::clamp<double>(drawn, 0, n));
}

}  // namespace assimilaate
