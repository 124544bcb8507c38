#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/assimilation/internal/test_transform.hpp"
#include "assimilaate/assimilation/rule.hpp"
#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {
namespace {

/// What the rule asks of one group of four lanes that say `y`, at a rate of one.
std::vector<float> asked(Settings settings, const std::vector<float>& y, Address expected, float lines = 1) {
  settings.insert({{"rate_first", 1}, {"rate_last", 1}});
  const auto rule = make_rule("delta", settings);
  Matrix<float> outputs(1, tile_lanes), signals(1, tile_lanes);
  std::ranges::copy(y, outputs.row(0).begin());
  const Matrix<Address> wanted(1, 1, expected);
  rule->signals({.outputs = outputs.view(), .expected = wanted.view(), .group_size = 4, .lines = lines},
                signals.view());
  for (std::size_t l = 4; l < tile_lanes; ++l) EXPECT_EQ(signals(0, l), 0);
  return {signals.row(0).begin(), signals.row(0).begin() + 4};
}

// Shares of exp(0), exp(ln 2), exp(ln 3), exp(ln 4): 1/10, 2/10, 3/10, 4/10. Floats leave 1e-7 of it.
const std::vector<float> tenths{0, std::log(2.0F), std::log(3.0F), std::log(4.0F)};

TEST(Delta, AsksForWhatIsExpectedLessTheShareOfEachLane) {
  const auto s = asked({}, tenths, 1);
  for (const auto& [lane, error] : {std::pair{0, -0.1F}, {1, 0.8F}, {2, -0.3F}, {3, -0.4F}})
    EXPECT_NEAR(s[static_cast<std::size_t>(lane)], error, 1e-6);
}

TEST(Delta, OneAgainstTheRestJudgesEveryLaneByItself) {
  const auto s = asked({{"one_vs_rest", 1}}, tenths, 1);  // odds 1, 2, 3, 4 to one
  for (const auto& [lane, error] : {std::pair{0, -1.0F / 2}, {1, 1.0F / 3}, {2, -3.0F / 4}, {3, -4.0F / 5}})
    EXPECT_NEAR(s[static_cast<std::size_t>(lane)], error, 1e-6);
}

TEST(Delta, CountsLogitsByLineSoThatALaneOfManyIsNoMoreTimid) {
  const auto one = asked({}, {0, 0.2F, 0.1F, 0}, 0), many = asked({{"logits", 0.5}}, {0, 0.1F, 0.05F, 0}, 0, 4);
  for (std::size_t l = 0; l < 4; ++l) EXPECT_NEAR(one[l], many[l], 1e-6);
}

TEST(Delta, DropsSmallErrors) {
  EXPECT_EQ(asked({{"drop", 0.35}}, tenths, 1)[2], 0);
  EXPECT_NEAR(asked({{"drop", 0.35}}, tenths, 1)[3], -0.4, 1e-6);
}

TEST(Delta, AsksNothingOfALeadThatLeavesNoDoubtAndOfAGroupWhoseAnswerIsNone) {
  EXPECT_EQ(asked({}, {0, 200, 0, 0}, 1), std::vector<float>(4));
  EXPECT_EQ(asked({}, tenths, None), std::vector<float>(4));
}

TEST(Delta, AnnealsItsRate) {
  const auto rule = make_rule("delta", {{"rate_first", 8}, {"rate_last", 2}});
  const Matrix<float> outputs(1, tile_lanes);
  Matrix<float> signals(1, tile_lanes);
  const Matrix<Address> wanted(1, 1, 0);
  for (const auto& [progress, rate] : {std::pair{0.0, 8.0}, {0.5, 4.0}, {1.0, 2.0}}) {
    rule->signals({.outputs = outputs.view(), .expected = wanted.view(), .group_size = 4, .progress = progress},
                  signals.view());
    EXPECT_NEAR(signals(0, 0), 0.75 * rate, 1e-6);
  }
}

TEST(Delta, AskingForPartsOfACountGetsThemInTheMean) {
  // An untaught lane of a pair is wrong by a half: at a rate of .2 every synapse that is read is owed .1 couples. Rates
  // and strengths so small that lanes stay untaught: 400 presentations x 2 lanes x 1 synapse x .1 couples x 2 pulses.
  const auto input = test::addresses(1, 2), output = test::addresses(1, 2);
  ExampleBlock examples{AatBlock(input->shape(), 400), AatBlock(output->shape(), 400)};
  for (std::size_t i = 0; i < 400; ++i) examples.input.entries(i, 0) = examples.output.entries(i, 0) = i % 2;
  for (const double counter : {1.0, 2.0}) {
    Profile profile = test::winner_profile("mss");
    profile.rule = "delta";
    profile.rule_settings = {{"rate_first", 0.2 * counter}, {"rate_last", 0.2 * counter},
                             {"counter", counter},          {"block", 1},
                             {"strength_first", 1e-5},      {"strength_last", 1e-5}};
    profile.calibrate = false;
    LaneBank bank({"pair", input, output, {}, 0}, profile);
    StoredExamples source(examples);
    const auto report = assimilate(bank, source, {}, {.passes = 1});
    // 80 couples expected. Without counter they are Poisson-like: sigma at most 9; with one they stray less.
    EXPECT_NEAR(static_cast<double>(report.events.pulses) / 2, 80, 4 * 9) << counter;
  }
}

}  // namespace
}  // namespace assimilaate
