#include "assimilaate/aat/internal/halves.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace assimilaate::internal {
namespace {

bool rise_strictly(std::span<const float> levels) {
  return std::ranges::adjacent_find(levels, std::greater_equal<>()) == levels.end();
}

TEST(Halves, NeighboursAreWithoutGap) {
  EXPECT_EQ(next_half(0), 0x1p-24F);
  EXPECT_EQ(previous_half(0), -0x1p-24F);
  EXPECT_EQ(next_half(1), 1 + 0x1p-10F);
  EXPECT_EQ(previous_half(1), 1 - 0x1p-11F);
  EXPECT_EQ(next_half(-1), -1 + 0x1p-11F);
  EXPECT_EQ(next_half(-0x1p-24F), 0);
}

TEST(Halves, SeparatedLevelsRiseStrictlyWhereverTheyWere) {
  for (const float at : {0.0F, 1.0F, -1.0F, 1e-7F, -0x1p-24F, 65504.0F, -65504.0F, 1e30F, -1e30F}) {
    std::vector<float> levels(256, at);
    separate(levels);
    EXPECT_TRUE(rise_strictly(levels)) << at;
    EXPECT_LE(levels.back(), largest_half);
    for (const float v : levels) EXPECT_EQ(round_to_half(v), v);
  }
}

TEST(Halves, SurviveTheWayThroughBytesAndAreCounted) {
  const std::vector<float> values{0, 1, -2.5F, 65504};
  ByteWriter out;
  put_halves(out, values);
  EXPECT_EQ(out.bytes().size(), 8U);
  ByteReader in(out.bytes(), "test");
  EXPECT_EQ(get_halves(in, 4), values);
  EXPECT_THROW((void)get_halves(in, 1), Error);
  ByteReader again(out.bytes(), "test");
  EXPECT_THROW((void)get_halves(again, std::numeric_limits<std::size_t>::max()), Error);
}

TEST(Halves, RefuseInfinity) {
  ByteWriter out;
  out.put<std::uint16_t>(0x7c00);
  ByteReader in(out.bytes(), "test");
  EXPECT_THROW((void)get_halves(in, 1), Error);
}

}  // namespace
}  // namespace assimilaate::internal
