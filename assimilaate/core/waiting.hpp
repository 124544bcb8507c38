#pragma once
/// Waiting for what is not there yet, and trying again.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <random>
#include <stop_token>

namespace assimilaate {

/// A wait that a request to stop ends.
inline void pause(std::chrono::duration<double> time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, time, [] { return false; });
}

/// How long to wait before something is tried again, with full jitter: between nothing and 2^n x 50 ms, `most` at most.
/// @param n  attempts that failed in a row
inline std::chrono::duration<double> back_off(unsigned n, std::chrono::duration<double> most) {
  static thread_local std::minstd_rand generator{std::random_device{}()};
  const double longest = std::min(most.count(), 0.05 * std::exp2(std::min(n, 20U)));
  return std::chrono::duration<double>(std::uniform_real_distribution(0.0, longest)(generator));
}

}  // namespace assimilaate
