/// The current-voltage laws against their closed forms, and what makes them memristors: pinched loops that close with
/// frequency.
#include <gtest/gtest.h>

#include <numbers>

#include "assimilaate/substrate/memristor.hpp"
#include "assimilaate/substrate/models/adaptive_step.hpp"

namespace assimilaate {
namespace {

std::unique_ptr<const Memristor> law_of(std::string_view name, Settings settings = {}) {
  return make_memristor(name, {std::move(settings), {}});
}

double after(const Memristor& law, double x, double voltage, double width, int parts = 1) {
  MemristorState state{.x = x};
  MeanDraws draws;
  for (int i = 0; i < parts; ++i) law.pulse(state, {voltage, width / parts}, {}, draws);
  return state.x;
}

TEST(AdaptiveStep, FollowsAnExponentialAndALogisticCurveToATenthOfAMillionth) {
  EXPECT_NEAR(integrate([](double y) { return -3 * y; }, 0.9, 1.0, 0, 1), 0.9 * std::exp(-3.0), 1e-8);
  const double logistic = 1 / (1 + 9 * std::exp(-7.0));
  EXPECT_NEAR(integrate([](double y) { return 7 * y * (1 - y); }, 0.1, 1.0, 0, 1), logistic, 1e-8);
}

TEST(AdaptiveStep, StopsAtABoundAndWhereNothingMoves) {
  EXPECT_EQ(integrate([](double) { return 1.0; }, 0.2, 1e9, 0, 1), 1);
  EXPECT_EQ(integrate([](double) { return -1e300; }, 0.2, 1.0, 0, 1), 0);
  EXPECT_EQ(integrate([](double) { return 0.0; }, 0.2, 1e9, 0, 1), 0.2);
}

TEST(Vteam, MovesItsResistanceInProportionToTime) {
  const auto law = law_of("vteam");
  const double low = law->lowest(), high = law->highest();
  const auto resistance = [&](double x) { return 1 / (low + x * (high - low)); };
  // .3 V is 1.5 times v_on: 10 m/s * .5^3 over 3 nm of way; 1 V is 50 times v_off: 5e-4 m/s * 49.
  const double up = 10 * 0.125 / 3e-9, down = 5e-4 * 49 / 3e-9, whole = 1 / low - 1 / high;
  for (const double width : {1e-11, 1e-10, 3e-10}) {
    EXPECT_NEAR(resistance(after(*law, 0.05, 0.3, width)), resistance(0.05) - whole * up * width, 1e-9);
    EXPECT_NEAR(resistance(after(*law, 0.9, -1, width)), resistance(0.9) + whole * down * width, 1e-9);
  }
  EXPECT_EQ(after(*law, 0.5, 0.3, 1), 1);
  EXPECT_NEAR(after(*law, 0.5, -1, 1), 0, 1e-12);
}

TEST(Vteam, RestsForEverBetweenItsThresholds) {
  const auto law = law_of("vteam");
  for (const double voltage : {0.0, 0.2, 0.1, -0.02}) EXPECT_EQ(after(*law, 0.4, voltage, 1e9), 0.4);
}

TEST(Vteam, StepsAlikeUpAndDownAtTwiceItsDrive) {
  const auto law = law_of("vteam");
  const double v = 2 * law->drive(), width = law->width_for(0.001);
  const double up = after(*law, 0.5, v, width) - 0.5, down = 0.5 - after(*law, 0.5, -v, width);
  EXPECT_NEAR(up / down, 1, 0.01);
}

TEST(Yakopcic, RisesInProportionToTimeBelowItsWindow) {
  const auto law = law_of("yakopcic");
  const double speed = 4000 * (std::exp(0.5) - std::exp(0.16)), width = 1e-5;
  // x counts from x_low = .01 on: a step of s is 1/.99 of x; .1 + .0186/.99 stays below x_p = .3.
  EXPECT_NEAR(after(*law, 0.1, 0.5, width) - 0.1, speed * width / 0.99, 1e-9);
}

TEST(Yakopcic, ApproachesItsBoundsExponentiallyWhereItsWindowIsLinear) {
  const auto law = law_of("yakopcic", {{"alpha_p", 0}, {"alpha_n", 0}, {"x_p", 0}, {"x_n", 0}});
  const double up = 4000 * (std::exp(1.0) - std::exp(0.16)), down = 4000 * (std::exp(1.0) - std::exp(0.15));
  for (const double width : {1e-5, 1e-4, 1e-3}) {
    EXPECT_NEAR(1 - after(*law, 0.3, 1, width), 0.7 * std::exp(-up * width), 1e-8);
    const double s = 0.01 + 0.99 * 0.8;
    EXPECT_NEAR(0.01 + 0.99 * after(*law, 0.8, -1, width), std::max(0.01, s * std::exp(-down * width)), 1e-8);
  }
}

TEST(StanfordPku, OpensItsGapInProportionToTimeWithoutHeatAndGapDependence) {
  const auto law = law_of("stanford_pku", {{"r_thermal", 0}, {"beta", 0}});
  const double thermal = 1.380649e-23 * 298 / 1.602176634e-19, v = 1.2;
  const double speed = 10 * std::exp(-0.6 / thermal) * std::sinh(16 * 0.25 / 12 * v / thermal);
  const double low = law->lowest(), range = law->highest() - low, before = low + 0.5 * range;
  const double width = 0.2e-9 / speed;  // a fifth of a nanometre, .8 h0
  EXPECT_NEAR((low + range * after(*law, 0.5, -v, width)) / before, std::exp(-0.8), 1e-7);
  EXPECT_NEAR((low + range * after(*law, 0.2, v, width)) / (low + 0.2 * range), std::exp(0.8), 1e-7);
}

TEST(StanfordPku, RestsBelowItsLeastField) {
  const auto law = law_of("stanford_pku");
  EXPECT_EQ(after(*law, 0.5, 0.9, 1), 0.5);
  EXPECT_EQ(after(*law, 0.5, -0.9, 1), 0.5);
}

class EveryLoop : public testing::TestWithParam<std::string> {};

TEST_P(EveryLoop, TakesOnePulseAsItTakesItsTwoHalves) {
  const auto law = law_of(GetParam());
  for (const double x : {0.1, 0.5, 0.9})
    for (const double sign : {1.0, -1.0})
      for (const double strength : {0.05, 0.5}) {
        const double width = law->width_for(strength), v = sign * 2 * law->drive();
        EXPECT_NEAR(after(*law, x, v, width), after(*law, x, v, width, 2), 1e-7) << x << ' ' << v;
        EXPECT_NEAR(after(*law, x, v, width), after(*law, x, v, width, 64), 1e-6) << x << ' ' << v;
      }
}

TEST_P(EveryLoop, MovesByTheShareOfTheRoomAheadThatWasAskedFor) {
  const auto law = law_of(GetParam());
  for (const double strength : {0.01, 0.1, 0.9})
    EXPECT_NEAR(after(*law, 0.5, 2 * law->drive(), law->width_for(strength)), 0.5 + 0.5 * strength, 1e-6);
}

TEST_P(EveryLoop, IsPinchedAndItsAreaFallsWithFrequency) {
  const auto law = law_of(GetParam());
  const auto area = [&](double period) {
    constexpr int samples = 2000;
    MemristorState state{.x = 0.2};
    MeanDraws draws;
    double up = 0, down = 0, last_v = 0, last_i = 0;
    for (int k = 1; k <= samples; ++k) {
      const double v = 2 * law->drive() * std::sin(2 * std::numbers::pi * k / samples);
      law->pulse(state, {0.5 * (v + last_v), period / samples}, {}, draws);
      const double i = law->current(state, v);
      (k <= samples / 2 ? up : down) += 0.5 * (i + last_i) * (v - last_v);
      EXPECT_LT(std::abs(law->current(state, 0)), 1e-12);
      last_v = v, last_i = i;
    }
    return std::pair{std::abs(up), std::abs(down)};
  };
  const double slow = 20 * law->width_for(0.5);
  const auto first = area(slow), last = area(slow * 1e-4);
  EXPECT_GT(first.first, 100 * last.first);
  EXPECT_GT(first.second, 100 * last.second);
}

INSTANTIATE_TEST_SUITE_P(Loops, EveryLoop, testing::Values("vteam", "yakopcic", "stanford_pku"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace assimilaate
