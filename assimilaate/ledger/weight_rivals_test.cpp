#include "assimilaate/ledger/weight_rivals.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

Matrix<float> normal(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  const Random random(seed, 0);
  Matrix<float> m(rows, cols);
  for (std::size_t i = 0; i < m.size(); ++i) m.values()[i] = static_cast<float>(random.normal(Purpose::Init, i));
  return m;
}

/// Activations of rank about 4 in `cols` lines, with a little noise.
Matrix<float> correlated(std::size_t rows, std::size_t cols) {
  const auto z = normal(rows, 4, 11), mix = normal(4, cols, 12), noise = normal(rows, cols, 13);
  Matrix<float> x(rows, cols);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t c = 0; c < cols; ++c) {
      x(i, c) = 0.05F * noise(i, c);
      for (std::size_t k = 0; k < 4; ++k) x(i, c) += z(i, k) * mix(k, c);
    }
  return x;
}

/// Mean squared difference of the outputs over their mean square.
double lost(const Matrix<float>& w, const Matrix<float>& moved, const Matrix<float>& x) {
  double error = 0, power = 0;
  for (std::size_t i = 0; i < x.rows(); ++i)
    for (std::size_t o = 0; o < w.rows(); ++o) {
      double a = 0, b = 0;
      for (std::size_t c = 0; c < x.cols(); ++c) {
        a += double{w(o, c)} * x(i, c);
        b += double{moved(o, c)} * x(i, c);
      }
      error += (a - b) * (a - b);
      power += a * a;
    }
  return error / power;
}

TEST(WeightRivals, RoundingThatLooksAtTheInputsLosesFarLessWhereTheyAreCorrelated) {
  const auto w = normal(20, 48, 1), x = correlated(300, 48);
  const auto aware = error_aware_weights(w.view(), x.view(), 1.0);
  Matrix<float> plain = w;
  for (std::size_t o = 0; o < 20; ++o) {
    double power = 0;
    for (const float v : w.row(o)) power += v * v / 48;
    for (float& v : plain.row(o)) v = static_cast<float>(std::nearbyint(v / std::sqrt(power)) * std::sqrt(power));
  }
  EXPECT_LT(lost(w, aware.weights, x), 0.2 * lost(w, plain, x));
}

TEST(WeightRivals, AFineStepLosesNothingAndACoarseOneCostsLess) {
  const auto w = normal(10, 32, 1), x = normal(200, 32, 2);
  const auto fine = error_aware_weights(w.view(), x.view(), 0.01), coarse = error_aware_weights(w.view(), x.view(), 2);
  // White inputs: the error of rounding is step^2 / 12 of the weights' power.
  EXPECT_LT(lost(w, fine.weights, x), 2 * 1e-4 / 12);
  EXPECT_LT(coarse.entropy_bits, 0.4 * fine.entropy_bits);
  EXPECT_GT(coarse.entropy_bits, 10 * 32);
}

TEST(WeightRivals, LowRankFactorsKeepWhatTheInputsUse) {
  const auto w = normal(40, 48, 1), x = correlated(300, 48);
  const auto four = low_rank_weights(w.view(), x.view(), 4, 8);
  // Four directions carry all but .05^2 * 48 of about 4 * 48: .06 %; 8 bits add (2/255)^2 ... both far below 1 %.
  EXPECT_LT(lost(w, four.weights, x), 0.01);
  EXPECT_GT(lost(w, low_rank_weights(w.view(), x.view(), 2, 8).weights, x), 0.1);
  EXPECT_LT(four.entropy_bits, 4 * (40 + 48) * 8 + 2 * 4 * 16 + 40 * 16);
  EXPECT_GT(four.entropy_bits, 4 * (40 + 48) * 4 + 2 * 4 * 16 + 40 * 16);
}

TEST(WeightRivals, TheMendedBiasKeepsTheMeanOutput) {
  const auto w = normal(5, 8, 1);
  Matrix<float> x = normal(50, 8, 2), moved = w;
  for (float& v : x.values()) v += 3;
  for (float& v : moved.values()) v = std::nearbyint(v);
  const std::vector<float> bias(5, 1.0F);
  const auto mended = mended_bias(bias, w.view(), moved.view(), x.view());
  for (std::size_t o = 0; o < 5; ++o) {
    double before = bias[o], after = mended[o];
    for (std::size_t i = 0; i < 50; ++i)
      for (std::size_t c = 0; c < 8; ++c) {
        before += double{w(o, c)} * x(i, c) / 50;
        after += double{moved(o, c)} * x(i, c) / 50;
      }
    EXPECT_NEAR(before, after, 1e-4);
  }
}

TEST(WeightRivals, RefuseWhatDoesNotFit) {
  const auto w = normal(5, 8, 1), x = normal(50, 8, 2);
  EXPECT_THROW(static_cast<void>(error_aware_weights(w.view(), normal(50, 7, 2).view(), 1)), Error);
  EXPECT_THROW(static_cast<void>(error_aware_weights(w.view(), x.view(), 0)), Error);
  EXPECT_THROW(static_cast<void>(low_rank_weights(w.view(), x.view(), 6, 4)), Error);
  EXPECT_THROW(static_cast<void>(low_rank_weights(w.view(), x.view(), 0, 4)), Error);
  Matrix<float> broken = x;
  broken(3, 3) = std::nanf("");
  EXPECT_THROW(static_cast<void>(error_aware_weights(w.view(), broken.view(), 1)), Error);
}

}  // namespace
}  // namespace assimilaate
