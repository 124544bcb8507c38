#include "assimilaate/assimilation/calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/assimilation/internal/test_transform.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

const test::LinearMap& map() {
  static const test::LinearMap shared = test::linear_map({.inputs = 30, .outputs = 100, .examples = 20, .held_out = 1});
  return shared;
}

LaneBank bank_of(std::string_view memristor, const Imperfections& imperfections = {}) {
  Profile profile = test::profile_of(memristor);
  profile.imperfections = imperfections;
  return LaneBank({"map", map().input, map().output, {}, 0}, profile);
}

double ratio(const LaneBank& bank, std::size_t row, std::size_t lane) {
  const auto [a, b] = bank.synapses().conductances(row, lane);
  return std::abs(a - b) / (a + b);
}

class CalibrationOfEveryModel : public testing::TestWithParam<const MemristorKind*> {};

TEST_P(CalibrationOfEveryModel, BringsHealthySynapsesToZero) {
  LaneBank bank = bank_of(GetParam()->name);
  const auto report = calibrate(bank);
  std::size_t away = 0;
  for (std::size_t r = 0; r < bank.synapses().rows(); ++r)
    for (std::size_t l = 0; l < bank.synapses().lanes(); ++l) {
      if (bank.synapses().masked(r, l)) continue;
      EXPECT_LE(ratio(bank, r, l), CalibrationOptions{}.refuses);
      away += ratio(bank, r, l) > 2 * CalibrationOptions{}.good_enough;
    }
  EXPECT_EQ(report.synapses, 31U * 100);
  EXPECT_EQ(report.masked, 0U);
  EXPECT_LT(away,
            report.synapses / 100);  // the last couples are weak: they end within twice the wanted, or nearly all do
}

/// Whether the couples of a calibration take a quick healthy memristor so near to a partner that is stuck at the
/// highest or lowest conductance that what is left passes for zero. Quick: three sigmas of .3 above the nominal rate,
/// and from three sigmas of .05 beyond the middle.
bool reaches_the_bound(std::string_view memristor, bool high) {
  const CalibrationOptions how;
  const auto law = make_memristor(memristor, {});
  MemristorState state{.x = high ? 0.65 : 0.35};
  MeanDraws draws;
  const double stuck = high ? law->highest() : law->lowest();
  const auto left = [&] { return std::abs(law->conductance(state) - stuck) / (law->conductance(state) + stuck); };
  for (int round = 0; round < how.rounds && left() > how.good_enough; ++round) {
    const double strength = anneal(how.strength_first, how.strength_last, static_cast<double>(round) / how.rounds);
    law->pulse(state, {(high ? 2 : -2) * law->drive(), law->width_for(strength)}, {.gain = 1.9}, draws);
  }
  return left() <= how.refuses;
}

TEST_P(CalibrationOfEveryModel, MasksTheStuckSynapsesThatItCanSeeAndFewHealthyOnes) {
  LaneBank bank = bank_of(GetParam()->name, {.step_variation = 0.3, .stuck = 0.05});
  enum End { Healthy, Low, High };
  const auto end = [&](double g) {
    const double code = (g - bank.synapses().lowest_conductance()) / bank.synapses().code_conductance();
    return code < 0.5 ? Low : code > 253.5 ? High : Healthy;
  };
  Matrix<int> stuck(bank.synapses().rows(), bank.synapses().lanes()), hidden = stuck;
  // At the top of the range sums are large and what is left may pass for zero; at the bottom it says much more. A model
  // whose steps do not shrink before a bound meets its stuck partner there and is at zero like a healthy synapse; and
  // so are two that are stuck alike. All others must be seen.
  const bool hides_low = reaches_the_bound(GetParam()->name, false),
             hides_high = reaches_the_bound(GetParam()->name, true);
  for (std::size_t r = 0; r < stuck.rows(); ++r)
    for (std::size_t l = 0; l < stuck.cols(); ++l) {
      const auto [a, b] = bank.synapses().conductances(r, l);
      const End of_a = end(a), of_b = end(b), either = of_a == Healthy ? of_b : of_a;
      stuck(r, l) = either != Healthy;
      hidden(r, l) = of_a == of_b || ((of_a == Healthy || of_b == Healthy) && (either == Low ? hides_low : hides_high));
    }
  const auto report = calibrate(bank);
  std::size_t damaged = 0, kept = 0, lost = 0;
  for (std::size_t r = 0; r < stuck.rows(); ++r)
    for (std::size_t l = 0; l < stuck.cols(); ++l) {
      const bool masked = bank.synapses().masked(r, l);
      damaged += stuck(r, l) != 0;
      kept += stuck(r, l) != 0 && !masked;
      lost += stuck(r, l) == 0 && masked;
      if (stuck(r, l) != 0 && hidden(r, l) == 0) {
        EXPECT_TRUE(masked) << r << ' ' << l;
      }
    }
  EXPECT_NEAR(static_cast<double>(damaged), 3100 * 0.0975, 3 * std::sqrt(3100 * 0.0975 * 0.9025));
  EXPECT_LT(lost, 31U);  // 1 %
  EXPECT_EQ(report.masked, damaged - kept + lost);
}

