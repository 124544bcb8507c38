#include "assimilaate/assimilation/rule.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/core/random.hpp"
#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {
namespace {

/// A block of four examples of a tile with eight groups of eight lanes.
struct Blocks {
  Matrix<float> outputs{4, tile_lanes}, desired{4, tile_lanes};
  Matrix<Address> expected{4, 8};
  std::vector<float> energy = std::vector<float>(4, 2.0F), trust = std::vector<float>(tile_lanes, 1.0F);

  explicit Blocks(std::uint32_t salt = 0) {
    const Random random(9, salt);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      outputs.values()[i] = static_cast<float>(random.normal(Purpose::Select, i, 0));
      desired.values()[i] = static_cast<float>(random.normal(Purpose::Select, i, 1));
    }
    for (std::size_t i = 0; i < expected.size(); ++i) expected.values()[i] = static_cast<Address>(i % 8);
  }
  [[nodiscard]] LaneBlock view(double progress = 0.5) const {
    return {.outputs = outputs.view(),
            .desired = desired.view(),
            .expected = expected.view(),
            .group_size = 8,
            .energy = energy,
            .trust = trust,
            .progress = progress};
  }
};

class EveryRule : public testing::TestWithParam<const RuleKind*> {
 protected:
  [[nodiscard]] std::unique_ptr<Rule> rule(const Settings& settings = {}) const {
    return make_rule(GetParam()->name, settings);
  }
  static Matrix<float> signals(const Rule& rule, const Blocks& block, double progress = 0.5) {
    Matrix<float> asked(4, tile_lanes, 77.0F);
    rule.signals(block.view(progress), asked.view());
    return asked;
  }
};

TEST_P(EveryRule, KeepsNoStateBetweenBlocks) {
  const auto r = rule();
  const auto asked = signals(*r, Blocks(1));
  static_cast<void>(signals(*r, Blocks(2), 0.9));
  EXPECT_EQ(signals(*r, Blocks(1)), asked);
}

TEST_P(EveryRule, AsksSomethingAndNoLaneToMoveAwayFromItsAnswer) {
  const auto r = rule();
  const Blocks block;
  const auto asked = signals(*r, block);
  double sum = 0;
  for (const float s : asked.values()) sum += std::abs(s);
  EXPECT_GT(sum, 0);
  if (r->unsupervised()) return;
  for (std::size_t b = 0; b < 4; ++b)
    for (std::size_t l = 0; l < tile_lanes; ++l) {
      const bool expected = l % 8 == static_cast<std::size_t>(block.expected(b, l / 8));
      const float wanted = r->regression() ? block.desired(b, l) - block.outputs(b, l) : expected ? 1.0F : -1.0F;
      EXPECT_GE(asked(b, l) * wanted, 0) << b << ' ' << l;
    }
}

TEST_P(EveryRule, LooksAtAnswersUnlessItIsItsOwnTeacher) {
  const auto r = rule();
  Blocks block;
  const auto asked = signals(*r, block);
  block.desired = Matrix<float>(4, tile_lanes);
  block.expected = Matrix<Address>(4, 8, 3);
  EXPECT_EQ(signals(*r, block) == asked, r->unsupervised());
}

TEST_P(EveryRule, OfWinnerLanesAsksWholeCountsWhereItSaysSo) {
  const auto r = rule();
  if (!r->whole()) return;
  const auto asked = signals(*r, Blocks(4));
  for (const float s : asked.values()) EXPECT_EQ(s, std::round(s));
}

TEST_P(EveryRule, LeavesGroupsOfOneLaneToThemselves) {
  const auto r = rule();
  if (r->regression()) return;
  const Blocks block;
  Matrix<float> asked(4, tile_lanes, 77.0F);
  const Matrix<Address> expected(4, tile_lanes, 0);
  auto view = block.view();
  view.expected = expected.view();
  view.group_size = 1;
  r->signals(view, asked.view());  // the sanitizers watch the last lane
  for (const float s : asked.values()) EXPECT_TRUE(std::isfinite(s) && s != 77.0F);
}

TEST_P(EveryRule, AsksForNumbersAtEveryMoment) {
  const auto r = rule();
  for (const double progress : {0.0, 0.3, 1.0}) {
    const auto asked = signals(*r, Blocks(3), progress);
    for (const float s : asked.values()) ASSERT_TRUE(std::isfinite(s));
  }
}

TEST_P(EveryRule, WeakensItsPulsesAsItGoes) {
  const auto r = rule();
  double before = 1;
  for (const double progress : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    EXPECT_GT(r->strength(progress), 0);
    EXPECT_LT(r->strength(progress), before);
    before = r->strength(progress);
  }
  EXPECT_GE(r->counter(), 1);
  EXPECT_LE(r->counter(), 127);
  EXPECT_GE(r->block(), 1U);
}

TEST_P(EveryRule, RefusesWhatIsOutOfRangeOrUnknown) {
  for (const Field& field : GetParam()->fields)
    for (const double value : {field.low - 1, 2 * field.high + 1, std::nan("")})
      EXPECT_THROW(static_cast<void>(rule({{std::string(field.name), value}})), Error) << field.name << ' ' << value;
  EXPECT_THROW(static_cast<void>(rule({{"patience", 1}})), Error);
}

INSTANTIATE_TEST_SUITE_P(Rules, EveryRule, testing::ValuesIn(rule_catalogue().begin(), rule_catalogue().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

TEST(Rule, OfAnUnknownNameIsRefused) { EXPECT_THROW(static_cast<void>(make_rule("hope", {})), Error); }

TEST(Anneal, GoesFromFirstToLastInEqualRatios) {
  EXPECT_DOUBLE_EQ(anneal(0.5, 0.02, 0), 0.5);
  EXPECT_DOUBLE_EQ(anneal(0.5, 0.02, 1), 0.02);
  EXPECT_DOUBLE_EQ(anneal(0.5, 0.02, 0.5), std::sqrt(0.5 * 0.02));
}

}  // namespace
}  // namespace assimilaate
