/// The step laws against their equations (`physics.md` 3.3), one pulse at a time; `response_curves_test.cpp` has whole
/// curves of them.
#include "assimilaate/substrate/models/step_law.hpp"

#include <gtest/gtest.h>

#include "assimilaate/substrate/preset.hpp"
#include "assimilaate/substrate/specimen.hpp"

namespace assimilaate {
namespace {

constexpr double unit = 1e-6;  // [s]

std::unique_ptr<const Memristor> law_of(std::string_view name, const Settings& settings = {},
                                        std::vector<double> table = {}) {
  return make_memristor(name, {settings, std::move(table)});
}

/// The weight, in -1 ... 1, after one pulse on a memristor at `w`.
double after(const Memristor& law, double w, bool up, double units = 1, const Individual& self = {}) {
  MemristorState state{.x = (w + 1) / 2};
  MeanDraws draws;
  law.pulse(state, {(up ? 2 : -2) * law.drive(), units * unit}, self, draws);
  return 2 * state.x - 1;
}
/// Weights from -1 to 1 and steps of a tenth.
Settings coarse(Settings more = {}) {
  more.insert({{"w_min", -1}, {"w_max", 1}, {"dw", 0.1}});
  return more;
}

std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Usage);
    return e.what();
  }
  return "accepted";
}

class EveryStepLaw : public testing::TestWithParam<const char*> {};

TEST_P(EveryStepLaw, RestsWhereItIsHalfSelectedAndDoesNotMindTheVoltageBeyond) {
  const auto law = law_of(GetParam());
  MeanDraws draws;
  const auto moved_by = [&](double volts) {
    MemristorState state;
    law->pulse(state, {volts, 3 * unit}, {}, draws);
    return state.x - 0.5;
  };
  EXPECT_EQ(moved_by(law->drive()), 0);
  EXPECT_EQ(moved_by(-law->drive()), 0);
  EXPECT_GT(moved_by(1.01 * law->drive()), 0);
  EXPECT_EQ(moved_by(1.01 * law->drive()), moved_by(5 * law->drive()));
  EXPECT_LT(moved_by(-1.01 * law->drive()), 0);
}

TEST_P(EveryStepLaw, TakesPulsesOfKUnitsAsKPulsesAndAFractionAsThatPartOfAStep) {
  const auto law = law_of(GetParam(), coarse());
  for (const bool up : {true, false}) {
    const double first = after(*law, -0.2, up), third = after(*law, after(*law, first, up), up);
    EXPECT_DOUBLE_EQ(after(*law, -0.2, up, 3), third);
    EXPECT_NEAR(after(*law, -0.2, up, 0.25), -0.2 + 0.25 * (first + 0.2), 1e-15);
    EXPECT_NEAR(after(*law, -0.2, up, 3.5), third + 0.5 * (after(*law, third, up) - third), 1e-13);
  }
}

TEST_P(EveryStepLaw, StopsAtItsOwnBoundsWithZeroBetweenThem) {
  const auto law = law_of(GetParam(), coarse());
  // Own bounds .2 and .9 of the range are weights -.6 and .8; -.1 and .3 are -1.2 and -.4, which turns into .4.
  for (const auto& [self, low, high] : {std::tuple{Individual{.low = 0.2, .high = 0.9}, -0.6, 0.8},
                                        std::tuple{Individual{.low = -0.1, .high = 0.3}, -1.2, 0.4}}) {
    EXPECT_LE(after(*law, 0, true, 2000, self), high + 1e-12);
    EXPECT_GT(after(*law, 0, true, 2000, self), high / 2);
    EXPECT_GE(after(*law, 0, false, 2000, self), low - 1e-12);
    EXPECT_LT(after(*law, 0, false, 2000, self), low / 2);
  }
}

TEST_P(EveryStepLaw, ScalesItsStepsByGainAsymmetryAndBias) {
  const auto law = law_of(GetParam(), coarse()), biased = law_of(GetParam(), coarse({{"up_down", 0.3}}));
  const double up = after(*law, 0, true), down = after(*law, 0, false);
  const Individual self{.gain = 0.8, .asymmetry = 0.1};
  EXPECT_NEAR(after(*law, 0, true, 1, self), 0.9 * up, 1e-15);
  EXPECT_NEAR(after(*law, 0, false, 1, self), 0.7 * down, 1e-15);
  EXPECT_NEAR(after(*biased, 0, true, 1, self), 0.9 * up, 1e-15);
  EXPECT_NEAR(after(*biased, 0, false, 1, self), 0.4 * down, 1e-15);
}

