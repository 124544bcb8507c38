#include "assimilaate/aat/threshold_tree.hpp"

#include <gtest/gtest.h>

#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

TEST(ThresholdTree, CutsItsRangeIntoEqualParts) {
  const ThresholdTree tree(2, 0, 4);
  for (int part = 0; part < 4; ++part) EXPECT_EQ(tree.encode(part + 0.5), part);
  EXPECT_EQ(tree.encode(-100), 0);
  EXPECT_EQ(tree.encode(100), 3);
}

TEST(ThresholdTree, GivesItsUpperHalfWhatEqualsAThreshold) {
  const ThresholdTree tree(1, 0, 1);
  EXPECT_EQ(tree.encode(0.5), 1);
  EXPECT_EQ(tree.encode(0.49999999999999994), 0);
}

TEST(ThresholdTree, DecidesBeforeItMoves) {
  ThresholdTree tree(1, 0, 1);
  EXPECT_EQ(tree.adapt(0.4, 1), 0);
  EXPECT_EQ(tree.thresholds()[0][0], 0.4);
}

TEST(ThresholdTree, MovesNothingBesideTheWay) {
  ThresholdTree tree(2, 0, 1);
  tree.adapt(0.9, 0.5);
  EXPECT_DOUBLE_EQ(tree.thresholds()[0][0], 0.7);
  EXPECT_EQ(tree.thresholds()[1][0], 0.25);
  EXPECT_DOUBLE_EQ(tree.thresholds()[1][1], 0.825);
}

TEST(ThresholdTree, SettlesWhereHalfOfTheNumbersLieAbove) {
  // w <- (1 - l) w + l x ends at the mean, which is the median of 0 ... 99 in equal shares; l/(2 - l) of their variance
  // of 833 is left, a sigma of 2 at l = .01.
  ThresholdTree tree(1, 0, 1000);
  for (int pass = 0; pass < 100; ++pass)
    for (int i = 0; i < 100; ++i) tree.adapt((i * 37) % 100, 0.01);
  EXPECT_NEAR(tree.thresholds()[0][0], 49.5, 8);
}

TEST(ThresholdTree, SettledThresholdsAreTheMeansOfWhatReachesThem) {
  const std::vector<float> sorted{0, 1, 2, 3, 10, 20};  // mean 6: {0, 1, 2, 3} of 1.5 and {10, 20} of 15
  const auto tree = ThresholdTree::settled(2, sorted);
  EXPECT_EQ(tree.thresholds(), (std::vector<std::vector<double>>{{6}, {1.5, 15}}));
  EXPECT_EQ(tree.borders(), (std::vector<double>{1.5, 6, 15}));
}

TEST(ThresholdTree, SettlesWhereAdaptationKeepsIt) {
  // One pass at rate r moves each threshold by about r times the sum of its distances to what reaches it: nothing.
  std::vector<float> sorted;
  for (int i = 0; i < 64; ++i) sorted.push_back(static_cast<float>(i * i));
  const auto settled = ThresholdTree::settled(3, sorted);
  auto moved = settled;
  constexpr double rate = 1e-6;
  for (const float x : sorted) moved.adapt(x, rate);
  for (std::size_t depth = 0; depth < 3; ++depth)
    for (std::size_t node = 0; node < settled.thresholds()[depth].size(); ++node)
      EXPECT_NEAR(moved.thresholds()[depth][node], settled.thresholds()[depth][node], 64 * 64 * 4096 * rate * rate);
}

TEST(ThresholdTree, SettledThresholdsDoNotFallWhereNothingReachesThem) {
  const std::vector<float> constant(5, 3.0F);
  for (const double border : ThresholdTree::settled(4, constant).borders()) EXPECT_EQ(border, 3);
}

TEST(ThresholdTree, RefusesWhatIsNoTree) {
  EXPECT_THROW(ThresholdTree(0, 0, 1), Error);
  EXPECT_THROW(ThresholdTree(17, 0, 1), Error);
  EXPECT_THROW(ThresholdTree(3, 1, 1), Error);
}

}  // namespace
}  // namespace assimilaate
