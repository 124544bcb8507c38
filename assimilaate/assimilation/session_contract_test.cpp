/// What a session owes whoever runs it: reproducible, interruptible, tolerant of silence, and strict with what does not
/// fit.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "assimilaate/assimilation/internal/test_transform.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

const test::LinearMap& map() {
  static const test::LinearMap shared =
      test::linear_map({.inputs = 10, .outputs = 80, .examples = 100, .held_out = 50});
  return shared;
}

/// A target with everything that may draw a random number.
Profile noisy(std::string_view memristor) {
  Profile profile = test::profile_of(memristor);
  profile.imperfections = {.step_variation = 0.3, .bound_variation = 0.1, .cycle_variation = 0.1, .stuck = 0.05};
  profile.noise = ReadNoise::parse("relative:0.02");
  return profile;
}

LaneBank bank_of(const Profile& profile) { return LaneBank({"map", map().input, map().output, {}, 0}, profile); }

Convergence learn(LaneBank& bank, const SessionOptions& options, std::stop_token stop = {}) {
  StoredExamples source(map().examples);
  return assimilate(bank, source, map().held_out, options, nullptr, std::move(stop));
}

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

class SessionOnEveryModel : public testing::TestWithParam<const MemristorKind*> {
 protected:
  void TearDown() override { set_threads(0); }
};

TEST_P(SessionOnEveryModel, IsAFunctionOfItsSeedAndNotOfTheThreads) {
  const auto run = [&](std::uint32_t target) {
    Profile profile = noisy(GetParam()->name);
    profile.target = target;
    LaneBank bank = bank_of(profile);
    const auto report = learn(bank, {.passes = 6});
    return std::tuple(test::state_of(bank), report.nmse, report.agreement, report.events.pulses);
  };
  const auto expected = run(0);
  EXPECT_TRUE(run(0) == expected);
  EXPECT_FALSE(run(1) == expected);
  for (const int threads : {1, 2}) {
    set_threads(threads);
    EXPECT_TRUE(run(0) == expected) << threads << " threads";
  }
}

TEST_P(SessionOnEveryModel, InterruptedAndResumedIsAsIfUndisturbed) {
  const Profile profile = noisy(GetParam()->name);
  LaneBank undisturbed = bank_of(profile);
  const auto expected = learn(undisturbed, {.passes = 8, .rounds = 4});

  LaneBank interrupted = bank_of(profile);
  std::stop_source stop;
  std::vector<std::byte> saved;
  Convergence so_far;
  const auto keep = [&](const Convergence& report, std::size_t rounds_done) {
    saved = test::state_of(interrupted);
    so_far = report;
    if (rounds_done == 2) stop.request_stop();
  };
  EXPECT_EQ(
      refusal(
          [&] {
            static_cast<void>(learn(interrupted, {.passes = 8, .rounds = 4, .after_round = keep}, stop.get_token()));
          },
          "round 3 of 4"),
      Errc::Interrupted);

  LaneBank resumed = bank_of(profile);
  ByteReader in(saved, "bank");
  resumed.restore(in);
  in.expect_end();
  const auto report = learn(resumed, {.passes = 8, .rounds = 4, .rounds_done = 2, .report = so_far});
  EXPECT_TRUE(test::state_of(resumed) == test::state_of(undisturbed));
  EXPECT_EQ(report.nmse, expected.nmse);
  EXPECT_EQ(report.agreement, expected.agreement);
  EXPECT_EQ(report.presentations, expected.presentations);
  EXPECT_EQ(report.events.pulses, expected.events.pulses);
  EXPECT_EQ(report.events.lane_reads, expected.events.lane_reads);
}

