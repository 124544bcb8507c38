/// One memristor under every layer, and time (`physics.md` 8 points 5, 14 and 17).
#include "assimilaate/substrate/specimen.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "assimilaate/substrate/internal/test_arrays.hpp"
#include "assimilaate/substrate/preset.hpp"

namespace assimilaate {
namespace {

const Random chance(11, 0);
constexpr double year = 3.15576e7;  // [s]

/// Settings of a preset with infinitely many switches where it counts them: the mean.
std::unique_ptr<const Memristor> mean_of(const Preset& preset) {
  MemristorSettings settings = preset.settings;
  if (settings.fields.contains("switches")) settings.fields["switches"] = 0;
  return make_memristor(preset.model, settings);
}

class EveryPreset : public testing::TestWithParam<Preset> {};

TEST_P(EveryPreset, ForgetsInTwoStretchesAsInOne) {
  const auto law = mean_of(GetParam());
  for (const auto& [first, second] : {std::pair{1e-3, 2e-2}, {0.3, 0.4}, {20.0, 3e4}, {year, 10 * year}})
    for (const double kelvin : {298.0, 358.0})
      for (const double x : {0.1, 0.5, 0.93}) {
        MemristorState once{.x = x}, twice{.x = x};
        MeanDraws draws;
        // Settled: a law that draws on its first idle moment has drawn.
        for (MemristorState* state : {&once, &twice}) law->idle(*state, 1e-6, kelvin, {}, draws);
        law->idle(once, first + second, kelvin, {}, draws);
        law->idle(twice, first, kelvin, {}, draws);
        law->idle(twice, second, kelvin, {}, draws);
        EXPECT_NEAR(law->conductance(twice) / law->conductance(once), 1, 1e-12)
            << GetParam().name << ", " << first << " s and " << second << " s at " << kelvin << " K from " << x;
      }
}

TEST_P(EveryPreset, ChangesNothingInNoTime) {
  const auto law = GetParam().make();
  Specimen specimen(*law, GetParam().imperfections, chance);
  const MemristorState before = specimen.state();
  specimen.idle(0, 298, 0);
  EXPECT_EQ(specimen.state(), before);
}

TEST_P(EveryPreset, IsTheBareLawBitForBitWithEveryLayerOff) {
  const auto law = GetParam().make();
  Specimen specimen(*law, {}, chance, {.place = 5});
  MemristorState bare = specimen.state();
  for (std::uint64_t event = 0; event < 40; ++event) {
    const Pulse pulse{(event % 3 == 0 ? -2 : 2) * law->drive(), law->width_for(0.05)};
    specimen.pulse(pulse, event);
    HashedDraws draws(chance, Purpose::Pulse, 5, event);
    law->pulse(bare, pulse, {}, draws);
    ASSERT_EQ(specimen.state(), bare) << event;
  }
}

TEST_P(EveryPreset, NeverMovesWhereItIsStuck) {
  const auto law = GetParam().make();
  Specimen specimen(*law, {.stuck_random = 1}, chance);
  const MemristorState before = specimen.state();
  for (std::uint64_t event = 0; event < 10; ++event) specimen.pulse({2 * law->drive(), law->width_for(0.2)}, event);
  specimen.idle(year, 358, 10);
  EXPECT_EQ(specimen.state(), before);
}

INSTANTIATE_TEST_SUITE_P(Specimen, EveryPreset, testing::ValuesIn(presets().begin(), presets().end()),
                         [](const auto& preset) {
                           std::string name;
                           for (const char c : preset.param.name) name += std::isalnum(c) != 0 ? c : '_';
                           return name;
                         });

std::unique_ptr<const Memristor> rs() { return make_memristor("rs", {}); }

TEST(Specimen, WithLayersOfRetentionOrDriftForgetsInTwoStretchesAsInOne) {
  const auto law = rs();
  for (const Imperfections& how :
       {Imperfections{.retention = 1e5, .retention_rest = 0.2}, Imperfections{.drift = 0.05, .drift_variation = 0.02}})
    for (const auto& [first, second] : {std::pair{1e-3, 5.0}, {1e3, 1e4}, {1e5, 3e6}}) {
      Specimen once(*law, how, chance), twice(*law, how, chance);
      once.idle(first + second, 340, 0);
      twice.idle(first, 340, 0);
      twice.idle(second, 340, 1);
      EXPECT_NEAR(twice.conductance() / once.conductance(), 1, 1e-12);
    }
}

TEST(Specimen, DriftsByAPowerOfTheTimeSinceItWasMovedAndReadsDoNotMoveIt) {
  const auto law = rs();
  Specimen specimen(*law, {.drift = 0.05}, chance);
  const Pulse write{2, 1e-8}, read{0.05, 1e-6};
  specimen.idle(1000, 298, 0);
  specimen.pulse(write, 1);
  const double fresh = specimen.conductance();
  specimen.idle(9, 298, 2);
  specimen.pulse(read, 3);
  specimen.idle(90, 298, 4);
  EXPECT_NEAR(specimen.conductance() / fresh, std::pow(100, -0.05), 1e-12);
}

TEST(Specimen, WearsByThePulsesThatMoveIt) {
  const auto law = rs();
  Specimen specimen(*law, {.endurance = 1000}, chance);
  std::uint64_t event = 0;
  for (int k = 0; k < 500; ++k) {
    specimen.pulse({0.05, 1e-6}, event++);  // a read
    specimen.pulse({2, 1e-8}, event++);
    specimen.pulse({-2, 1e-8}, event++);
  }
  for (int k = 0; k < 2000; ++k) specimen.pulse({2, 1e-8}, event++);
  // 1000 pulses that moved it, and up to 2000 more while the bound comes down to it: between 1/e and 1/e^3 of the
  // range.
  EXPECT_LT(specimen.state().x, 0.5 + 0.5 * std::exp(-1));
  EXPECT_GT(specimen.state().x, 0.5 + 0.5 * std::exp(-3) - 1e-12);
  Specimen young(*law, {}, chance);
  for (int k = 0; k < 2000; ++k) young.pulse({2, 1e-8}, event++);
  EXPECT_GT(young.state().x, 0.99);
}

class EveryModelWithBounds : public testing::TestWithParam<const char*> {};

TEST_P(EveryModelWithBounds, WearsInAnArrayAsAlone) {
  // 300 couples for every synapse of a row, far more than it takes to reach the bounds: what is left of them is the
  // range at the last couple, exp(-.3), to a code and a half.
  const auto array = test::array_of(GetParam(), 2, 3, {.endurance = 1000});
  const auto tile = array->open(0);
  Events events;
  for (std::uint64_t k = 0; k < 300; ++k) {
    std::vector<Fire> fires;
    for (std::uint16_t lane = 0; lane < 3; ++lane) fires.push_back({0, lane, 1});
    tile->pulse(fires, array->width_for(0.3), k, events);
  }
  const double half = 127.5 * std::exp(-0.3);
  const auto [a, b] = array->conductances(0, 1);
  EXPECT_NEAR((a - array->lowest_conductance()) / array->code_conductance(), 127.5 + half, 1.5);
  EXPECT_NEAR((b - array->lowest_conductance()) / array->code_conductance(), 127.5 - half, 1.5);
}

INSTANTIATE_TEST_SUITE_P(Specimen, EveryModelWithBounds, testing::Values("rs", "constant_step", "soft_bounds"));

TEST(Specimen, StraysInItsStepsByWhatJitterAndCycleSay) {
  // rs moves in proportion to the width while steps are small: both layers are a sigma of the step, of itself.
  const auto law = rs();
  for (const Imperfections& how : {Imperfections{.pulse_jitter = 0.1}, Imperfections{.cycle_variation = 0.1}}) {
    double sum = 0, square = 0;
    constexpr int n = 4000;
    const Pulse pulse{2, 1e-8};
    const double step = 1e6 * 1.75 * 1e-8 * 0.5;  // alpha (2 V - .25 V) t (1 - x)
    for (std::uint64_t place = 0; place < n; ++place) {
      Specimen specimen(*law, how, chance, {.place = place});
      specimen.set_state({.x = 0.5});
      specimen.pulse(pulse, 0);
      const double moved = (specimen.state().x - 0.5) / step;
      sum += moved / n, square += moved * moved / n;
    }
    EXPECT_NEAR(sum, 1, 3 * 0.1 / std::sqrt(n));
    EXPECT_NEAR(square - sum * sum, 0.01, 3 * 0.01 * std::sqrt(2.0 / n));
  }
}

TEST(Specimen, KeepsTheChanceOfItsLawWhateverLayersAreOn) {
  const auto law = make_memristor("mss", {{{"switches", 255}}, {}});
  Specimen bare(*law, {}, chance), jittered(*law, {.pulse_jitter = 1e-9}, chance),
      noisy(*law, {.write_noise = 0.02}, chance);
  const double width = law->width_for(0.1);
  double beside = 0;
  for (std::uint64_t event = 0; event < 200; ++event) {
    const Pulse pulse{(event % 2 == 0 ? 2 : -2) * law->drive(), width};
    for (Specimen* each : {&bare, &jittered, &noisy}) each->pulse(pulse, event);
    ASSERT_EQ(jittered.state().x, bare.state().x) << event;
    ASSERT_EQ(noisy.state().x, bare.state().x) << event;
    beside += std::pow(noisy.state().beside, 2) / 200;
  }
  EXPECT_NEAR(beside, 4e-4, 3 * 4e-4 * std::sqrt(2.0 / 200));
}

TEST(Specimen, ShowsReadersNoConductanceBelowZero) {
  const auto law = rs();
  Specimen specimen(*law, {.write_noise = 1}, chance);
  for (std::uint64_t event = 0; event < 500; ++event) {
    specimen.pulse({event % 2 == 0 ? 2.0 : -2.0, 5e-8}, event);
    EXPECT_GE(specimen.conductance(), 0);
  }
}

TEST(Specimen, LivesThroughAProfileAsThroughItsSteps) {
  const auto law = rs();
  const Imperfections how{.retention = 1e6};
  Specimen once(*law, how, chance), stepped(*law, how, chance);
  once.set_state({.x = 0.9}), stepped.set_state({.x = 0.9});
  once.idle({{3600, 398}, {86400, 298}, {600, 358}}, 7);
  stepped.idle(3600, 398, 0), stepped.idle(86400, 298, 1), stepped.idle(600, 358, 2);
  EXPECT_EQ(once.state().x, stepped.state().x);
  EXPECT_LT(once.state().x, 0.9);
}

TEST(Specimen, RefusesTwoLawsForTheSameIdleTime) {
  const auto law = make_memristor("mss", {{{"published", 1}}, {}});
  try {
    const Specimen specimen(*law, {.retention = 1e6}, chance);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Usage);
    EXPECT_NE(std::string(e.what()).find("forgets by itself"), std::string::npos) << e.what();
  }
}

/// Mean code of all memristors of 64 x 64 synapses of `published` metastable switches after a stretch of time.
double mean_code(const Imperfections& how, double published, const Elapsed& time) {
  const auto array = test::array_of("mss", 64, tile_lanes, how, 3, {{"published", published}});
  const auto before = test::codes_of(*array);
  array->elapse(time);
  const auto after = test::codes_of(*array);
  double moved = 0;
  for (std::size_t i = 0; i < after.size(); ++i) moved += (after[i] - before[i]) / static_cast<double>(after.size());
  return moved;
}

TEST(Specimen, IsDisturbedByReadsInArraysUnlessToldOtherwise) {
  // 20 000 reads of 1 us at 50 mV under the published law: x moves by 1 - exp(-s t) of its way to a/s = .980, from .5;
  // 8192 memristors of 255 switches: the mean strays by sqrt(255 p (1 - p) / 8192) at most.
  const double slope = 1.380649e-23 * 298 / 1.602176634e-19;
  const double a = 1 / (1 + std::exp((0.27 - 0.05) / slope)) / 1e-5,
               b = 1 / (1 + std::exp((0.27 + 0.05) / slope)) / 1e-5;
  const double gone = -std::expm1(-(a + b) * 0.02);
  const Elapsed reads{.reading = 0.02, .voltage = 0.05};
  EXPECT_NEAR(mean_code({}, 1, reads), 255 * gone * (a / (a + b) - 0.5), 3 * std::sqrt(255 * gone / 4 / 8192) + 0.01);
  EXPECT_GT(mean_code({}, 1, reads), 10);
  // Told otherwise, reading is time at rest, where x stays at .5 in the mean and strays like any.
  EXPECT_NEAR(mean_code({.read_disturb = 0}, 1, reads), 0, 3 * std::sqrt(255 * gone / 4 / 8192) + 0.01);
  EXPECT_EQ(mean_code({}, 0, reads), 0);  // retentive: below v_dead
}

}  // namespace
}  // namespace assimilaate
