#include "assimilaate/teacher/selection.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

/// Normal numbers whose spread falls from column to column.
Matrix<float> cloud(std::size_t n, std::size_t dims) {
  const Random random(4, 0);
  Matrix<float> x(n, dims);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t d = 0; d < dims; ++d)
      x(i, d) = static_cast<float>(random.normal(Purpose::Select, d, i) / static_cast<double>(1 + d));
  return x;
}

/// Trace of K - K_s (K_ss + noise)^-1 K_s^T, by observing one row after the other.
double variance_left(const Matrix<float>& x, std::span<const std::uint32_t> rows, double noise) {
  const std::size_t n = x.rows();
  Matrix<double> k(n, n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t d = 0; d < x.cols(); ++d) k(i, j) += double{x(i, d)} * x(j, d);
  double mean = 0;
  for (std::size_t i = 0; i < n; ++i) mean += k(i, i) / static_cast<double>(n);
  for (const auto r : rows) {
    const std::vector<double> column(k.row(r).begin(), k.row(r).end());
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) k(i, j) -= column[i] * column[j] / (column[r] + noise * mean);
  }
  double trace = 0;
  for (std::size_t i = 0; i < n; ++i) trace += k(i, i);
  return trace;
}

TEST(SelectRows, LeavesLessVarianceThanRandomRowsDo) {
  const auto x = cloud(80, 12);
  const auto chosen = select_rows(x.view(), 8);
  std::vector<std::uint32_t> first(8);
  for (std::uint32_t i = 0; i < 8; ++i) first[i] = i;  // the rows of a cloud are in no order
  EXPECT_LT(variance_left(x, chosen, 0.01), 0.6 * variance_left(x, first, 0.01));
}

TEST(SelectRows, TakesTheBestRowFirst) {
  const auto x = cloud(40, 6);
  const auto best = select_rows(x.view(), 1).front();
  const double chosen = variance_left(x, std::vector{best}, 0.01);
  for (std::uint32_t i = 0; i < 40; ++i)
    EXPECT_LE(chosen, variance_left(x, std::vector{i}, 0.01) * (1 + 1e-5)) << i;  // floats
}

TEST(SelectRows, AreDifferentAndBeginWithTheSelectionOfFewer) {
  const auto x = cloud(50, 5);
  const auto many = select_rows(x.view(), 50), few = select_rows(x.view(), 10);
  EXPECT_EQ(std::set(many.begin(), many.end()).size(), 50U);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
}

TEST(SelectRows, BearsRowsThatAreAllAlike) {
  EXPECT_EQ(select_rows(Matrix<float>(5, 3).view(), 5).size(), 5U);
  EXPECT_THROW(static_cast<void>(select_rows(Matrix<float>(5, 3).view(), 6)), Error);
  EXPECT_THROW(static_cast<void>(select_rows(Matrix<float>(9000, 1).view(), 1)), Error);
}

TEST(JointFeatures, CountEveryInputAlikeAndEndInAConstant) {
  Matrix<float> loud = cloud(60, 4), quiet = cloud(60, 7);
  for (float& v : loud.values()) v = 100 * v + 5;
  const std::vector<Matrix<float>> inputs{loud, quiet};
  const auto features = joint_features(inputs);
  ASSERT_EQ(features.cols(), 12U);
  double first = 0, second = 0, mean = 0;
  for (std::size_t i = 0; i < 60; ++i) {
    for (std::size_t d = 0; d < 4; ++d) first += std::pow(features(i, d), 2) / 60;
    for (std::size_t d = 4; d < 11; ++d) second += std::pow(features(i, d), 2) / 60;
    mean += features(i, 0) / 60;
    EXPECT_EQ(features(i, 11), 1);
  }
  EXPECT_NEAR(first, 1, 1e-4);
  EXPECT_NEAR(second, 1, 1e-4);
  EXPECT_NEAR(mean, 0, 1e-5);
}

}  // namespace
}  // namespace assimilaate
