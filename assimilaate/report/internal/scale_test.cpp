#include "assimilaate/report/internal/scale.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace assimilaate::report {
namespace {

std::string texts(const Scale& scale) {
  std::string joined;
  for (const Tick& tick : scale.ticks) joined += (joined.empty() ? "" : " ") + tick.text;
  return joined;
}

TEST(Scale, ExamplesFromTenToAThousandAreTickedAtOnesAndThrees) {
  const Scale scale = make_scale({.label = "examples", .log = true, .low = 10, .high = 1000}, {10, 1000}, 0, 400, 7);
  EXPECT_EQ(texts(scale), "10 30 100 300 1000");
  EXPECT_DOUBLE_EQ(scale.place(10), 0);
  EXPECT_DOUBLE_EQ(scale.place(100), 200);
  EXPECT_DOUBLE_EQ(scale.place(1000), 400);
}

TEST(Scale, ManyDecadesAreTickedByDecades) {
  const Scale scale = make_scale({.unit = "bit", .log = true, .low = 1e3, .high = 1e9}, {1e3, 1e9}, 0, 1, 7);
  EXPECT_EQ(texts(scale), "1 kbit 10 kbit 100 kbit 1 Mbit 10 Mbit 100 Mbit 1 Gbit");
}

TEST(Scale, AUnitTakesThePrefixThatFitsTheAxis) {
  const Scale scale = make_scale({.label = "conductance", .unit = "S", .low = 0, .high = 100e-6}, {0, 100e-6}, 0, 1, 5);
  EXPECT_EQ(scale.title, "conductance [µS]");
  EXPECT_EQ(texts(scale), "0 20 40 60 80 100");
}

TEST(Scale, NegativeTicksCarryARealMinusAndZeroIsZero) {
  EXPECT_EQ(texts(make_scale({.low = -1, .high = 1}, {-1, 1}, 0, 1, 4)), "−1.0 −0.5 0.0 0.5 1.0");
}

TEST(Scale, OnePointNoPointAndSwappedEndsStillMakeAnAxis) {
  for (const bool log : {false, true}) {
    EXPECT_GE(make_scale({.log = log}, {5, 5}, 0, 1, 6).ticks.size(), 2U) << log;
    EXPECT_GE(make_scale({.log = log}, {}, 0, 1, 6).ticks.size(), 2U) << log;
    const Scale swapped = make_scale({.log = log, .low = 9, .high = 2}, {3, 4}, 0, 1, 6);
    EXPECT_LT(swapped.low, swapped.high);
  }
}

TEST(Scale, KnowsWhatItCannotShow) {
  EXPECT_FALSE(drawable(std::nan(""), false));
  EXPECT_FALSE(drawable(1e300, false));
  EXPECT_FALSE(drawable(0, true));
  EXPECT_FALSE(drawable(-1, true));
  EXPECT_TRUE(drawable(-1, false));
}

RC_GTEST_PROP(Scale, AnyRangeHasAFewTicksInsideIt, (double a, double b, bool log)) {
  if (log) {
    a = std::abs(a);
    b = std::abs(b);
  }
  RC_PRE(drawable(a, log) && drawable(b, log));
  const Scale scale = make_scale({.log = log}, {std::min(a, b), std::max(a, b)}, 0, 400, 6);
  RC_ASSERT(scale.low < scale.high);
  RC_ASSERT(scale.ticks.size() <= 40);
  for (const Tick& tick : scale.ticks) RC_ASSERT(std::isfinite(scale.place(tick.value)));
}

TEST(Scale, CountsTimesBeyondAnHourAsPeopleDo) {
  const auto texts = [](double high) {
    std::vector<std::string> found;
    for (const Tick& tick : make_scale({.label = "t", .unit = "s", .log = true}, {1e-3, high}, 0, 400, 7).ticks)
      found.push_back(tick.text);
    return found;
  };
  EXPECT_EQ(texts(4e8), (std::vector<std::string>{"1 ms", "1 s", "1 min", "1 h", "1 d", "30 d", "10 yr"}));
  EXPECT_EQ(texts(10).back(), "10 s");
}

}  // namespace
}  // namespace assimilaate::report
