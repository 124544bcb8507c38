#include "assimilaate/teacher/level_coder.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

/// Rounded normal numbers, `spread(r, c)` wide.
template <typename Spread>
Matrix<std::int32_t> normal_levels(std::size_t rows, std::size_t cols, const Spread& spread) {
  const Random random(5, 0);
  Matrix<std::int32_t> levels(rows, cols);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < cols; ++c)
      levels(r, c) = static_cast<std::int32_t>(std::lround(spread(r, c) * random.normal(Purpose::Init, r, c)));
  return levels;
}

/// Entropy of a rounded normal number [bit].
double entropy(double spread) {
  double bits = 0;
  for (int k = -400; k <= 400; ++k) {
    const double s = spread * std::sqrt(2.0);
    const double p = 0.5 * (std::erf((k + 0.5) / s) - std::erf((k - 0.5) / s));
    if (p > 0) bits -= p * std::log2(p);
  }
  return bits;
}

RC_GTEST_PROP(LevelCoder, GivesBackWhatItWasGiven, ()) {
  const auto cols = *rc::gen::inRange<std::size_t>(1, 9);
  const auto values = *rc::gen::container<std::vector<std::int32_t>>(
      rc::gen::oneOf(rc::gen::inRange(-3, 4), rc::gen::inRange(-(1 << 20), (1 << 20) + 1)));
  Matrix<std::int32_t> levels(values.size() / cols, cols);
  std::copy_n(values.begin(), levels.size(), levels.values().begin());
  const auto bytes = code_levels(levels.view());
  RC_ASSERT(decode_levels(bytes, levels.rows(), levels.cols()).value() == levels);
}

TEST(LevelCoder, NothingCostsNothing) {
  EXPECT_EQ(level_bits(Matrix<std::int32_t>().view()), 0);
  // Each bit costs at most .0015 bit at the steepest chance of 1 - 2^-10, after a few hundred bits of learning.
  EXPECT_LT(level_bits(Matrix<std::int32_t>(100, 1000).view()), 100'000 * 0.0015 + 300);
}

TEST(LevelCoder, NormalLevelsCostTheirEntropy) {
  for (const double spread : {0.3, 1.0, 4.0}) {
    const auto levels = normal_levels(100, 500, [&](auto, auto) { return spread; });
    // 50 000 draws: the code length strays by less than .5 %; 2.5 % are what forty adaptive tables cost at this size.
    EXPECT_NEAR(level_bits(levels.view()) / 50'000, entropy(spread), 0.03 * entropy(spread)) << spread;
  }
}

TEST(LevelCoder, LearnsThatRowsFadeAndColumnsDiffer) {
  const auto spread = [](std::size_t r, std::size_t c) { return 8 * std::pow(0.96, r) * (c % 4 == 0 ? 1.0 : 0.15); };
  const auto levels = normal_levels(100, 500, spread);
  double known = 0, pooled = 0;
  for (std::size_t r = 0; r < 100; ++r)
    for (std::size_t c = 0; c < 500; ++c) {
      known += entropy(spread(r, c));
      pooled += spread(r, c) * spread(r, c) / 50'000;
    }
  const double carried = level_bits(levels.view());
  EXPECT_LT(carried, 1.12 * known);                                // whoever was told every spread
  EXPECT_LT(carried, 0.75 * 50'000 * entropy(std::sqrt(pooled)));  // one table for all
}

TEST(LevelCoder, RefusesWhatItCannotCodeAndBytesThatAreNoCode) {
  Matrix<std::int32_t> levels(1, 1, (1 << 20) + 1);
  EXPECT_THROW(static_cast<void>(code_levels(levels.view())), Error);
  const std::vector<std::byte> long_tail(50, std::byte{0x5A});
  const auto decoded = decode_levels(long_tail, 1, 1);
  ASSERT_FALSE(decoded.has_value());
  EXPECT_EQ(decoded.error().code(), Errc::Format);
}

}  // namespace
}  // namespace assimilaate
