#include "assimilaate/assimilation/ktram/rank_cut.hpp"

#include <gtest/gtest.h>

#include "assimilaate/assimilation/rule.hpp"
#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {
namespace {

std::vector<float> asked(const Settings& settings, std::span<const float> y, Address expected) {
  const auto rule = make_rule("rank_cut", settings);
  Matrix<float> outputs(1, tile_lanes), signals(1, tile_lanes);
  std::ranges::copy(y, outputs.row(0).begin());
  const Matrix<Address> wanted(1, 1, expected);
  rule->signals({.outputs = outputs.view(), .expected = wanted.view(), .group_size = y.size()}, signals.view());
  return {signals.row(0).begin(), signals.row(0).begin() + static_cast<std::ptrdiff_t>(y.size())};
}

using Asked = std::vector<float>;

TEST(RankCutRule, RaisesTheExpectedLaneAlwaysAndLowersOthersThatSpokeUp) {
  EXPECT_EQ(asked({}, Asked{0.3F, 0.2F, 0, -1}, 0), (Asked{1, -1, 0, 0}));
  EXPECT_EQ(asked({}, Asked{0.3F, 0.2F, 0, -1}, 3), (Asked{-1, -1, 0, 1}));
  EXPECT_EQ(asked({{"threshold", 0.25}}, Asked{0.3F, 0.2F, 0, -1}, 3), (Asked{-1, 0, 0, 1}));
  EXPECT_EQ(asked({{"hard", 0}}, Asked{0.3F, 0.2F, 0, -1}, 3), (Asked{0, 0, 0, 1}));
  EXPECT_EQ(asked({}, Asked{0.3F, 0.2F, 0, -1}, None), (Asked{0, 0, 0, 0}));
}

TEST(RankCutRule, GivesTheFeedbackOfTheEmulatorsRankCut) {
  const auto law = make_memristor("float", {});
  std::vector<KtramLane> lanes;
  for (std::uint32_t lane = 0; lane < 4; ++lane)
    lanes.emplace_back(*law, 3, 4, KtramSettings::of("float", *law), Imperfections{}, Random(3, 0), lane);
  const Random random(5, 0);
  std::size_t raised = 0, lowered = 0;
  for (const bool hard : {true, false}) {
    RankCut emulator(lanes, {.hard = hard});
    for (std::uint64_t i = 0; i < 200; ++i) {
      const auto bits = random.bits(Purpose::Select, i);
      const std::vector<Address> tuple{static_cast<Address>(bits[0] % 4), static_cast<Address>(bits[1] % 4),
                                       static_cast<Address>(bits[2] % 4)};
      const std::uint32_t taught = bits[0] % 4;
      const auto step = emulator.adapt(tuple, std::vector{taught});
      const std::vector<float> y(step.y.begin(), step.y.end());
      const auto signals = asked({{"hard", hard ? 1 : 0}}, y, static_cast<Address>(taught));
      for (std::size_t l = 0; l < 4; ++l) {
        EXPECT_EQ(signals[l], step.feedback[l] == Instruction::RH ? 1 : step.feedback[l] == Instruction::RL ? -1 : 0);
        raised += step.feedback[l] == Instruction::RH;
        lowered += step.feedback[l] == Instruction::RL;
      }
    }
  }
  EXPECT_GT(raised, 0U);
  EXPECT_GT(lowered, 0U);
}

}  // namespace
}  // namespace assimilaate
