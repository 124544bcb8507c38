#include "assimilaate/core/parallel.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

TEST(Parallel, VisitsEveryIndexOnce) {
  for (const int threads : {0, 1, 3}) {
    set_threads(threads);
    for (const std::size_t count : {0U, 1U, 2U, 1001U}) {
      std::vector<std::atomic<int>> visits(count);
      parallel_for(count, [&](std::size_t i) { ++visits[i]; });
      for (const auto& v : visits) EXPECT_EQ(v, 1);
    }
  }
  set_threads(0);
}

TEST(Parallel, OneThreadMeansTheCallersThread) {
  set_threads(1);
  const auto caller = std::this_thread::get_id();
  std::atomic<int> elsewhere = 0;
  parallel_for(200, [&](std::size_t) { elsewhere += std::this_thread::get_id() != caller; });
  set_threads(0);
  EXPECT_EQ(elsewhere, 0);
}

TEST(Parallel, ThrowsTheExceptionOfABodyAgain) {
  const auto body = [](std::size_t i) {
    if (i == 7) fail(Errc::Format, "index {}", i);
  };
  try {
    parallel_for(100, body);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Format);
    EXPECT_STREQ(e.what(), "index 7");
  }
}

TEST(Parallel, CallsNest) {
  std::atomic<int> sum = 0;
  parallel_for(10, [&](std::size_t) { parallel_for(10, [&](std::size_t) { ++sum; }); });
  EXPECT_EQ(sum, 100);
}

TEST(Parallel, RefusesANegativeNumberOfThreads) { EXPECT_THROW(set_threads(-1), Error); }

}  // namespace
}  // namespace assimilaate
