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

TEST_P(EveryRule, AsksSomethingOfAWrongLaneAndNothingOfARightOne) {
  const auto r = rule();
  Blocks block;
  const auto moved = [&] {
    double sum = 0;
    const auto asked = signals(*r, block);
    for (const float s : asked.values()) sum += std::abs(s);
    return sum;
  };
  EXPECT_GT(moved(), 0);
  block.outputs = block.desired;
  for (std::size_t b = 0; b < 4; ++b)
    for (std::size_t g = 0; g < 8; ++g)
      if (!r->regression()) block.outputs(b, g * 8 + static_cast<std::size_t>(block.expected(b, g))) = 50;
  EXPECT_EQ(moved(), 0);
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
