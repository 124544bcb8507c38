#pragma once
/// A wait that a stop ends.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace assimilaate::internal {

inline void pause(std::chrono::duration<double> time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace assimilaate::internal
