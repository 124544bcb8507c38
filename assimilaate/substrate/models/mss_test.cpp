/// The metastable switches against their law (`physics.md` 3.2, and 8 points 3 and 5), through the public array.
#include <gtest/gtest.h>

#include <algorithm>

#include "assimilaate/substrate/internal/test_arrays.hpp"

namespace assimilaate {
namespace {

constexpr double tau = 1e-5, threshold = 0.27, slope = 1.380649e-23 * 298 / 1.602176634e-19;

/// Both populations switch at the weak drive of these tests: +-20 mV across a memristor, x_inf = .83 up and .17 down.
const Settings weak{{"drive", 0.01}, {"published", 1}};

struct Rates {
  double a, b;  // [1/s]
  explicit Rates(double volts)
      : a(1 / (1 + std::exp(-(volts - threshold) / slope)) / tau),
        b(1 / (1 + std::exp((volts + threshold) / slope)) / tau) {}
  [[nodiscard]] double resting() const { return a / (a + b); }
  [[nodiscard]] double moved(double t) const { return -std::expm1(-(a + b) * t); }
};

/// Memristors of 64 x 64 synapses before and after `pulses` couples up of `width`: a sees +20 mV, b sees -20 mV.
struct Trial {
  std::vector<double> before, after;
  Trial(int pulses, double width, std::uint64_t first_event = 0) {
    const auto array = test::array_of("mss", 64, tile_lanes, {}, 3, weak);
    before = test::codes_of(*array);
    const auto tile = array->open(0);
    Events events;
    for (int k = 0; k < pulses; ++k)
      tile->pulse(test::everywhere(64, tile_lanes, 1), width, first_event + static_cast<std::uint64_t>(k), events);
    after = test::codes_of(*array);
  }
};

class EveryNumberOfPulses : public testing::TestWithParam<int> {};

TEST_P(EveryNumberOfPulses, RelaxesTheMeanExponentiallyWithTheVarianceOfTwoBinomials) {
  const int pulses = GetParam();
  const double width = 0.02;
  const Trial trial(pulses, width);
  for (const int side : {0, 1}) {
    const Rates rates(side == 0 ? 0.02 : -0.02);
    const double t = width * pulses, gone = rates.moved(t), on = rates.resting() * gone,
                 off = (1 - rates.resting()) * gone;
    double strays = 0, variance = 0, squares = 0, count = 0;
    for (std::size_t i = static_cast<std::size_t>(side); i < trial.before.size(); i += 2) {
      const double n0 = trial.before[i];
      const double mean = 255 * rates.resting() + (n0 - 255 * rates.resting()) * (1 - gone);
      const double v = n0 * off * (1 - off) + (255 - n0) * on * (1 - on);
      strays += trial.after[i] - mean;
      variance += v;
      squares += std::pow(trial.after[i] - mean, 2) / v;
      count += 1;
    }
    EXPECT_LT(std::abs(strays), 3 * std::sqrt(variance)) << "side " << side;
    // A square over its variance has mean 1 and, near normal, variance 2.
    EXPECT_NEAR(squares / count, 1, 3 * std::sqrt(2 / count)) << "side " << side;
  }
}

INSTANTIATE_TEST_SUITE_P(Mss, EveryNumberOfPulses, testing::Values(1, 2, 5, 20, 100));

TEST(Mss, TakesTwoPulsesOfHalfTheLengthAsOne) {
  Trial one(1, 0.04, 100), two(2, 0.02, 200);
  std::ranges::sort(one.after);
  std::ranges::sort(two.after);
  double distance = 0;
  const auto n = static_cast<double>(one.after.size());
  for (int code = 0; code <= 255; ++code) {
    const auto below = [&](const std::vector<double>& codes) {
      return static_cast<double>(std::ranges::upper_bound(codes, code + 0.5) - codes.begin()) / n;
    };
    distance = std::max(distance, std::abs(below(one.after) - below(two.after)));
  }
  EXPECT_LT(distance, 1.628 * std::sqrt(2 / n));  // Kolmogorov and Smirnov at p = .01, two samples of n
}

TEST(Mss, RestsWhereTheRatesBalance) {
  const Trial trial(1, 1e4);  // [s], very many relaxation times
  const Rates rates(0.02);
  double mean = 0;
  const double count = static_cast<double>(trial.after.size()) / 2;
  for (std::size_t i = 0; i < trial.after.size(); i += 2) mean += trial.after[i] / 255 / count;
  EXPECT_NEAR(mean, rates.resting(), 3 * std::sqrt(rates.resting() * (1 - rates.resting()) / 255 / count));
}

TEST(Mss, HasAWidthForEveryStrength) {
  for (const Settings& settings : {Settings{}, weak}) {
    const auto array = test::array_of("mss", 1, 1, {}, 1, settings);
    const Rates rates(settings.empty() ? 0.5 : 0.02);
    for (const double strength : {1e-4, 0.003, 0.03, 0.3, 0.7})
      EXPECT_NEAR(rates.resting() * rates.moved(array->width_for(strength)), strength, 1e-9);
  }
}

TEST(Mss, WithUnlikeRatesIsSlowerOrFasterButKeepsTheLaw) {
  // Rates vary by 30 %: the mean step at p << 1 is that of the mean rate; 4096 synapses, and their gains stray by .3.
  const auto array = test::array_of("mss", 64, tile_lanes, {.step_variation = 0.3});
  const auto tile = array->open(0);
  const auto before = test::codes_of(*array);
  Events events;
  const double strength = 0.02, step = 127.5 * strength;
  tile->pulse(test::everywhere(64, tile_lanes, 1), array->width_for(strength), 0, events);
  const auto after = test::codes_of(*array);
  double moved = 0, square = 0;
  for (std::size_t i = 0; i < after.size(); i += 2) {
    const double expected = (255 - before[i]) * strength;
    moved += (after[i] - before[i] - expected) / 4096;
    square += std::pow(after[i] - before[i] - expected, 2) / 4096;
  }
  const double variance = step * (1 - strength) + std::pow(0.3 * step, 2);
  EXPECT_NEAR(moved, 0, 4 * std::sqrt(variance / 4096));
  EXPECT_NEAR(square, variance, 4 * variance * std::sqrt(2.5 / 4096));  // 2.5: a little more tail than a normal's 2
}

}  // namespace
}  // namespace assimilaate
