/// What a device physicist would check first of one memristor (`physics.md` 8, points 1, 3, 4, 5, 6, 14, 15 and 19),
/// from outside, through the catalogue.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "assimilaate/substrate/binomial.hpp"
#include "assimilaate/substrate/preset.hpp"
#include "assimilaate/substrate/specimen.hpp"

namespace assimilaate {
namespace {

constexpr double boltzmann = 1.380649e-23, charge = 1.602176634e-19;
constexpr double day = 86400, year = 3.15576e7;  // [s]

double logistic(double z) { return 1 / (1 + std::exp(-z)); }

/// The law of the paper, written down a second time.
struct Rates {
  double a, b;  // [1/s]
  Rates(const Preset& preset, double volts, double kelvin = 298) {
    const auto& of = preset.settings.fields;
    const double slope = boltzmann * kelvin / charge;
    a = logistic((volts - of.at("v_on")) / slope) / of.at("tau");
    b = logistic(-(volts + of.at("v_off")) / slope) / of.at("tau");
  }
  [[nodiscard]] double sum() const { return a + b; }
  [[nodiscard]] double rest() const { return a / sum(); }
};

std::unique_ptr<const Memristor> with_switches(Preset preset, double switches) {
  preset.settings.fields["switches"] = switches;
  return preset.make();
}
std::unique_ptr<const Memristor> ideal(double switches) { return with_switches(find_memristor("mss-ideal"), switches); }

/// x of `count` memristors from `start` after pulses.
std::vector<double> population(const Memristor& law, double start, std::span<const Pulse> pulses, std::size_t count,
                               std::uint64_t first_event = 0) {
  const Random random(21, 0);
  std::vector<double> x;
  for (std::uint64_t place = 0; place < count; ++place) {
    MemristorState state{.x = start};
    for (std::size_t k = 0; k < pulses.size(); ++k) {
      HashedDraws draws(random, Purpose::Pulse, place, first_event + k);
      law.pulse(state, pulses[k], {}, draws);
    }
    x.push_back(state.x);
  }
  return x;
}

struct Moments {
  double mean = 0, variance = 0;
  explicit Moments(std::span<const double> values) {
    for (const double v : values) mean += v / static_cast<double>(values.size());
    for (const double v : values) variance += (v - mean) * (v - mean) / static_cast<double>(values.size() - 1);
  }
};

/// Areas of the two lobes of a loop under a sine of `frequency`, the third period, over (amplitude^2 x range): 0 where
/// a memristor is a resistor.
std::pair<double, double> lobes(const Memristor& law, double amplitude, double frequency) {
  constexpr int steps = 4000;
  MemristorState state{.x = 0.5};
  MeanDraws draws;
  double positive = 0, negative = 0, last_v = 0, last_i = 0;
  for (int k = 1; k <= 3 * steps; ++k) {
    const double v = amplitude * std::sin(2 * std::numbers::pi * k / steps);
    law.pulse(state, {v, 1 / frequency / steps}, {}, draws);
    const double i = law.current(state, v);
    if (k > 2 * steps) (v + last_v > 0 ? positive : negative) += 0.5 * (i + last_i) * (v - last_v);
    last_v = v, last_i = i;
  }
  const double unit = amplitude * amplitude * (law.highest() - law.lowest());
  return {std::abs(positive) / unit, std::abs(negative) / unit};
}

TEST(Physics, PinchesTheLoopAndClosesItAtHighFrequency) {
  const auto law = ideal(0);
  const auto slow = lobes(*law, 0.5, 1e3), fast = lobes(*law, 0.5, 1e6), faster = lobes(*law, 0.5, 1e7);
  EXPECT_GT(slow.first, 0.1);
  EXPECT_GT(slow.second, 0.1);
  EXPECT_LT(std::max(fast.first, fast.second), 0.1 * slow.first);
  // Far above 1/tau the state barely moves and the area falls as 1/f.
  EXPECT_NEAR(fast.first / faster.first, 10, 1);
}

TEST(Physics, LetsNoCurrentThroughWithoutVoltageUnlessThePaperSaysSo) {
  for (const Preset& preset : presets()) {
    const auto law = preset.make();
    for (const double x : {0.0, 0.4, 1.0}) {
      const double i = law->current({.x = x}, 0);
      const double paper = preset.name.starts_with("mss-wox") ? 0.45 * (1e-9 - 22e-9) : 0;  // -9.5 nA
      EXPECT_NEAR(i, paper, 1e-12) << preset.name;
    }
  }
}

TEST(Physics, ClimbsAStaircaseOfTwoBinomials) {
  const Preset preset = find_memristor("mss-ideal");
  const auto law = preset.make();  // 1000 switches
  for (const double volts : {0.05, -0.3})
    for (const int pulses : {1, 5, 25}) {
      const Rates rates(preset, volts);
      const double width = 0.04 / rates.sum(), x0 = 0.3;
      const std::vector<Pulse> train(static_cast<std::size_t>(pulses), {volts, width});
      const Moments found(population(*law, x0, train, 10'000));
      const double moved = -std::expm1(-0.04 * pulses), on = rates.rest() * moved, off = (1 - rates.rest()) * moved;
      const double mean = rates.rest() + (x0 - rates.rest()) * (1 - moved);
      const double variance = (x0 * off * (1 - off) + (1 - x0) * on * (1 - on)) / 1000;
      EXPECT_NEAR(found.mean, mean, 3 * std::sqrt(variance / 10'000)) << volts << " V, " << pulses;
      EXPECT_NEAR(found.variance, variance, 3 * variance * std::sqrt(2.0 / 10'000)) << volts << " V, " << pulses;
    }
}

TEST(Physics, ReachesTheBalanceOfBoltzmann) {
  const Preset preset = find_memristor("mss-ideal");
  const auto law = ideal(1000);
  for (const double volts : {0.0, 0.05}) {
    const Rates rates(preset, volts);
    const std::vector<Pulse> hold{{volts, 30 / rates.sum()}};  // e^-30 is left
    const Moments found(population(*law, 0.2, hold, 20'000));
    const double x = rates.rest(), variance = x * (1 - x) / 1000;
    EXPECT_NEAR(found.mean, x, 3 * std::sqrt(variance / 20'000));
    EXPECT_NEAR(found.variance, variance, 3 * variance * std::sqrt(2.0 / 20'000));
    // Two levels apart by 2 q V, far below threshold: the logistic's own curvature, exp(-.22 / V_S), is 2e-4 of a rate.
    const auto mean_field = ideal(0);
    MemristorState state{.x = 0.2};
    MeanDraws draws;
    mean_field->pulse(state, hold[0], {}, draws);
    EXPECT_NEAR(std::log(state.x / (1 - state.x)), 2 * volts / (boltzmann * 298 / charge), 1e-3);
  }
}

TEST(Physics, TakesTwoHalfPulsesAsOneWhole) {
  const auto law = ideal(1000);
  const std::vector<Pulse> whole{{0.05, 0.04}}, halves{{0.05, 0.02}, {0.05, 0.02}};
  auto once = population(*law, 0.3, whole, 100'000), twice = population(*law, 0.3, halves, 100'000, 10);
  std::ranges::sort(once), std::ranges::sort(twice);
  double distance = 0;
  for (int level = 0; level <= 1000; ++level) {
    const auto below = [&](const std::vector<double>& x) {
      return static_cast<double>(std::ranges::upper_bound(x, (level + 0.5) / 1000) - x.begin()) / 1e5;
    };
    distance = std::max(distance, std::abs(below(once) - below(twice)));
  }
  EXPECT_LT(distance, 1.628 * std::sqrt(2 / 1e5));  // Kolmogorov and Smirnov at p = .01
}

class EveryCount : public testing::TestWithParam<int> {};

TEST_P(EveryCount, OfSwitchesIsSampledExactly) {
  // By inversion at evenly spread numbers: what is left is the spacing, not chance.
  const int n = GetParam();
  constexpr int strata = 400'000;
  for (const double expected : {0.01, 0.04, 0.2, 1.0, 5.0, 9.9, 10.1, 50.0}) {
    if (expected >= n) continue;
    const double p = expected / n;
    double mean = 0, square = 0, none = 0;
    for (int i = 0; i < strata; ++i) {
      const int k = binomial(n, p, (i + 0.5) / strata);
      mean += k, square += static_cast<double>(k) * k, none += k == 0;
    }
    mean /= strata, square /= strata, none /= strata;
    EXPECT_NEAR(mean / expected, 1, 0.003) << n << " at " << expected;
    EXPECT_NEAR((square - mean * mean) / (expected * (1 - p)), 1, 0.01) << n << " at " << expected;
    const double exact = std::pow(1 - p, n);
    if (exact > 0.001) {  // rarer, and strata are too coarse to tell
      EXPECT_NEAR(none / exact, 1, 0.003) << n << " at " << expected;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Physics, EveryCount, testing::Values(8, 64, 255, 1000));

TEST(Physics, SwitchesFromExactDrawsToRoundedNormalsWithoutAJump) {
  // 10 000 switches, variance just below and above 10. 400 000 draws: the mean strays by .005, the variance by .023.
  const Random random(22, 0);
  constexpr int n = 10'000, count = 400'000;
  for (const double p : {0.000995, 0.00101}) {
    std::vector<double> k;
    for (std::uint64_t i = 0; i < count; ++i) {
      HashedDraws draws(random, Purpose::Pulse, i, p > 0.001 ? 1 : 0);
      k.push_back(binomial(n, p, draws));
    }
    const Moments moments(k);
    EXPECT_NEAR(moments.mean, n * p, 3 * std::sqrt(n * p / count) + 1e-4 * n * p);
    EXPECT_NEAR(moments.variance, n * p * (1 - p), 3 * n * p * std::sqrt(2.0 / count) + 0.007 * n * p);
  }
}

TEST(Physics, ForgetsWithoutVoltageAsThePresetsOfThePaperImply) {
  struct Row {
    double warm, hot, rest;  // 1/s(0) at 25 and 85 degrees [s]; x_inf(0)
  };
  // The table gives two digits: half of the last is up to 4 %.
  const std::map<std::string, Row> table{
      {"mss-ag", {0.21, 0.066, 0.875}},      {"mss-aist", {0.80, 0.17, 0.685}},
      {"mss-gst", {68 * day, 1.3 * day, 1}}, {"mss-wox", {860 * year, 4.6 * year, 1}},
      {"mss-ideal", {0.18, 0.032, 0.5}},     {"mss-spice", {1.8, 0.32, 0.5}}};
  for (const auto& [name, row] : table) {
    const Preset preset = find_memristor(name);
    const auto law = preset.make();
    for (const auto& [kelvin, seconds] : {std::pair{298.0, row.warm}, {358.15, row.hot}}) {
      const Rates rates(preset, 0, kelvin);
      const auto found = law->retention(kelvin);
      EXPECT_NEAR(found.seconds * rates.sum(), 1, 1e-9) << name;
      EXPECT_NEAR(found.rest, rates.rest(), 1e-9) << name;
      EXPECT_NEAR(found.seconds / seconds, 1, 0.04) << name << " at " << kelvin;
    }
    EXPECT_NEAR(law->retention(298).rest, row.rest, 0.005) << name;
  }
}

TEST(Physics, IsDisturbedByReadsAsTheRatesSay) {
  const Preset preset = find_memristor("mss-ideal");
  const auto law = ideal(0);
  for (const double volts : {0.05, 0.1}) {
    const Rates rates(preset, volts);
    MemristorState state{.x = 0.5};
    MeanDraws draws;
    for (int read = 0; read < 500; ++read) law->pulse(state, {volts, 1e-6}, {}, draws);
    const double moved = (state.x - 0.5) / (rates.rest() - 0.5);
    EXPECT_NEAR(moved, -std::expm1(-rates.sum() * 500e-6), 1e-9);
    if (volts == 0.05) {
      EXPECT_NEAR(1 / rates.sum(), 0.052, 0.0005);
      EXPECT_NEAR(moved, 0.01, 0.001);  // 1 % after about 500 reads
    }
  }
}

TEST(Physics, LosesLessThanAPercentInAYearWhereItIsCalledRetentive) {
  int seen = 0;
  for (const Preset& preset : presets()) {
    if (preset.name.find("retentive") == std::string::npos) continue;
    const auto law = preset.make();
    Specimen specimen(*law, preset.imperfections, Random(1, 0));
    specimen.set_state({.x = 0.9});
    specimen.idle(year, 298, 0);
    EXPECT_NEAR(specimen.state().x, 0.9, 0.01 * 0.9) << preset.name;
    EXPECT_NE(specimen.state().x, 0.9) << preset.name << ": retention is not for ever";
    ++seen;
  }
  EXPECT_GT(seen, 4);
}

TEST(Physics, IsAsQuietAsItHasSwitches) {
  for (const double switches : {16.0, 255.0, 30'000.0}) {
    const auto law = ideal(switches);
    const std::vector<Pulse> hold{{0, 10}};
    const Moments found(population(*law, 0.5, hold, 5000));
    EXPECT_NEAR(found.variance * switches / 0.25, 1, 3 * std::sqrt(2.0 / 5000) + 0.5 / switches) << switches;
  }
}

TEST(Physics, FollowsTheDifferentialEquationAlsoBeyondTau) {
  // dx/dt = a (1 - x) - b x by Runge and Kutta, steps of a twentieth of a time constant: 3e-7 a constant.
  const Preset preset = find_memristor("mss-ideal");
  const auto law = ideal(0);
  for (const double width : {1e-6, 1e-5, 5e-5}) {
    MemristorState state{.x = 0.5};
    MeanDraws draws;
    double x = 0.5;
    for (int pulse = 0; pulse < 100; ++pulse) {
      const double volts = pulse % 3 == 2 ? -0.5 : 0.3;
      law->pulse(state, {volts, width}, {}, draws);
      const Rates rates(preset, volts);
      const int steps = static_cast<int>(std::ceil(20 * rates.sum() * width)) + 1;
      const double h = width / steps;
      const auto slope = [&](double at) { return rates.a * (1 - at) - rates.b * at; };
      for (int k = 0; k < steps; ++k) {
        const double k1 = slope(x), k2 = slope(x + h / 2 * k1), k3 = slope(x + h / 2 * k2), k4 = slope(x + h * k3);
        x += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
      }
      ASSERT_NEAR(state.x, x, 1e-4) << width << " s, pulse " << pulse;
    }
  }
}

}  // namespace
}  // namespace assimilaate
