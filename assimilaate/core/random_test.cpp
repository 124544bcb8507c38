#include "assimilaate/core/random.hpp"

#include <gtest/gtest.h>

namespace assimilaate {
namespace {

using Block = std::array<std::uint32_t, 4>;

// Known answers of philox4x32-10, published with Random123 (kat_vectors).
TEST(Random, PhiloxGivesThePublishedAnswers) {
  constexpr std::uint32_t ones = 0xffffffffU;
  EXPECT_EQ(philox({0, 0}, {0, 0, 0, 0}), (Block{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}));
  EXPECT_EQ(philox({ones, ones}, {ones, ones, ones, ones}),
            (Block{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}));
  EXPECT_EQ(philox({0xa4093822U, 0x299f31d0U}, {0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}),
            (Block{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}));
}

TEST(Random, IsAFunctionOfSeedTargetPurposePlaceAndEvent) {
  const Random random(1, 2);
  const Block here = random.bits(Purpose::Pulse, 3, 4);
  EXPECT_EQ(Random(1, 2).bits(Purpose::Pulse, 3, 4), here);
  EXPECT_NE(Random(2, 2).bits(Purpose::Pulse, 3, 4), here);
  EXPECT_NE(Random(1, 3).bits(Purpose::Pulse, 3, 4), here);
  EXPECT_NE(random.bits(Purpose::Read, 3, 4), here);
  EXPECT_NE(random.bits(Purpose::Pulse, 4, 4), here);
  EXPECT_NE(random.bits(Purpose::Pulse, 3 + (1ULL << 33), 4), here);
  EXPECT_NE(random.bits(Purpose::Pulse, 3, 5), here);
  EXPECT_NE(random.bits(Purpose::Pulse, 3, 4 + (1ULL << 40)), here);
}

TEST(Random, UniformsNeverReachZeroOrOne) {
  EXPECT_GT(Random::to_uniform(0), 0.0);
  EXPECT_LT(Random::to_uniform(0xffffffffU), 1.0);
}

TEST(Random, NormalsHaveTheMomentsOfTheStandardNormal) {
  const Random random(7, 0);
  constexpr int n = 200'000;
  double sum = 0, squares = 0, fourths = 0, products = 0;
  for (int i = 0; i < n; ++i) {
    const auto [x, y] = random.normals(Purpose::Read, static_cast<std::uint64_t>(i));
    sum += x;
    squares += x * x;
    fourths += x * x * x * x;
    products += x * y;
  }
  // Five standard errors: var(x) = 1, var(x^2) = 2, var(x^4) = 105 - 9 = 96, var(xy) = 1.
  const double error = 5 / std::sqrt(n);
  EXPECT_NEAR(sum / n, 0, error);
  EXPECT_NEAR(squares / n, 1, error * std::sqrt(2));
  EXPECT_NEAR(fourths / n, 3, error * std::sqrt(96));
  EXPECT_NEAR(products / n, 0, error);
}

}  // namespace
}  // namespace assimilaate
