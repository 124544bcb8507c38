#include "assimilaate/substrate/lanes.hpp"

#include <gtest/gtest.h>

#include "assimilaate/core/random.hpp"
#include "assimilaate/substrate/lanes_reference.hpp"

namespace assimilaate {
namespace {

Matrix<float> noise(std::size_t rows, std::size_t cols, std::uint32_t salt, float scale) {
  const Random random(7, salt);
  Matrix<float> m(rows, cols);
  for (std::size_t i = 0; i < m.size(); ++i)
    m.values()[i] = scale * static_cast<float>(random.normal(Purpose::Init, i));
  return m;
}

/// Every SIMD target this processor can run.
class EveryTarget : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { force_lane_target(GetParam()); }
  void TearDown() override { force_lane_target(""); }
};

TEST_P(EveryTarget, ReadsATileAsTheReferenceDoes) {
  for (const std::size_t rows : {1, 7, 785})
    for (const std::size_t block : {1, 3, 4, 8, 9}) {
      const auto difference = noise(rows, tile_lanes, 1, 100), drives = noise(block, rows, 2, 0.3F);
      Matrix<float> got(block, tile_lanes), expected(block, tile_lanes);
      read_tile(difference.view(), drives.view(), got.view());
      reference::read_tile(difference.view(), drives.view(), expected.view());
      EXPECT_EQ(got, expected) << rows << " rows, " << block << " examples";
    }
}

TEST_P(EveryTarget, ReadsSomeRowsOfATileWithTheDrivesOfThoseRows) {
  const auto difference = noise(40, tile_lanes, 1, 100), drives = noise(5, 40, 2, 0.3F);
  Matrix<float> got(5, tile_lanes), expected(5, tile_lanes), whole(5, tile_lanes);
  read_tile(difference.slice(7, 20), drives.view(), got.view(), 7);
  reference::read_tile(difference.slice(7, 20), drives.view(), expected.view(), 7);
  EXPECT_EQ(got, expected);
  Matrix<float> there = drives;  // by hand: the other rows are not driven
  for (std::size_t b = 0; b < 5; ++b)
    for (std::size_t r = 0; r < 40; ++r)
      if (r < 7 || r >= 27) there(b, r) = 0;
  read_tile(difference.view(), there.view(), whole.view());
  EXPECT_EQ(got, whole);
}

TEST_P(EveryTarget, ReadsSelectedRowsAsTheReferenceDoes) {
  const auto difference = noise(50, tile_lanes, 1, 100), sum = noise(50, tile_lanes, 3, 100);
  const std::vector<std::uint32_t> rows{3, 17, 49, 0};
  std::vector<float> n(tile_lanes), m(tile_lanes), n0(tile_lanes), m0(tile_lanes);
  read_rows(difference.view(), sum.view(), rows, n, m);
  reference::read_rows(difference.view(), sum.view(), rows, n0, m0);
  EXPECT_EQ(n, n0);
  EXPECT_EQ(m, m0);
}

TEST_P(EveryTarget, AccumulatesAndFiresAsTheReferenceDoes) {
  for (const int limit : {1, 4, 8}) {
    const auto drives = noise(8, 37, 2, 0.3F);
    Matrix<std::int8_t> got(37, tile_lanes), expected(37, tile_lanes);
    std::vector<Fire> fires, expected_fires;
    for (std::uint64_t event = 0; event < 20; ++event) {
      const auto signals = noise(8, tile_lanes, 5 + static_cast<std::uint32_t>(event), 1.5F);
      accumulate_tile(drives.view(), signals.view(), limit, event << 33, got.view(), fires);
      reference::accumulate_tile(drives.view(), signals.view(), limit, event << 33, expected.view(), expected_fires);
    }
    EXPECT_EQ(got, expected);
    ASSERT_EQ(fires.size(), expected_fires.size());
    EXPECT_GT(fires.size(), 100U);
    for (std::size_t i = 0; i < fires.size(); ++i) {
      EXPECT_EQ(fires[i].row, expected_fires[i].row);
      EXPECT_EQ(fires[i].lane, expected_fires[i].lane);
      EXPECT_EQ(fires[i].count, expected_fires[i].count);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Lanes, EveryTarget, testing::ValuesIn(lane_targets()),
                         [](const auto& target) { return target.param; });

TEST(Counter, RoundsWithoutBias) {
  // 20 000 increments of .1 count at 64 lanes: the mean count is .1 +- 4 sigma, sigma = sqrt(.09 / 1.28e6).
  Matrix<float> drives(1, 1, 1.0F), signals(1, tile_lanes, 0.1F);
  Matrix<std::int8_t> counters(1, tile_lanes);
  std::vector<Fire> fires;
  for (std::uint64_t event = 0; event < 20'000; ++event)
    accumulate_tile(drives.view(), signals.view(), 1, event, counters.view(), fires);
  EXPECT_NEAR(static_cast<double>(fires.size()) / (20'000.0 * tile_lanes), 0.1, 4 * std::sqrt(0.09 / 1.28e6));
}

}  // namespace
}  // namespace assimilaate
