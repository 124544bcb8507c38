#include "assimilaate/assimilation/ktram/rank_cut.hpp"

#include <gtest/gtest.h>

#include "assimilaate/assimilation/ktram/basis_encoder.hpp"
#include "assimilaate/assimilation/ktram/lane_classifier.hpp"
#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

using Lanes = std::vector<std::uint32_t>;

/// Three lanes of four spaces of two addresses, of floats.
struct Bank {
  std::unique_ptr<const Memristor> law = make_memristor("float", {});
  std::vector<KtramLane> lanes;
  Bank() {
    for (std::uint32_t lane = 0; lane < 3; ++lane)
      lanes.emplace_back(*law, 4, 2, KtramSettings::of("float", *law), Imperfections{}, Random(7, 0), lane);
  }
};

const std::vector<Address> first{0, 1, 0, None}, second{1, 0, 0, None}, third{None, 0, 1, 1};

TEST(RankCutPolicy, KeepsTheHighestAboveItsThresholdInOrder) {
  const std::vector y{0.1, 0.5, -0.3, 0.5};
  EXPECT_EQ(rank_cut(y, 0), (Lanes{1, 3, 0}));
  EXPECT_EQ(rank_cut(y, 0.5), (Lanes{1, 3}));
  EXPECT_EQ(rank_cut(y, -1, 1), (Lanes{1}));
  EXPECT_EQ(rank_cut(y, 0, 0), Lanes{});
  EXPECT_EQ(rank_cut(std::vector{-0.0}, 0), (Lanes{0}));
}

TEST(RankCutPolicy, NamesTheFirstOfEqualWinners) {
  EXPECT_EQ(winner_of(std::vector{-0.2, 0.5, 0.5}), 1);
  EXPECT_EQ(winner_above_zero(std::vector{-0.2, 0.0}), Lanes{});
  EXPECT_THROW(static_cast<void>(winner_of(std::vector<double>{})), Error);
}

TEST(RankCut, LearnsWhichLaneAnswersWhichTuple) {
  Bank bank;
  RankCut recoder(bank.lanes, {.threshold = -1, .most = 1});
  const std::vector<std::pair<std::vector<Address>, std::uint32_t>> examples{{first, 2}, {second, 0}, {third, 1}};
  for (int pass = 0; pass < 60; ++pass)
    for (const auto& [tuple, lane] : examples) recoder.adapt(tuple, Lanes{lane});
  for (const auto& [tuple, lane] : examples) EXPECT_EQ(recoder.read(tuple), (Lanes{lane}));
}

TEST(RankCut, TeachesMoreThanOneLaneOrNone) {
  Bank bank;
  RankCut recoder(bank.lanes, {});
  const auto both = recoder.adapt(first, Lanes{0, 2});
  EXPECT_EQ(both.feedback[0], Instruction::RH);
  EXPECT_EQ(both.feedback[2], Instruction::RH);
  for (const Instruction feedback : recoder.adapt(first, {}).feedback) EXPECT_NE(feedback, Instruction::RH);
  EXPECT_THROW(recoder.adapt(first, Lanes{3}), Error);
}

TEST(LaneClassifier, LearnsLikeRankCutWhereReadsAreClean) {
  Bank one, other;
  RankCut recoder(one.lanes, {});
  for (int pass = 0; pass < 20; ++pass)
    for (const auto& [tuple, label] : {std::pair{first, 2U}, {second, 0U}, {third, 1U}}) {
      recoder.adapt(tuple, Lanes{label});
      classify_and_correct(other.lanes, tuple, label);
    }
  for (const auto& tuple : {first, second, third})
    EXPECT_EQ(class_scores(one.lanes, tuple), class_scores(other.lanes, tuple));
}

TEST(BasisGroup, LiftsTheWinnerAndLowersTheOthersThatFired) {
  Bank bank;
  BasisGroup group(bank.lanes, {});
  for (std::uint32_t lane = 0; lane < 3; ++lane)
    for (std::size_t space = 0; space < 4; ++space)
      for (std::size_t address = 0; address < 2; ++address)
        bank.lanes[lane].set(space, address, {.x = lane == 0 ? 0.4 : 0.5}, {.x = 0.46 - 0.01 * lane});
  const auto step = group.adapt(first);
  EXPECT_EQ(step.winner, 2);
  EXPECT_EQ(step.corrections, (std::vector<BasisGroup::Correction>{{Instruction::RH, 2}, {Instruction::RL, 1}}));
  const auto after = class_scores(bank.lanes, first);
  EXPECT_GT(after[2], step.scores[2]);
  EXPECT_LT(after[1], step.scores[1]);
  EXPECT_EQ(after[0], step.scores[0]);
}

TEST(BasisGroup, LeavesAWinnerAloneThatHasWonThisCycle) {
  Bank bank;
  BasisGroup group(bank.lanes, {.patience = 100});
  EXPECT_FALSE(group.adapt(first).corrections.empty());
  EXPECT_TRUE(group.adapt(first).corrections.empty());
  EXPECT_EQ(group.tally().throttled, 1);
}

TEST(BasisGroup, StartsAStalledCycleAnewOrRecruits) {
  Bank bank, other;
  BasisGroup resets(bank.lanes, {.recruitment = false, .reset = true, .patience = 2});
  for (int i = 0; i < 3; ++i) resets.adapt(first);
  EXPECT_EQ(resets.tally().cycle_lengths, (std::vector<std::size_t>{2}));
  BasisGroup recruits(other.lanes, {.patience = 2});
  for (int i = 0; i < 3; ++i) recruits.adapt(first);
  EXPECT_EQ(recruits.tally().recruited, 1);
  EXPECT_EQ(recruits.won().size(), 2);
}

TEST(BasisGroup, RefusesOptionsThatContradict) {
  Bank bank;
  EXPECT_THROW(BasisGroup(bank.lanes, {.reset = true}), Error);
  EXPECT_THROW(BasisGroup({}, {}), Error);
}

}  // namespace
}  // namespace assimilaate
