#pragma once
/// How long to wait before something is tried again.

#include <algorithm>
#include <random>

namespace assimilaate::internal {

/// Full jitter: between nothing and 2^n x 50 ms, 5 s at most. @param n  attempts that failed in a row @return [s]
inline double back_off(unsigned n) {
  static thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<>(0.0,
                                          std::min(5.0, 0.05 * static_cast<double>(1U << std::min(n, 10U))))(generator);
}

}  // namespace assimilaate::internal
