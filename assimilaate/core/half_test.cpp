#include "assimilaate/core/half.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace assimilaate {
namespace {

TEST(Half, EveryHalfSurvivesTheWayThroughFloat) {
  for (std::uint32_t h = 0; h < 0x10000; ++h) {
    const auto half = static_cast<std::uint16_t>(h);
    const float value = from_half(half);
    if (std::isnan(value))
      EXPECT_TRUE(std::isnan(from_half(to_half(value))));
    else
      EXPECT_EQ(to_half(value), half);
  }
}

TEST(Half, RoundsToTheNearestAndTiesToEven) {
  for (std::uint16_t h = 0; h < 0x7bff; ++h) {
    const auto next = static_cast<std::uint16_t>(h + 1);
    const float middle = (from_half(h) + from_half(next)) / 2;  // exact: 12 bits of mantissa
    EXPECT_EQ(to_half(middle), h % 2 == 0 ? h : next);
    EXPECT_EQ(to_half(std::nextafter(middle, 0.0F)), h);
    EXPECT_EQ(to_half(std::nextafter(middle, 1e6F)), next);
    EXPECT_EQ(to_half(-middle), (h % 2 == 0 ? h : next) | 0x8000);
  }
}

TEST(Half, KnowsItsLimits) {
  EXPECT_EQ(from_half(0x7bff), 65504.0F);
  EXPECT_EQ(from_half(0x0001), 0x1p-24F);
  EXPECT_EQ(to_half(0x1p-25F), 0);
  EXPECT_EQ(to_half(65519.0F), 0x7bff);
  EXPECT_EQ(to_half(65520.0F), 0x7c00);
  EXPECT_EQ(to_half(std::numeric_limits<float>::denorm_min()), 0);
  EXPECT_EQ(round_to_half(1e9F), 65504.0F);
  EXPECT_EQ(round_to_half(-1e9F), -65504.0F);
}

}  // namespace
}  // namespace assimilaate
