#include "assimilaate/teacher/selection.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

/// Inputs along three directions of falling variance, ten outliers far off in a direction of their own; a linear map.
std::vector<CandidatePool> pool() {
  const Random random(2, 0);
  CandidatePool p{Matrix<float>(400, 8), Matrix<float>(400, 2)};
  for (std::size_t i = 0; i < 400; ++i) {
    for (std::size_t d = 0; d < 3; ++d)
      p.inputs(i, d) = static_cast<float>(random.normal(Purpose::Init, i, d) / (1.0 + static_cast<double>(d)));
    if (i >= 390) p.inputs(i, 3 + (i % 5)) = 2.5F;
    for (std::size_t d = 0; d < 8; ++d) p.outputs(i, d % 2) += p.inputs(i, d) * (d == 4 ? 3.0F : 1.0F);
  }
  return {p};
}

TEST(Selection, EveryWayGivesThatManyDifferentRowsAndIsAFunctionOfItsSeed) {
  for (const auto way : {"random", "pivots", "leverage", "reference"}) {
    const auto rows = select_examples(way, pool(), 60, 1);
    EXPECT_EQ(std::set<std::uint32_t>(rows.begin(), rows.end()).size(), 60U) << way;
    EXPECT_EQ(rows, select_examples(way, pool(), 60, 1)) << way;
  }
  EXPECT_NE(select_examples("random", pool(), 60, 1), select_examples("random", pool(), 60, 2));
}

TEST(Selection, LeverageTakesOutliersFirstAndPivotsTakeWhatExplainsTheRest) {
  const auto outliers = [](const std::vector<std::uint32_t>& rows) {
    return std::ranges::count_if(rows, [](std::uint32_t r) { return r >= 390; });
  };
  EXPECT_GE(outliers(select_examples("leverage", pool(), 8, 1)), 5);
  EXPECT_LE(outliers(select_examples("pivots", pool(), 3, 1)), 0);
}

TEST(Selection, ReferenceTakesWhatTheStudentErrsOn) {
  const auto rows = select_examples("reference", pool(), 40, 1);
  // Outliers along line 4 (answered threefold) are the worst surprise: rows 391 and 396.
  EXPECT_NE(std::ranges::find_if(rows, [](std::uint32_t r) { return r == 391 || r == 396; }), rows.end());
}

TEST(Selection, RidgeStudentLearnsALinearMapAndItsBias) {
  Matrix<float> x(3, 2), y(3, 1);
  x(1, 0) = 1;
  x(2, 1) = 1;
  y(0, 0) = 5;  // bias
  y(1, 0) = 7;  // + 2
  y(2, 0) = 4;  // - 1
  Matrix<float> at(1, 2, 1.0F);
  EXPECT_NEAR(ridge_student(x, y, at, 1e-9)(0, 0), 6, 1e-4);
}

TEST(Selection, RefusesUnknownWaysAndMoreThanThereAre) {
  EXPECT_THROW(check_selection("best"), Error);
  EXPECT_THROW(static_cast<void>(select_examples("pivots", pool(), 401, 1)), Error);
  auto odd = pool();
  odd[0].outputs.resize_rows(10);
  EXPECT_THROW(static_cast<void>(select_examples("pivots", odd, 5, 1)), Error);
}

}  // namespace
}  // namespace assimilaate