TEST_P(SessionOnEveryModel, ToleratesSilenceOnBothSides) {
  test::LinearMap holes = map();
  for (std::size_t i = 0; i < holes.examples.size(); ++i) {
    holes.examples.input.entries(i, i % 10) = None;
    holes.examples.output.entries(i, (3 * i) % 80) = None;
  }
  for (std::size_t m = 0; m < 10; ++m) holes.examples.input.entries(4, m) = None;
  for (std::size_t m = 0; m < 80; ++m) holes.examples.output.entries(5, m) = None;
  for (const std::string_view organisation : {"graded", "one_hot", "thermometer", "masked:0.9/gram"}) {
    Profile profile = test::profile_of(GetParam()->name);
    profile.organisation = organisation;
    LaneBank bank = bank_of(profile);
    StoredExamples source(holes.examples);
    const auto report = assimilate(bank, source, holes.held_out, {.passes = 20});
    EXPECT_LT(report.nmse, 1) << organisation;
    EXPECT_EQ(report.events.silent_entries, 20U * (99 + 10) * bank.synapses().tiles()) << organisation;
    Events events;
    const auto said = bank.outputs(holes.examples.input.entries.view(), 0, events);
    for (const float v : said.values()) ASSERT_TRUE(std::isfinite(v)) << organisation;
  }
}

INSTANTIATE_TEST_SUITE_P(Session, SessionOnEveryModel,
                         testing::ValuesIn(memristor_catalogue().begin(), memristor_catalogue().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

/// Every organisation alone and inside every wrapper, with settings that are not the defaults.
std::vector<std::string> organisations() {
  std::vector<std::string> all;
  for (const auto* kind : organisation_catalogue())
    if (kind->make != nullptr) all.emplace_back(kind->name);
  const std::size_t alone = all.size();
  for (std::size_t i = 0; i < alone; ++i)
    for (const std::string_view wrapper : {"redundant:2/", "masked:0.9/", "masked:0.9/redundant:2/"})
      all.push_back(fmt::format("{}{}", wrapper, all[i]));
  return all;
}

class SessionOnEveryOrganisation : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] static Profile profile(std::string_view memristor) {
    Profile profile = test::profile_of(memristor);
    profile.organisation = GetParam();
    return profile;
  }
};

TEST_P(SessionOnEveryOrganisation, LearnsALinearMapOnRegressionLanes) {
  // Three spaces of four addresses, all of them well sampled. A mask takes one address of a table from it, and says
  // nothing where it stands. What `gram` writes moves all addresses of a space along a line; the chance of pulses moves
  // each by itself, and no write takes that back, so it is for ideal memristors.
  const auto small = test::linear_map({.inputs = 3, .outputs = 4, .examples = 600, .bits_in = 2});
  for (const std::string_view memristor : {"float", "mss"}) {
    LaneBank bank({"map", small.input, small.output, {}, 0}, profile(memristor));
    if (memristor == "mss" && bank.organisation().spreads()) continue;
    StoredExamples source(small.examples);
    EXPECT_LT(assimilate(bank, source, small.held_out, {.passes = 20}).nmse,
              bank.organisation().selects() && GetParam().starts_with("masked") ? 0.4 : 0.2)
        << memristor;
  }
}

TEST_P(SessionOnEveryOrganisation, LearnsASignOnWinnerLanes) {
  const auto signs =
      test::linear_map({.inputs = 4, .outputs = 1, .examples = 200, .held_out = 200, .bits_in = 3, .bits_out = 1});
  for (const std::string_view memristor : {"float", "mss"})
    for (const double counter : {1.0, 4.0}) {
      Profile p = profile(memristor);
      p.rule = "margin";
      p.rule_settings = {{"counter", counter}};
      LaneBank bank({"map", signs.input, signs.output, {}, 0}, p);
      StoredExamples source(signs.examples);
      // Of 200 held-out signs half would come out right by chance, with a spread of .035.
      EXPECT_GT(assimilate(bank, source, signs.held_out, {.passes = 30}).agreement, 0.75) << memristor << counter;
    }
}

