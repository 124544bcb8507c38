#include "assimilaate/assimilation/repair.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/assimilation/ageing.hpp"
#include "assimilaate/assimilation/internal/test_transform.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

/// Inputs of low rank: what some synapses can no longer say, others can.
const test::LinearMap& map() {
  static const test::LinearMap shared =
      test::linear_map({.inputs = 40, .outputs = 70, .examples = 300, .held_out = 100, .rank = 8});
  return shared;
}

LaneBank learnt(const std::string& memristor, const Profile& like = {}) {
  Profile profile = like;
  profile.name = profile.memristor = memristor;
  LaneBank bank({"map", map().input, map().output, {}, 0}, profile);
  StoredExamples source(map().examples);
  static_cast<void>(assimilate(bank, source, map().held_out));
  return bank;
}

double nmse(LaneBank& bank) {
  Convergence now;
  validate(bank, map().held_out, now);
  return now.nmse;
}

class RepairOf : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Repair, RepairOf, testing::Values("float", "mss", "soft_bounds"),
                         [](const auto& p) { return std::string(p.param); });

TEST_P(RepairOf, BringsABankBackOfWhichAFifthIsStuck) {
  LaneBank bank = learnt(GetParam());
  const double young = nmse(bank);
  damage(bank, lot(bank, 0, 0.2, 5), Damage::Whole, 5);
  const auto report = repair(bank, map().examples, map().held_out, {.begin = 0.3});
  EXPECT_GT(report.before.nmse, 10 * young);
  EXPECT_LT(report.after.nmse, 2 * young);
  EXPECT_EQ(report.after.nmse, nmse(bank));
  EXPECT_GE(report.masked, bank.synapses().rows() * 70 / 5);
  EXPECT_EQ(report.examples, 300U);
  EXPECT_EQ(report.presentations, 300U * 133);  // after broken synapses are masked
  EXPECT_EQ(report.calibrated, 0U);
  EXPECT_GT(report.events.pulses, 0U);
}

TEST_P(RepairOf, TeachesNewSynapsesAloneAndLeavesTheOthersAsTheyAre) {
  LaneBank bank = learnt(GetParam());
  const double young = nmse(bank);
  const SynapseSet fresh = lot(bank, 0, 0.05, 5);
  const LaneBank before = [&] {
    LaneBank copy = learnt(GetParam());
    replace(copy, fresh);
    return copy;
  }();
  replace(bank, fresh);
  const double damaged = nmse(bank);
  EXPECT_GT(damaged, 2 * young);
  const auto report = repair(bank, map().examples, map().held_out, {.passes = 4, .agreement = 0}, &fresh);
  EXPECT_EQ(report.calibrated, fresh.size());
  EXPECT_EQ(report.presentations, 300U * 4);
  EXPECT_LT(nmse(bank), 1.3 * young);
  for (std::size_t r = 0; r < bank.synapses().rows(); ++r)
    for (std::size_t l = 0; l < 70; ++l)
      if (!fresh.contains(r, l)) {
        EXPECT_EQ(bank.synapses().conductances(r, l).a, before.synapses().conductances(r, l).a);
      }
}

TEST(Repair, LeavesABankAloneThatDoesWellEnough) {
  LaneBank bank = learnt("mss");
  const auto before = test::state_of(bank);
  const auto report = repair(bank, map().examples, map().held_out, {.agreement = 0.1});
  EXPECT_EQ(report.presentations, 0U);
  EXPECT_EQ(report.after.agreement, report.before.agreement);
  EXPECT_EQ(test::state_of(bank), before);
}

TEST(Repair, UndoesWhatLeavesTheBankWorse) {
  LaneBank bank = learnt("mss");
  const double young = nmse(bank);
  // A probe shrinks weights, and ten examples are too few to regain them.
  const auto shaken = repair(bank, test::first(map().examples, 10), map().held_out, {.begin = 0, .passes = 1});
  EXPECT_EQ(shaken.undone, 1U);
  EXPECT_EQ(shaken.masked, 0U);
  EXPECT_EQ(shaken.after.agreement, shaken.before.agreement);
  EXPECT_GT(shaken.events.pulses, 0U);
  EXPECT_EQ(bank.synapses().masked_synapses(), 0U);
  EXPECT_DOUBLE_EQ(nmse(bank), young);
}

TEST(Repair, ThatIsInterruptedLeavesTheBankAsItWas) {
  LaneBank bank = learnt("mss");
  const SynapseSet fresh = lot(bank, 0, 0.1, 5);
  replace(bank, fresh);
  const auto before = test::state_of(bank);
  std::stop_source stop;
  stop.request_stop();
  try {
    static_cast<void>(repair(bank, map().examples, map().held_out, {}, &fresh, nullptr, stop.get_token()));
    ADD_FAILURE() << "went on";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Interrupted);
  }
  EXPECT_EQ(test::state_of(bank), before);
}

TEST(Repair, IsAFunctionOfItsEpochAndNotOfTheThreads) {
  const auto run = [](std::uint32_t epoch) {
    LaneBank bank = learnt("mss");
    const SynapseSet fresh = lot(bank, 0, 0.1, 5);
    replace(bank, fresh);
    static_cast<void>(repair(bank, map().examples, map().held_out, {.passes = 2, .epoch = epoch}, &fresh));
    return test::state_of(bank);
  };
  const auto expected = run(1);
  EXPECT_NE(run(2), expected);
  for (const int threads : {1, 2}) {
    set_threads(threads);
    EXPECT_EQ(run(1), expected);
  }
  set_threads(0);
}

TEST(Repair, RefusesABankThatHasLearntNothingAndTheFirstEpoch) {
  LaneBank young({"map", map().input, map().output, {}, 0}, test::profile_of("mss")), bank = learnt("mss");
  EXPECT_THROW(static_cast<void>(repair(young, map().examples, map().held_out)), Error);
  EXPECT_THROW(static_cast<void>(repair(bank, map().examples, map().held_out, {.epoch = 0})), Error);
}

TEST(Repair, OfWinnerLanesTeachesNewSynapsesAlone) {
  const auto codec = test::addresses(6, 8), answers = test::addresses(3, 8);
  ExampleBlock block{AatBlock(codec->shape(), 400), AatBlock(answers->shape(), 400)};
  const Random random(2, 0);
  for (std::size_t i = 0; i < 400; ++i) {
    for (std::size_t m = 0; m < 6; ++m)
      block.input.entries(i, m) = static_cast<Address>(random.bits(Purpose::Select, m, i)[0] % 8);
    for (std::size_t m = 0; m < 3; ++m) block.output.entries(i, m) = block.input.entries(i, m);
  }
  LaneBank bank({"map", codec, answers, {}, 0}, test::winner_profile("mss"));
  StoredExamples source(block);
  const HeldOut held_out(test::first(block, 100));
  const double young = assimilate(bank, source, held_out).agreement;
  ASSERT_GT(young, 0.95);
  const SynapseSet fresh = lot(bank, 0, 0.3, 5);
  replace(bank, fresh);
  const auto report = repair(bank, block, held_out, {.passes = 4, .agreement = 0}, &fresh);
  EXPECT_LT(report.before.agreement, young - 0.02);
  EXPECT_GT(report.after.agreement, report.before.agreement);
  EXPECT_GT(report.after.agreement, young - 0.05);
}

}  // namespace
}  // namespace assimilaate
