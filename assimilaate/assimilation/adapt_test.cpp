/// Adaptation without a teacher is kept only where held-out examples agree.
#include "assimilaate/assimilation/adapt.hpp"

#include <gtest/gtest.h>

#include "assimilaate/assimilation/internal/test_transform.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

/// Twenty outputs of four addresses each, which three inputs of eight decide: two tiles of winner lanes.
const test::LinearMap& map() {
  static const test::LinearMap shared =
      test::linear_map({.inputs = 6, .outputs = 20, .examples = 600, .held_out = 300, .bits_in = 3, .bits_out = 2});
  return shared;
}

LaneBank bank_of(std::string_view rule = "delta") {
  Profile profile = test::winner_profile("mss");
  profile.rule = rule;
  return LaneBank({"map", map().input, map().output, {}, 0}, profile);
}

/// A bank that has learnt, and whose synapses were then jolted, each by one strong couple at random.
LaneBank damaged(double strength) {
  LaneBank bank = bank_of();
  StoredExamples source(map().examples);
  static_cast<void>(assimilate(bank, source, {}, {.passes = 6}));
  Events ignored;
  for (std::size_t t = 0; t < bank.synapses().tiles(); ++t) {
    TileReader reader(bank, t);
    std::vector<Fire> fires;
    for (std::uint32_t r = 0; r < bank.synapses().rows(); ++r)
      for (std::uint16_t l = 0; l < reader.lanes(); ++l)
        fires.push_back(
            {r, l, static_cast<std::int16_t>(Random(8, 0).uniform(Purpose::Select, r, 64 * t + l) < 0.5 ? 1 : -1)});
    reader.synapses().pulse(fires, bank.synapses().width_for(strength), 7, ignored);
  }
  return bank;
}

const AdaptOptions reckless{.rule_settings = {{"rate", 100}, {"strength_first", 0.5}, {"strength_last", 0.4}}};

Errc refusal(const std::function<void()>& act, std::string_view part) {
  try {
    act();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
    return e.code();
  }
  ADD_FAILURE() << "accepted";
  return Errc{};
}

TEST(Adapt, LeavesNoBankWorseThanItFoundIt) {
  LaneBank bank = damaged(0.25);
  const auto report = adapt(bank, map().examples.input, map().held_out, {.passes = 4, .rounds = 4});
  EXPECT_GE(report.after, report.before);
  EXPECT_GT(report.pulses_per_memristor, 0);
  Convergence now;
  validate(bank, map().held_out, now);
  EXPECT_EQ(now.agreement, report.after);
}

TEST(Adapt, RollsBackToTheLastBitWhatDoesHarm) {
  LaneBank bank = damaged(0.1);
  const auto before = test::state_of(bank);
  const auto report = adapt(bank, map().examples.input, map().held_out, reckless);
  EXPECT_TRUE(report.rolled_back);
  EXPECT_LT(report.tried.back(), report.before);
  EXPECT_EQ(report.after, report.before);
  EXPECT_EQ(report.tried.size(), 1U);
  EXPECT_GT(report.events.pulses, 0U);  // they were given and are paid for
  EXPECT_TRUE(test::state_of(bank) == before);
}

TEST(Adapt, KeepsHarmThatItIsToldToTolerate) {
  LaneBank bank = damaged(0.1);
  AdaptOptions options = reckless;
  options.tolerance = 1;
  const auto report = adapt(bank, map().examples.input, map().held_out, options);
  EXPECT_FALSE(report.rolled_back);
  EXPECT_LT(report.after, report.before);
}

TEST(Adapt, IsAFunctionOfItsOccasionAndNotOfTheThreads) {
  const auto run = [](std::uint32_t occasion) {
    LaneBank bank = damaged(0.2);
    const auto report = adapt(bank, map().examples.input, map().held_out, {.tolerance = 1, .occasion = occasion});
    return std::pair(test::state_of(bank), report.tried);
  };
  const auto expected = run(0);
  EXPECT_FALSE(run(1) == expected);
  for (const int threads : {1, 2}) {
    set_threads(threads);
    EXPECT_TRUE(run(0) == expected) << threads;
  }
  set_threads(0);
}

TEST(Adapt, StoppedLeavesTheBankAsItWas) {
  LaneBank bank = damaged(0.2);
  const auto before = test::state_of(bank);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(refusal([&] { static_cast<void>(adapt(bank, map().examples.input, map().held_out, {}, stop.get_token())); },
                    "round 1 of 2"),
            Errc::Interrupted);
  EXPECT_TRUE(test::state_of(bank) == before);
}

TEST(Adapt, RefusesWhatItCannotJudge) {
  LaneBank bank = damaged(0.1), fresh = bank_of();
  LaneBank regression({"map", map().input, map().output, {}, 0}, test::profile_of("mss"));
  const AatBlock& inputs = map().examples.input;
  const auto run = [&](LaneBank& which, const AatBlock& block, const HeldOut& held_out, const AdaptOptions& options) {
    return [&, options] { static_cast<void>(adapt(which, block, held_out, options)); };
  };
  EXPECT_EQ(refusal(run(bank, inputs, {}, {}), "held-out"), Errc::Usage);
  EXPECT_EQ(refusal(run(bank, inputs, map().held_out, {.rule = "margin"}), "needs a teacher"), Errc::Usage);
  EXPECT_EQ(refusal(run(regression, inputs, map().held_out, {}), "regression lanes"), Errc::Usage);
  EXPECT_EQ(refusal(run(fresh, inputs, map().held_out, {}), "learnt nothing"), Errc::Usage);
  const AatBlock other(map().output->shape(), 3), none(map().input->shape(), 0);
  EXPECT_EQ(refusal(run(bank, other, map().held_out, {}), "another stream"), Errc::Mismatch);
  EXPECT_EQ(refusal(run(bank, none, map().held_out, {}), "no inputs"), Errc::Format);
  AatBlock wrong = inputs;
  wrong.entries(5, 2) = 8;
  EXPECT_EQ(refusal(run(bank, wrong, map().held_out, {}), "address 8"), Errc::Format);
}

TEST(Adapt, IsTheOnlyWayToAnUnsupervisedRule) {
  LaneBank bank = bank_of("ahah");
  StoredExamples source(map().examples);
  EXPECT_EQ(refusal([&] { static_cast<void>(assimilate(bank, source, map().held_out)); }, "use adapt"), Errc::Usage);
}

}  // namespace
}  // namespace assimilaate
