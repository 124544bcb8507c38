#include "assimilaate/substrate/ktram_lane.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

using Tuple = std::vector<std::int32_t>;

/// A lane of three spaces of four addresses.
struct Bench {
  std::unique_ptr<const Memristor> law;
  KtramLane lane;

  /// @param how  its rails and pulse width are those of the model
  explicit Bench(std::string_view model, const KtramSettings& how = {}, const Imperfections& imperfections = {},
                 std::uint64_t seed = 1)
      : law(make_memristor(model, {})), lane(*law, 3, 4, of_model(how, model), imperfections, Random(seed, 0)) {}

  [[nodiscard]] KtramSettings of_model(KtramSettings how, std::string_view model) const {
    const KtramSettings defaults = KtramSettings::of(model, *law);
    how.rails = defaults.rails;
    how.pulse_width = defaults.pulse_width;
    return how;
  }
  [[nodiscard]] std::vector<MemristorState> states() const {
    std::vector<MemristorState> all;
    for (std::size_t space = 0; space < lane.spaces(); ++space)
      for (std::size_t address = 0; address < lane.addresses(); ++address) {
        all.push_back(lane.a(space, address).state());
        all.push_back(lane.b(space, address).state());
      }
    return all;
  }
};

/// Carry out all instructions, twice, on changing tuples.
void exercise(KtramLane& lane) {
  std::int32_t address = 0;
  for (int round = 0; round < 2; ++round)
    for (const Instruction instruction : all_instructions) {
      lane.evaluate(Tuple{address, -1, (address + 1) % 4}, instruction);
      address = (address + 1) % 4;
    }
}

TEST(KtramLane, ReadsTheRatioOfWhatIsSelected) {
  Bench bench("rs");
  bench.lane.set(0, 1, {.x = 0.6}, {.x = 0.2});
  bench.lane.set(2, 3, {.x = 0.1}, {.x = 0.4});
  const double lowest = bench.law->lowest(), range = bench.law->highest() - lowest;
  EXPECT_NEAR(bench.lane.evaluate(Tuple{1, -1, 3}, Instruction::FFLV), 0.1 * range / (1.3 * range + 4 * lowest), 1e-15);
}

TEST(KtramLane, ReadsBeforeItsOwnPulse) {
  Bench bench("float");
  bench.lane.set(0, 0, {.x = 0.6}, {.x = 0.2});
  const double before = bench.lane.evaluate(Tuple{0, -1, -1}, Instruction::FFLV);
  EXPECT_EQ(bench.lane.evaluate(Tuple{0, -1, -1}, Instruction::RF), before);
  EXPECT_GT(bench.lane.evaluate(Tuple{0, -1, -1}, Instruction::FFLV), before) << "RF drives the weaker down more";
}

TEST(KtramLane, RetainsTheLastReadThroughFeedback) {
  Bench bench("float");
  bench.lane.set(0, 0, {.x = 0.6}, {.x = 0.2});
  const double y = bench.lane.evaluate(Tuple{0, -1, -1}, Instruction::FFLV);
  EXPECT_EQ(bench.lane.evaluate(Tuple{0, -1, -1}, Instruction::RL), y);
  EXPECT_EQ(bench.lane.evaluate(Tuple{-1, -1, -1}, Instruction::FH), y);
  EXPECT_EQ(bench.lane.evaluate(Tuple{-1, -1, -1}, Instruction::FF), 0) << "nothing selected";
}

class EveryMemristorInALane : public testing::TestWithParam<const MemristorKind*> {};

TEST_P(EveryMemristorInALane, LeavesWhatIsNotSelectedAsItIsBitForBit) {
  Bench bench(GetParam()->name, {.fu_fa = FuFa::Published, .noise = EmulatorNoise{}});
  const auto before = bench.states();
  for (const Instruction instruction : all_instructions)
    for (int i = 0; i < 3; ++i) bench.lane.evaluate(Tuple{2, -1, 0}, instruction);
  const auto after = bench.states();
  for (std::size_t i = 0; i < before.size(); ++i)
    if (const bool selected = i / 2 == 2 || i / 2 == 8; !selected) {
      EXPECT_EQ(before[i], after[i]) << "memristor " << i;
    }
}