TEST_P(EveryStepLaw, RefusesARangeOfNoWeights) {
  EXPECT_NE(refusal([] {
              static_cast<void>(law_of(GetParam(), {{"w_min", 0}, {"w_max", 0}}));
            }).find("w_max"),
            std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(StepLaw, EveryStepLaw,
                         testing::Values("constant_step", "linear_step", "soft_bounds", "exp_step", "pow_step",
                                         "piecewise"),
                         [](const auto& name) { return std::string(name.param); });

TEST(ConstantStep, StraysByALumpOfPulsesAsByTheirSum) {
  // 25 steps of 1e-4 with sigma .3 each: mean 25 steps, sigma .3 * 5 steps, far from the bounds.
  const auto law = law_of("constant_step", {{"w_min", -1}, {"w_max", 1}, {"dw", 1e-4}});
  for (const bool lumped : {true, false}) {
    constexpr int memristors = 4000;
    double sum = 0, squares = 0;
    for (std::uint64_t m = 0; m < memristors; ++m) {
      Specimen specimen(*law, {.cycle_variation = 0.3}, Random(2, 0), {.place = m});
      specimen.set_state({});
      for (std::uint64_t pulse = 0; pulse < (lumped ? 1 : 25); ++pulse)
        specimen.pulse({2 * law->drive(), (lumped ? 25 : 1) * unit}, pulse);
      const double steps = (specimen.state().x - 0.5) * 2 / 1e-4;
      sum += steps, squares += (steps - 25) * (steps - 25);
    }
    EXPECT_NEAR(sum / memristors, 25, 4 * 1.5 / std::sqrt(memristors)) << lumped;
    EXPECT_NEAR(squares / memristors, 2.25, 4 * 2.25 * std::sqrt(2.0 / memristors)) << lumped;
  }
}

TEST(LinearStep, LosesGammaOfItsStepAtTheBoundWithNoiseOfEitherKind) {
  const Settings slopes{{"gamma_up", 0.4}, {"gamma_down", 0.6}, {"gamma_spread", 0.1},
                        {"w_min", -2},     {"w_max", 1},        {"dw", 0.1}};
  const auto w_after = [&](Settings settings, double w, bool up, const Individual& self) {
    settings.insert(slopes.begin(), slopes.end());
    const auto law = law_of("linear_step", settings);
    MemristorState state{.x = (w + 2) / 3};
    MeanDraws draws;
    law->pulse(state, {(up ? 2 : -2) * law->drive(), unit}, self, draws);
    return 3 * state.x - 2;
  };
  const Individual noisy{.high = 1.2, .cycle = 0.5};  // own highest weight 1.6
  EXPECT_NEAR(w_after({}, 0.5, true, noisy), 0.5 + 0.1 * (1 - 0.4 * 0.5) * 1.5, 1e-14);
  EXPECT_NEAR(w_after({}, 0.5, false, noisy), 0.5 - 0.1 * (1 + 0.6 * 0.25) * 1.5, 1e-14);
  EXPECT_NEAR(w_after({{"additive_noise", 1}}, 0.5, true, noisy), 0.5 + 0.1 * (1 - 0.4 * 0.5 + 0.5), 1e-14);
  EXPECT_NEAR(w_after({{"own_bound", 1}}, 0.5, true, noisy), 0.5 + 0.1 * (1 - 0.4 * 0.5 / 1.6) * 1.5, 1e-14);
  // gamma = |.4 + .1 * -6| up and |.6 + .1 * 2| down.
  const Individual own{.own = -6, .own_other = 2};
  EXPECT_NEAR(w_after({}, 0.5, true, own), 0.5 + 0.1 * (1 - 0.2 * 0.5), 1e-14);
  EXPECT_NEAR(w_after({}, 0.5, false, own), 0.5 - 0.1 * (1 + 0.8 * 0.25), 1e-14);
}

TEST(LinearStep, LeaksToWeightZeroAndInTwoSpansAsInOne) {
  const auto law = law_of("linear_step", {{"w_min", -1}, {"w_max", 3}, {"leak", 2}});
  EXPECT_EQ(law->retention(298).seconds, 2);
  EXPECT_EQ(law->retention(298).rest, 0.25);
  MeanDraws draws;
  MemristorState once{.x = 0.75}, twice = once;
  law->idle(once, 3, 298, {}, draws);
  law->idle(twice, 1, 298, {}, draws);
  law->idle(twice, 2, 298, {}, draws);
  EXPECT_NEAR(once.x, 0.25 + 0.5 * std::exp(-1.5), 1e-15);
  EXPECT_NEAR(twice.x, once.x, 1e-15);
  EXPECT_TRUE(std::isinf(law_of("linear_step")->retention(298).seconds));
}

TEST(SoftBounds, StepInProportionToTheRoomAheadWithNoiseOfEitherKind) {
  const auto plain = law_of("soft_bounds", coarse()), additive = law_of("soft_bounds", coarse({{"additive_noise", 1}}));
  const Individual self{.high = 1.25, .cycle = 0.5};  // own highest weight 1.5
  EXPECT_NEAR(after(*plain, 0.3, true, 1, self), 0.3 + 0.1 * (1 - 0.3 / 1.5) * 1.5, 1e-15);
  EXPECT_NEAR(after(*plain, 0.3, false, 1, self), 0.3 - 0.1 * 1.3 * 1.5, 1e-15);
  EXPECT_NEAR(after(*additive, 0.3, true, 1, self), 0.3 + 0.1 * (1 - 0.3 / 1.5 + 0.5), 1e-15);
}

TEST(SoftBounds, WithAReferenceStepAlikeBothWaysAtWeightZero) {
  const auto law = law_of("soft_bounds", coarse({{"reference", 1}, {"reference_spread", 0.05}}));
  const Individual unlike{.gain = 1.1, .asymmetry = 0.2, .low = 0.1, .high = 1.3};
  const double up = after(*law, 0, true, 1, unlike), down = after(*law, 0, false, 1, unlike);
  EXPECT_GT(up, 0.01);
  EXPECT_NEAR(up, -down, 1e-15);
  // Steps there, from the equations: D+ (1 - w_sp / b_max), w_sp = (.13 - .09) / (.13 / 1.6 + .09 / .8).
  EXPECT_NEAR(up, 0.13 * (1 - 0.04 / (0.13 / 1.6 + 0.09 / 0.8) / 1.6), 1e-15);
  Individual wrong = unlike;
  wrong.own = 1;  // weights count from .05 above the symmetry point: up steps are smaller there
  EXPECT_NEAR(after(*law, 0, true, 1, wrong), up - 0.05 * 0.13 / 1.6, 1e-15);
}

TEST(ExpStep, FallsExponentiallyAndAddsTheNoiseOfItsWeight) {
  const Settings settings =
      coarse({{"a_up", 0.2}, {"gamma_up", 2}, {"a", 0.5}, {"b", 0.1}, {"noise_add", 0.03}, {"noise_slope", 0.2}});
  const auto law = law_of("exp_step", settings);
  const double step = 0.1 * (1 - 0.2 * std::exp(2 * (0.5 * 0.4 + 0.1)));  // 2 w / (b_max - b_min) = w
  EXPECT_NEAR(after(*law, 0.4, true), 0.4 + step, 1e-15);
  EXPECT_NEAR(after(*law, 0.4, true, 1, {.cycle = -0.5}), 0.4 + step - 0.5 * (step + 0.03 + 0.2 * 0.4), 1e-15);
}

TEST(PowStep, FallsAsAPowerOfTheRoomAhead) {
  const auto law = law_of("pow_step", coarse({{"gamma", 2}, {"gamma_up_down", 0.25}, {"gamma_spread", 0.1}}));
  EXPECT_NEAR(after(*law, 0.4, true), 0.4 + 0.1 * 0.3 * 0.3, 1e-15);
  EXPECT_NEAR(after(*law, 0.4, false), 0.4 - 0.1 * std::pow(0.7, 1.5), 1e-15);
  EXPECT_NEAR(after(*law, 0.4, true, 1, {.own = -5}), 0.4 + 0.1 * 0.3, 1e-15);
}

TEST(Piecewise, IsLinearBetweenItsNodes) {
  const auto fields = law_of("piecewise", coarse({{"up_2", 1}, {"up_3", 0.2}, {"down_3", 3}, {"down_4", 1}}));
  EXPECT_NEAR(after(*fields, 0.25, true), 0.25 + 0.1 * 0.6, 1e-15);
  EXPECT_NEAR(after(*fields, 0.75, false), 0.75 - 0.1 * 2, 1e-15);
  const auto table = law_of("piecewise", coarse(), {2, 1, 0, 1, 2, 4});
  EXPECT_NEAR(after(*table, -0.5, true), -0.5 + 0.1 * 1.5, 1e-15);
  EXPECT_NEAR(after(*table, 0.5, false), 0.5 - 0.1 * 3, 1e-15);
  EXPECT_EQ(after(*table, 1, true), 1);
}

TEST(Piecewise, RefusesATableThatIsNoStepsBothWays) {
  for (const auto& table : {std::vector<double>{1, 2}, {1, 2, 3, 4, 5}, {1, 2, 3, -1}})
    EXPECT_NE(refusal([&] { static_cast<void>(law_of("piecewise", {}, table)); }).find("piecewise"), std::string::npos);
}

}  // namespace
}  // namespace assimilaate
