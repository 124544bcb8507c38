#include <gtest/gtest.h>

#include "assimilaate/assimilation/rule.hpp"
#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {
namespace {

/// What the rule asks of one group of four lanes, in which leads of 2 are at rest and leads below .5 are in doubt.
std::vector<float> asked(const std::vector<float>& y, Address ignored = None) {
  const auto rule = make_rule("ahah", {{"lead", 2}, {"doubt", 0.5}, {"rate", 1}});
  Matrix<float> outputs(1, tile_lanes), signals(1, tile_lanes);
  std::ranges::copy(y, outputs.row(0).begin());
  const Matrix<Address> expected(1, 1, ignored);
  rule->signals({.outputs = outputs.view(), .expected = expected.view(), .group_size = 4}, signals.view());
  return {signals.row(0).begin(), signals.row(0).begin() + 4};
}

using Asked = std::vector<float>;

// Signs of four lanes are 3/4 for the leader and -1/4 for others.

TEST(Ahah, BelievesItsOwnDecisionAndLengthensAShortLead) {
  EXPECT_EQ(asked({0, 1, 0, -1}), (Asked{-0.25F, 0.25F, -0.25F, 0.25F}));
  EXPECT_EQ(asked({0, 1, 0, -1}, 3), (Asked{-0.25F, 0.25F, -0.25F, 0.25F}));
  EXPECT_EQ(asked({6, 5, 5, 4}), (Asked{0.25F, -0.25F, -0.25F, 0.25F}));  // what all say alike says nothing
}

TEST(Ahah, ShortensALeadThatIsTooLong) {
  EXPECT_EQ(asked({0, 4, 0, 0}), (Asked{0.25F, -0.75F, 0.25F, 0.25F}));
  EXPECT_EQ(asked({0, 40, 0, 0}), (Asked{1, -1, 1, 1}));
}

TEST(Ahah, RestsAtTheWantedLeadAndLearnsNothingFromDoubt) {
  EXPECT_EQ(asked({0, 2, 0, 0}), (Asked{0, 0, 0, 0}));
  EXPECT_EQ(asked({0, 0.25F, 0, -1}), (Asked{0, 0, 0, 0}));
}

}  // namespace
}  // namespace assimilaate