TEST_P(SessionOnEveryOrganisation, IsSavedAndRestoredAndNotFromAnother) {
  LaneBank bank = bank_of(profile("mss"));
  static_cast<void>(learn(bank, {.passes = 2}));
  const auto saved = test::state_of(bank);
  LaneBank other = bank_of(profile("mss"));
  ByteReader in(saved, "bank");
  other.restore(in);
  in.expect_end();
  EXPECT_TRUE(test::state_of(other) == saved);
  Events events;
  EXPECT_EQ(bank.outputs(map().held_out.inputs().entries.view(), 0, events),
            other.outputs(map().held_out.inputs().entries.view(), 0, events));

  Profile larger = profile("mss");
  larger.organisation = "redundant:3/" + larger.organisation;
  LaneBank unlike = bank_of(larger);
  ByteReader again(saved, "bank");
  EXPECT_THROW(unlike.restore(again), Error);
}

INSTANTIATE_TEST_SUITE_P(Session, SessionOnEveryOrganisation, testing::ValuesIn(organisations()), [](const auto& text) {
  std::string name = text.param;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

TEST(SessionContract, OfExamplesThatAreAllSilentLeavesNothingThatIsNoNumber) {
  const ExampleBlock silent{AatBlock(map().input->shape(), 5), AatBlock(map().output->shape(), 5)};
  for (const std::string_view memristor : {"float", "mss"})
    for (const std::string& organisation : organisations()) {
      Profile profile = test::profile_of(memristor);
      profile.organisation = organisation;
      LaneBank bank = bank_of(profile);
      StoredExamples source(silent);
      static_cast<void>(assimilate(bank, source, {}, {.passes = 2}));
      Events events;
      const auto said = bank.outputs(map().examples.input.entries.view(), 0, events);
      for (const float v : said.values()) ASSERT_TRUE(std::isfinite(v)) << memristor << ' ' << organisation;
    }
}

TEST(SessionContract, UsesHeldOutExamplesForNothingButValidation) {
  LaneBank with = bank_of(noisy("mss")), without = bank_of(noisy("mss"));
  const auto report = learn(with, {.passes = 4});
  StoredExamples source(map().examples);
  const auto blind = assimilate(without, source, {}, {.passes = 4});
  EXPECT_TRUE(test::state_of(with) == test::state_of(without));
  EXPECT_EQ(blind.held_out, 0U);
  EXPECT_TRUE(std::isnan(blind.nmse));
  EXPECT_GT(report.agreement, 0);
}

TEST(SessionContract, DoesNotBlameALaneForAnAnswerThatIsNone) {
  LaneBank bank = bank_of(test::profile_of("float"));
  const auto whole = learn(bank, {.passes = 10});
  ExampleBlock holes{map().held_out.inputs(), map().held_out.expected()};
  for (std::size_t i = 0; i < holes.size(); i += 2)
    for (std::size_t m = 0; m < 80; ++m) holes.output.entries(i, m) = m % 2 == 0 ? None : holes.output.entries(i, m);
  Convergence report;
  validate(bank, HeldOut(holes), report);
  // Half as many lanes are asked in half of the examples; those asked are as good as before.
  EXPECT_LT(report.nmse, 1.3 * whole.nmse);
}

TEST(SessionContract, GoesOnToTheEndUnlessToldToStop) {
  // Held-out answers from elsewhere: agreement goes up and down by chance.
  const auto other = test::linear_map({.inputs = 10, .outputs = 80, .examples = 100, .held_out = 50, .seed = 9});
  LaneBank bank = bank_of(test::profile_of("mss"));
  StoredExamples source(map().examples);
  const auto report = assimilate(bank, source, HeldOut({map().held_out.inputs(), other.held_out.expected()}),
                                 {.passes = 10, .rounds = 10});
  EXPECT_EQ(report.presentations, 1000U);
  EXPECT_FALSE(report.converged);
}

TEST(SessionContract, StopsAtAPlateauAndAtTheWantedAgreement) {
  LaneBank flat = bank_of(test::profile_of("float")), good = bank_of(test::profile_of("float"));
  const auto plateau = learn(flat, {.passes = 40, .rounds = 10, .plateau = 0.9});
  EXPECT_TRUE(plateau.converged);
  EXPECT_EQ(plateau.presentations, 2U * 4 * 100);  // a gain needs two rounds
  const auto wanted = learn(good, {.passes = 40, .rounds = 10, .agreement = 0.01});
  EXPECT_TRUE(wanted.converged);
  EXPECT_EQ(wanted.presentations, 4U * 100);
}

TEST(SessionContract, PresentsFewerExamplesAtOnceWhereTheyHaveMuchInCommon) {
  const auto block = [](std::string_view organisation, std::string_view rule, double bits) {
    const auto few =
        test::linear_map({.inputs = 10, .outputs = 2, .examples = 100, .held_out = 1, .bits_in = bits, .bits_out = 1});
    Profile profile = test::profile_of("float");
    profile.organisation = organisation;
    profile.rule = rule;
    LaneBank bank({"map", few.input, few.output, {}, 0}, profile);
    bank.tune(few.examples);
    LaneBank restored({"map", few.input, few.output, {}, 0}, profile);
    const auto state = test::state_of(bank);
    ByteReader in(state, "bank");
    restored.restore(in);
    EXPECT_EQ(restored.at_once(bank.rule()), bank.at_once(bank.rule()));
    return bank.at_once(bank.rule());
  };
  EXPECT_EQ(block("graded", "nlms", 3), 8U);   // centred, ten independent lines: little in common
  EXPECT_EQ(block("one_hot", "nlms", 1), 3U);  // two AATs share half of their addresses; a little more by chance
  EXPECT_EQ(block("one_hot", "nlms", 2), 6U);  // Lloyd's four levels of a normal: sum of p^2 = .28
  EXPECT_EQ(block("gram", "nlms", 3), 8U);
  EXPECT_EQ(block("one_hot", "margin", 3), 1U);  // what the rule takes
}

TEST(SessionContract, IsStableWhereOneDirectionHoldsTheEnergy) {
  // Eight such examples at once would remove a common error five times over.
  const auto narrow = test::linear_map({.rank = 1, .bits_in = 6, .bits_out = 8});
  LaneBank bank({"map", narrow.input, narrow.output, {}, 0}, test::profile_of("float"));
  StoredExamples source(narrow.examples);
  const auto report = assimilate(bank, source, narrow.held_out, {.passes = 40});
  EXPECT_LE(bank.at_once(bank.rule()), 2U);
  EXPECT_LT(report.nmse, 0.01);
}

TEST(SessionContract, TellsItsProgressUpToTheWhole) {
  struct Sink final : Progress {
    double calls = 0, total = 0, last = 0;
    void update(std::string_view what, double done, double all) override {
      EXPECT_EQ(what, "map");
      calls += 1;
      total = all;
      last = std::max(last, done);
    }
  } sink;
  LaneBank bank = bank_of(test::profile_of("mss"));
  StoredExamples source(map().examples);
  static_cast<void>(assimilate(bank, source, {}, {.passes = 5}, &sink));
  EXPECT_EQ(sink.total, 5.0 * 2);  // passes and tiles
  EXPECT_EQ(sink.last, sink.total);
  EXPECT_EQ(sink.calls, sink.total);
}

TEST(SessionContract, RefusesExamplesThatDoNotFit) {
  LaneBank bank = bank_of(test::profile_of("mss"));
  const auto before = test::state_of(bank);
  const auto run = [&](ExampleBlock examples) {
    StoredExamples source(std::move(examples));
    static_cast<void>(assimilate(bank, source, map().held_out));
  };
  const auto other = test::linear_map({.inputs = 11, .outputs = 80, .examples = 5, .held_out = 1});
  EXPECT_EQ(refusal([&] { run(other.examples); }, "11x32"), Errc::Mismatch);
  EXPECT_EQ(refusal([&] { run(test::first(map().examples, 0)); }, "no examples"), Errc::Format);
  auto wrong = map().examples;
  wrong.input.entries(7, 3) = 32;
  EXPECT_EQ(refusal([&] { run(wrong); }, "address 32"), Errc::Format);
  wrong = map().examples;
  wrong.output.entries(7, 3) = -2;
  EXPECT_EQ(refusal([&] { run(wrong); }, "-2"), Errc::Format);
  EXPECT_TRUE(test::state_of(bank) == before);
}

}  // namespace
}  // namespace assimilaate
