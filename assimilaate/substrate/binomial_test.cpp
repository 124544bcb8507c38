#include "assimilaate/substrate/binomial.hpp"

#include <gtest/gtest.h>

#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

struct Law {
  int n;
  double mean;
};

/// Bin(n, mean / n), for every pair of n and mean that is one.
std::vector<Law> laws() {
  std::vector<Law> all;
  for (const int n : {8, 64, 255, 1000})
    for (const double mean : {0.01, 0.1, 1.0, 3.0, 9.9, 10.1, 50.0})
      if (mean < n) all.push_back({n, mean});
  return all;
}

class EveryLaw : public testing::TestWithParam<Law> {};

TEST_P(EveryLaw, HasTheMeanTheVarianceAndTheChanceOfNoneOfTheBinomial) {
  const auto [n, mean] = GetParam();
  const double p = mean / n, q = 1 - p, variance = mean * q;
  constexpr int draws = 60'000;
  const Random random(5, static_cast<std::uint32_t>(n));
  double sum = 0, square = 0, none = 0;
  for (int i = 0; i < draws; ++i) {
    const auto bits =
        random.bits(Purpose::Pulse, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(mean * 100));
    const int k = binomial(n, p, uniform53(bits[0], bits[1]));
    ASSERT_GE(k, 0);
    ASSERT_LE(k, n);
    sum += k;
    square += (k - mean) * (k - mean);
    none += k == 0;
  }
  // Four standard errors each; the fourth central moment of Bin(n, p) is npq (1 + 3 (n - 2) pq).
  EXPECT_NEAR(sum / draws, mean, 4 * std::sqrt(variance / draws));
  const double fourth = variance * (1 + 3 * (n - 2) * p * q);
  EXPECT_NEAR(square / draws, variance, 4 * std::sqrt((fourth - variance * variance) / draws));
  const double p0 = std::exp(n * std::log1p(-p));
  EXPECT_NEAR(none / draws, p0, 4 * std::sqrt(p0 * (1 - p0) / draws) + 1e-12);
}

TEST_P(EveryLaw, InvertsTheCumulativeDistribution) {
  const auto [n, mean] = GetParam();
  const double p = mean / n;
  double below = 0, mass = std::exp(n * std::log1p(-p));
  for (int k = 0; k <= n && below + mass < 1 - 1e-9;
       ++k) {  // 1e-9: where the sum of a thousand terms still has nine digits
    if (mass > 1e-9) {
      EXPECT_EQ(p > 0.5 ? n - binomial(n, 1 - p, 1 - (below + mass / 2)) : binomial(n, p, below + mass / 2), k);
    }
    below += mass;
    mass *= p / (1 - p) * (n - k) / (k + 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Binomial, EveryLaw, testing::ValuesIn(laws()), [](const auto& law) {
  return "n" + std::to_string(law.param.n) + "_mean" + std::to_string(static_cast<int>(law.param.mean * 100));
});

TEST(Binomial, IsCertainAtTheEdges) {
  for (const double u : {0x1p-54, 0.5, 1 - 0x1p-53}) {
    EXPECT_EQ(binomial(0, 0.5, u), 0);
    EXPECT_EQ(binomial(255, 0, u), 0);
    EXPECT_EQ(binomial(255, 1, u), 255);
  }
}

TEST(Binomial, AboveOneHalfIsItsOwnMirror) {
  for (int i = 1; i < 1000; ++i) {
    const double u = i / 1000.0;
    EXPECT_EQ(binomial(255, 0.75, u), 255 - binomial(255, 0.25, 1 - u)) << u;
  }
}

TEST(Binomial, RisesWithTheDrawAndWithTheChance) {
  for (int i = 2; i < 1000; ++i) {
    const double u = i / 1000.0;
    EXPECT_GE(binomial(1000, 0.5, u), binomial(1000, 0.5, u - 0.001));
    EXPECT_GE(binomial(255, 0.3, u), binomial(255, 0.2, u));
  }
}

TEST(Uniform53, LiesStrictlyBetweenZeroAndOne) {
  EXPECT_GT(uniform53(0, 0), 0);
  EXPECT_LT(uniform53(~0U, ~0U), 1);
  EXPECT_NEAR(uniform53(0x80000000U, 0), 0.5, 1e-15);
}

}  // namespace
}  // namespace assimilaate
