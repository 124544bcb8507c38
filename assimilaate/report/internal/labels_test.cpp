#include "assimilaate/report/internal/labels.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace assimilaate::report {
namespace {

TEST(Spread, LeavesAloneWhatHasRoom) {
  EXPECT_EQ(spread(std::vector<double>{90, 10, 50}, 15, 0, 100), (std::vector<double>{90, 10, 50}));
}

TEST(Spread, ACrowdSitsAroundItsMiddle) {
  EXPECT_EQ(spread(std::vector<double>{50, 50, 50}, 10, 0, 100), (std::vector<double>{40, 50, 60}));
  EXPECT_EQ(spread(std::vector<double>{0, 0}, 10, 0, 100), (std::vector<double>{0, 10}));
  EXPECT_TRUE(spread({}, 10, 0, 100).empty());
}

RC_GTEST_PROP(Spread, NoTwoLabelsAreNearerThanTheGap, ()) {
  const auto wanted =
      *rc::gen::container<std::vector<double>>(rc::gen::map(rc::gen::inRange(0, 200), [](int i) { return double(i); }));
  RC_PRE(wanted.size() <= 20U);
  auto placed = spread(wanted, 10, 0, 200);
  std::sort(placed.begin(), placed.end());
  for (std::size_t i = 0; i < placed.size(); ++i) {
    RC_ASSERT(placed[i] >= 0 && placed[i] <= 200);
    if (i > 0) RC_ASSERT(placed[i] - placed[i - 1] >= 10 - 1e-9);
  }
}

TEST(Placer, GoesRoundAMarkUntilThereIsNoRoomLeft) {
  Placer placer({0, 0, 200, 200});
  int placed = 0;
  while (placer.place(100, 100, "fp16") && placed < 100) ++placed;
  EXPECT_GE(placed, 4);
  EXPECT_LT(placed, 9);
  EXPECT_FALSE(placer.place(500, 500, "outside"));
}

}  // namespace
}  // namespace assimilaate::report
