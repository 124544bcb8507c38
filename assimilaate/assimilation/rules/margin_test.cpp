#include <gtest/gtest.h>

#include "assimilaate/assimilation/rule.hpp"
#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {
namespace {

/// What the rule asks of one group of four lanes that say `y`, with a margin of .1.
std::vector<float> asked(const std::vector<float>& y, Address expected) {
  const auto rule = make_rule("margin", {{"margin", 0.1}});
  Matrix<float> outputs(1, tile_lanes), signals(1, tile_lanes);
  std::ranges::copy(y, outputs.row(0).begin());
  const Matrix<Address> wanted(1, 1, expected);
  const std::vector<float> energy{4};
  rule->signals({.outputs = outputs.view(), .expected = wanted.view(), .group_size = 4, .energy = energy},
                signals.view());
  for (std::size_t l = 4; l < tile_lanes; ++l) EXPECT_EQ(signals(0, l), 0);
  return {signals.row(0).begin(), signals.row(0).begin() + 4};
}

using Asked = std::vector<float>;

TEST(Margin, AsksNothingWhenTheLeadIsEnough) { EXPECT_EQ(asked({0, 0.2F, 0.05F, -1}, 1), (Asked{0, 0, 0, 0})); }

TEST(Margin, RaisesTheExpectedLaneAndLowersTheBestOtherWhenTheLeadIsShort) {
  EXPECT_EQ(asked({0, 0.2F, 0.15F, -1}, 1), (Asked{0, 1, -1, 0}));
  EXPECT_EQ(asked({0, 0.2F, 0.15F, -1}, 3), (Asked{0, -1, 0, 1}));
  EXPECT_EQ(asked({0.3F, 0.2F, 0.15F, -1}, 0), (Asked{0, 0, 0, 0}));
}

TEST(Margin, OfTwoRivalsThatTieLowersTheLowerLane) {
  EXPECT_EQ(asked({0, 0, 0, 0}, 0), (Asked{1, -1, 0, 0}));
  EXPECT_EQ(asked({0, 0, 0, 0}, 2), (Asked{-1, 0, 1, 0}));
}

TEST(Margin, AsksNothingOfAGroupWhoseAnswerIsNone) {
  EXPECT_EQ(asked({0, 0.2F, 0.15F, -1}, None), (Asked{0, 0, 0, 0}));
}

TEST(Margin, KeepsGroupsApart) {
  const auto rule = make_rule("margin", {});
  Matrix<float> outputs(1, tile_lanes), signals(1, tile_lanes);
  outputs(0, 0) = 1;
  Matrix<Address> wanted(1, 2);
  wanted(0, 0) = 0;
  wanted(0, 1) = 2;
  const std::vector<float> energy{4};
  rule->signals({.outputs = outputs.view(), .expected = wanted.view(), .group_size = 3, .energy = energy},
                signals.view());
  const std::vector<float> expected{0, 0, 0, -1, 0, 1, 0};
  for (std::size_t l = 0; l < expected.size(); ++l) EXPECT_EQ(signals(0, l), expected[l]) << l;
}

}  // namespace
}  // namespace assimilaate
