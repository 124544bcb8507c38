/// Phase-change memory after programming against the source's equations (`physics.md` 3.4).
#include "assimilaate/substrate/models/pcm.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/substrate/preset.hpp"
#include "assimilaate/substrate/specimen.hpp"

namespace assimilaate {
namespace {

constexpr double g_max = 25e-6;  // [S]

TEST(Pcm, HasTheNoiseAndDriftOfTheSourceByConductance) {
  EXPECT_NEAR(pcm_programming_sigma(0.5) * 25, 0.26348 + 0.9825 - 0.293275, 1e-12);
  EXPECT_NEAR(pcm_drift(0.1).mean, 0.0244 + 0.0155 * std::log(10), 1e-12);
  EXPECT_NEAR(pcm_drift(0.1).sigma, -0.0059 + 0.0125 * std::log(10), 1e-12);
  EXPECT_EQ(pcm_drift(1).mean, 0.049);
  EXPECT_EQ(pcm_drift(0).mean, 0.1);
  EXPECT_EQ(pcm_drift(0).sigma, 0.045);
  EXPECT_NEAR(pcm_read_sigma(1, 0), 0.0088 * std::sqrt(std::log((20 + 250e-9) / 500e-9)), 1e-12);
  EXPECT_NEAR(pcm_read_sigma(1e-3, 1e6) / 0.2, std::sqrt(std::log((1e6 + 20) / 500e-9)), 1e-6);
}

/// A memristor brought to mid range and programmed there by a pulse too short to move it.
Specimen programmed(const Memristor& law, std::uint64_t place) {
  Specimen specimen(law, {}, Random(6, 0), {.place = place});
  specimen.set_state({.x = 0.5});
  specimen.pulse({2 * law.drive(), 1e-20}, 0);
  return specimen;
}

TEST(Pcm, IsProgrammedWithThatNoiseAndDriftsWithThatExponent) {
  const auto law = find_memristor("pcm-inference").make();
  const double aim = law->lowest() + 0.5 * (law->highest() - law->lowest()), g = aim / g_max;
  constexpr int memristors = 10000;
  double sum = 0, squares = 0, exponents = 0;
  for (std::uint64_t m = 0; m < memristors; ++m) {
    Specimen specimen = programmed(*law, m);
    const double before = specimen.conductance(), error = (before - aim) / g_max;
    sum += error, squares += error * error;
    specimen.idle(1e5, 298, 1);
    exponents -= std::log(specimen.conductance() / before) / std::log((1e5 + 20) / 20);
  }
  const double sigma = pcm_programming_sigma(g);
  EXPECT_NEAR(sum / memristors, 0, 4 * sigma / std::sqrt(memristors));
  EXPECT_NEAR(squares / memristors, sigma * sigma, 4 * sigma * sigma * std::sqrt(2.0 / memristors));
  // |N(.049, .008)|: the sign changes beyond six sigmas.
  EXPECT_NEAR(exponents / memristors, pcm_drift(g).mean, 4 * pcm_drift(g).sigma / std::sqrt(memristors));
}

TEST(Pcm, DriftsInTwoSpansAsInOneAndStartsAgainWhenItIsPulsed) {
  const auto law = find_memristor("pcm-inference").make();
  Specimen once = programmed(*law, 3), twice = once;
  const double fresh = once.conductance();
  once.idle(5000, 298, 1);
  twice.idle(1000, 298, 2);
  twice.idle(4000, 298, 3);
  EXPECT_NEAR(twice.conductance(), once.conductance(), 1e-12 * fresh);
  EXPECT_LT(once.conductance(), 0.9 * fresh);
  once.pulse({2 * law->drive(), 1e-20}, 4);
  EXPECT_EQ(once.state().more[0], 0);
  EXPECT_NEAR(once.conductance(), fresh, 8 * pcm_programming_sigma(0.5) * g_max);  // two draws of programming noise
}

TEST(Pcm, KeepsWhatAHalfSelectedPulseFinds) {
  const auto law = find_memristor("pcm-inference").make();
  Specimen specimen = programmed(*law, 3);
  specimen.idle(100, 298, 1);
  const auto before = specimen.state();
  specimen.pulse({law->drive(), 1e-3}, 2);
  EXPECT_EQ(specimen.state(), before);
}

}  // namespace
}  // namespace assimilaate
