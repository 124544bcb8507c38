/// ReRAM relaxation against the source's polynomials (`physics.md` 3.5).
#include "assimilaate/substrate/models/reram_relaxation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/substrate/preset.hpp"
#include "assimilaate/substrate/specimen.hpp"

namespace assimilaate {
namespace {

constexpr double day = 86400, g_max = 40e-6;

TEST(ReramRelaxation, HasTheSigmaOfTheSourceAndIsLinearInTheLogarithmOfTimeBetween) {
  const double at_second = 0.348 + 16.030 / 2 - 43.853 / 4 + 45.393 / 8 - 16.815 / 16,
               at_day = 0.701 + 22.086 / 2 - 50.773 / 4 + 47.095 / 8 - 16.458 / 16,
               at_two_days = 0.782 + 20.274 / 2 - 43.507 / 4 + 37.062 / 8 - 11.934 / 16;
  EXPECT_NEAR(40 * reram_relaxation_sigma(0.5, 1), at_second, 1e-12);
  EXPECT_NEAR(40 * reram_relaxation_sigma(0.5, day), at_day, 1e-12);
  EXPECT_NEAR(40 * reram_relaxation_sigma(0.5, 2 * day), at_two_days, 1e-12);
  EXPECT_NEAR(40 * reram_relaxation_sigma(0.5, std::sqrt(day)), (at_second + at_day) / 2, 1e-12);
  EXPECT_EQ(reram_relaxation_sigma(0.5, 0), reram_relaxation_sigma(0.5, 1));
  EXPECT_EQ(reram_relaxation_sigma(0.5, 1e9), reram_relaxation_sigma(0.5, 2 * day));
}

TEST(ReramRelaxation, StraysByThatSigmaAtAnyTimeInTwoSpansAsInOne) {
  const auto law = find_memristor("reram-wan").make();
  const double aim = law->lowest() + 0.5 * (law->highest() - law->lowest());
  constexpr int memristors = 10000;
  for (const double seconds : {1.0, 3600.0, day, 1.5 * day}) {
    double sum = 0, squares = 0;
    for (std::uint64_t m = 0; m < memristors; ++m) {
      Specimen specimen(*law, {}, Random(8, 0), {.place = m});
      specimen.set_state({.x = 0.5});
      specimen.pulse({2 * law->drive(), 1e-20}, 0);
      Specimen twice = specimen;
      specimen.idle(seconds, 298, 1);
      twice.idle(seconds / 3, 298, 2);
      twice.idle(2 * seconds / 3, 298, 3);
      ASSERT_NEAR(twice.conductance(), specimen.conductance(), 1e-12 * g_max);
      const double strays = (specimen.conductance() - aim) / g_max;
      sum += strays, squares += strays * strays;
    }
    const double sigma = reram_relaxation_sigma(aim / g_max, seconds);
    EXPECT_NEAR(sum / memristors, 0, 4 * sigma / std::sqrt(memristors)) << seconds;
    EXPECT_NEAR(squares / memristors, sigma * sigma, 4 * sigma * sigma * std::sqrt(2.0 / memristors)) << seconds;
  }
}

TEST(ReramRelaxation, IsProgrammedFromWhereItHasStrayedTo) {
  const auto law = find_memristor("reram-wan").make();
  Specimen specimen(*law, {}, Random(8, 0));
  specimen.set_state({.x = 0.5});
  specimen.idle(day, 298, 1);
  const double strayed = (specimen.conductance() - law->lowest()) / (law->highest() - law->lowest());
  EXPECT_GT(std::abs(strayed - 0.5), 1e-4);
  specimen.pulse({2 * law->drive(), 1e-20}, 2);
  EXPECT_NEAR(specimen.state().x, strayed, 1e-12);
}

}  // namespace
}  // namespace assimilaate