TEST_P(EveryMemristorInALane, FollowsTheSignsOfTheTable) {
  // Checklist 8 of physics.md: H lifts y, L lowers it, U of R leads it away from 0, A towards it.
  const auto change = [&](double a, double b, Instruction instruction) {
    Bench bench(GetParam()->name, {.fu_fa = FuFa::Published});
    double sum = 0;
    for (int i = 0; i < 20; ++i) {  // those that draw, on the average
      bench.lane.set(0, 0, {.x = a}, {.x = b});
      const double before = bench.lane.evaluate(Tuple{0, -1, -1}, Instruction::FFLV);
      bench.lane.set(0, 0, {.x = a}, {.x = b});
      for (int pulse = 0; pulse < 10; ++pulse) bench.lane.evaluate(Tuple{0, -1, -1}, instruction);
      sum += bench.lane.evaluate(Tuple{0, -1, -1}, Instruction::FFLV) - before;
    }
    return sum;
  };
  for (const auto& [a, b] : {std::pair{0.6, 0.4}, {0.4, 0.6}, {0.5, 0.5}}) {
    const double leads = a >= b ? 1 : -1;
    EXPECT_GE(change(a, b, Instruction::FH), 0);
    EXPECT_GE(change(a, b, Instruction::RH), 0);
    EXPECT_LE(change(a, b, Instruction::FL), 0);
    EXPECT_LE(change(a, b, Instruction::RL), 0);
    EXPECT_GE(leads * change(a, b, Instruction::RU), 0);
    EXPECT_GE(leads * change(a, b, Instruction::FU), 0);
    EXPECT_LE(leads * change(a, b, Instruction::RA), 0);
    EXPECT_LE(leads * change(a, b, Instruction::FA), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryMemristorInALane,
                         testing::ValuesIn(memristor_catalogue().begin(), memristor_catalogue().end()),
                         [](const auto& test) { return std::string(test.param->name); });

TEST(KtramLane, IsAFunctionOfItsSeed) {
  const KtramSettings settings{.fu_fa = FuFa::Published, .noise = EmulatorNoise{}};
  Bench one("mss", settings), same("mss", settings), other("mss", settings, {}, 2);
  for (Bench* bench : {&one, &same, &other}) exercise(bench->lane);
  EXPECT_EQ(one.states(), same.states());
  EXPECT_NE(one.states(), other.states());
}

TEST(KtramLane, DrawsNoiseOfTheSigmaThatTheLawStates) {
  KtramSettings settings{.back_action = BackAction::Off, .noise = EmulatorNoise{.reference_sum = 1e-3}};
  Bench bench("rs", settings);
  bench.lane.set(0, 0, {.x = 0.6}, {.x = 0.4});
  double sum = 0, squares = 0;
  constexpr int reads = 20'000;
  for (int i = 0; i < reads; ++i) {
    const double y = bench.lane.evaluate(Tuple{0, -1, -1}, Instruction::FFLV);
    sum += y, squares += y * y;
  }
  const auto [a, b] = std::pair{bench.lane.a(0, 0).conductance(), bench.lane.b(0, 0).conductance()};
  const double y = (a - b) / (a + b), sigma = settings.noise->sigma(y, a + b, {.voltage = 0.05}).total();
  // Means stray by sigma/sqrt(n), deviations by sigma/sqrt(2n): four of each.
  EXPECT_NEAR(sum / reads, y, 4 * sigma / std::sqrt(reads));
  EXPECT_NEAR(std::sqrt(squares / reads - sum * sum / reads / reads), sigma, 4 * sigma / std::sqrt(2.0 * reads));
}

TEST(KtramLane, DrivesItsMemristorsWithTheYThatIsSet) {
  const auto moved = [](BackAction back_action) {
    Bench bench("float", {.back_action = back_action, .noise = EmulatorNoise{.gain = 0.5}});
    bench.lane.set(0, 0, {.x = 0.6}, {.x = 0.4});
    const double y = bench.lane.evaluate(Tuple{0, -1, -1}, Instruction::FF);
    return std::pair{y, bench.lane.a(0, 0).state().x - 0.6};
  };
  const double clean = 0.2 / (1 + 2 * 4e-4 / 0.0996), step = 1e-4 / 0.0996;  // of one volt
  const auto noisy = moved(BackAction::Noisy);
  ASSERT_GT(std::abs(noisy.first - clean), 1e-3);
  EXPECT_NEAR(noisy.second, step * (1 - noisy.first), 1e-12);
  EXPECT_NEAR(moved(BackAction::Clean).second, step * (1 - clean), 1e-12);
  EXPECT_EQ(moved(BackAction::Off).second, 0);
}

TEST(KtramLane, KeepsItsMemristorsThroughReadsWhereReadsDoNotDisturb) {
  Bench bench("float", {}, {.read_disturb = 0});
  const auto before = bench.states();
  bench.lane.evaluate(Tuple{0, 0, 0}, Instruction::FF);
  EXPECT_EQ(bench.states(), before);
  bench.lane.evaluate(Tuple{0, 0, 0}, Instruction::FH);
  EXPECT_NE(bench.states(), before);
}

TEST(KtramLane, TurnsTheVoltageOfReadsDownByItsDial) {
  Bench bench("float");
  bench.lane.set(0, 0, {.x = 0.5}, {.x = 0.5});
  bench.lane.evaluate(Tuple{0, -1, -1}, Instruction::FF, 0.8);
  EXPECT_EQ(bench.lane.a(0, 0).state().x, 0.5) << ".2 V is within the dead zone";
  bench.lane.evaluate(Tuple{0, -1, -1}, Instruction::FH, 0.8);
  EXPECT_GT(bench.lane.a(0, 0).state().x, 0.5) << "feedback has no dial";
}

TEST(KtramLane, RefusesWhatDoesNotFit) {
  Bench bench("float");
  const auto refused = [&](const Tuple& tuple, Instruction instruction, double dial = 0) {
    const auto before = bench.states();
    EXPECT_THROW(bench.lane.evaluate(tuple, instruction, dial), Error);
    EXPECT_EQ(bench.states(), before);
  };
  refused({0, 0}, Instruction::FF);
  refused({0, 0, 4}, Instruction::FF);
  refused({0, 0, -2}, Instruction::FF);
  refused({0, 0, 0}, Instruction::FF, 1.5);
  refused({0, 0, 0}, Instruction::FU);
  refused({0, 0, 0}, Instruction::FA);
  EXPECT_THROW(KtramLane(*bench.law, 0, 4, {}), Error);
  EXPECT_THROW(KtramLane(*bench.law, 3, 4, {.pulse_width = 0}), Error);
}

}  // namespace
}  // namespace assimilaate
