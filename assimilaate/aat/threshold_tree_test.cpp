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

TEST(ThresholdTree, RefusesWhatIsNoTree) {
  EXPECT_THROW(ThresholdTree(0, 0, 1), Error);
  EXPECT_THROW(ThresholdTree(17, 0, 1), Error);
  EXPECT_THROW(ThresholdTree(3, 1, 1), Error);
}

}  // namespace
}  // namespace assimilaate