INSTANTIATE_TEST_SUITE_P(Calibration, CalibrationOfEveryModel,
                         testing::ValuesIn(memristor_catalogue().begin(), memristor_catalogue().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

TEST(Calibration, CountsItsPulsesReadsAndComparisons) {
  LaneBank bank = bank_of("mss");
  const auto before = test::state_of(bank);
  const auto report = calibrate(bank, {.rounds = 5});
  EXPECT_NE(test::state_of(bank), before);
  EXPECT_EQ(report.events.comparisons, 6U * report.synapses);
  EXPECT_EQ(report.events.synapse_reads, 6U * report.synapses);
  EXPECT_GT(report.events.pulses, report.synapses);
  EXPECT_LE(report.events.pulses, 2U * 5 * report.synapses);
  EXPECT_GT(report.events.pulse_dissipation, 0);
  EXPECT_GT(report.events.read_dissipation, 0);
  EXPECT_GT(report.events.pulse_seconds, 0);
  EXPECT_GT(report.events.read_seconds, 0);
}

TEST(Calibration, OfChosenSynapsesLeavesTheOthersAsTheyAre) {
  for (const char* memristor : {"mss", "float"}) {
    LaneBank bank = bank_of(memristor), other = bank_of(memristor);
    SynapseSet chosen(bank.synapses());
    for (std::size_t l = 0; l < 100; l += 7) chosen.insert(l % 31, l);
    for (auto* b : {&bank, &other})
      for (std::size_t t = 0; t < 2; ++t) {
        const auto tile = b->synapses().open(t);
        for (std::uint32_t r = 0; r < 31; ++r)
          for (std::uint16_t l = 0; l < (t == 0 ? 64 : 36); ++l) tile->replace(r, l);
      }
    const auto report = calibrate(bank, {}, &chosen);
    EXPECT_EQ(report.synapses, 15U);
    EXPECT_EQ(report.masked, 0U);
    for (std::size_t r = 0; r < 31; ++r)
      for (std::size_t l = 0; l < 100; ++l) {
        if (chosen.contains(r, l))
          EXPECT_LE(ratio(bank, r, l), CalibrationOptions{}.refuses);
        else
          EXPECT_EQ(ratio(bank, r, l), ratio(other, r, l));
      }
  }
}

TEST(Calibration, HearsTheReadNoiseOfTheProfileAndStillMasksFewHealthySynapses) {
  Profile profile = test::profile_of("mss");
  profile.noise = ReadNoise::parse("emulator");
  LaneBank noisy({"map", map().input, map().output, {}, 0}, profile), quiet = bank_of("mss");
  const auto heard = calibrate(noisy), clean = calibrate(quiet);
  EXPECT_NE(test::state_of(noisy), test::state_of(quiet));
  EXPECT_GT(heard.events.synapse_reads, clean.events.synapse_reads);
  // Flicker of one synapse is about .02 / sqrt(.3) = .04: a first look beyond .06 is common, a mean of eight is not.
  EXPECT_LT(heard.masked, heard.synapses / 50);
  double square = 0;
  for (std::size_t r = 0; r < 31; ++r)
    for (std::size_t l = 0; l < 100; ++l) square += std::pow(ratio(noisy, r, l), 2) / 3100;
  EXPECT_LT(std::sqrt(square), 0.04);
  LaneBank damaged({"map", map().input, map().output, {}, 0}, [&] {
    Profile p = profile;
    p.imperfections.stuck_low = 0.1;
    return p;
  }());
  EXPECT_GT(calibrate(damaged).masked, 3100U * 0.15);  // one of two low: y far from 0; 18 % of synapses
}

TEST(Calibration, IsAFunctionOfItsSeedAndNotOfTheThreads) {
  const auto run = [] {
    LaneBank bank = bank_of("mss", {0.3, 0.1, 0.05, 0.1});
    static_cast<void>(calibrate(bank));
    return test::state_of(bank);
  };
  const auto expected = run();
  for (const int threads : {1, 2}) {
    set_threads(threads);
    EXPECT_EQ(run(), expected);
  }
  set_threads(0);
}

}  // namespace
}  // namespace assimilaate
