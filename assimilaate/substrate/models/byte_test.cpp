#include <gtest/gtest.h>

#include "assimilaate/substrate/internal/test_arrays.hpp"

namespace assimilaate {
namespace {

std::vector<double> moves(const Settings& settings, int count, double width) {
  const auto array = test::array_of("byte", 4, tile_lanes, {}, 3, settings);
  auto before = test::codes_of(*array);
  Events events;
  array->open(0)->pulse(test::everywhere(4, tile_lanes, count), width, 0, events);
  const auto after = test::codes_of(*array);
  for (std::size_t i = 0; i < before.size(); ++i) before[i] = std::round(after[i] - before[i]);
  return before;
}

TEST(Byte, MovesByTheVoltageRounded) {
  // A memristor sees twice the rail: floor(2 V + 1/2) steps (physics.md 3.1).
  for (const auto& [drive, step] : {std::pair{0.5, 1.0}, {0.7, 1.0}, {0.8, 2.0}, {1.0, 2.0}, {2.0, 4.0}}) {
    const auto moved = moves({{"drive", drive}}, 1, 1e-6);
    for (std::size_t i = 0; i < moved.size(); i += 2) EXPECT_EQ(moved[i], step) << drive;
    for (std::size_t i = 1; i < moved.size(); i += 2) EXPECT_EQ(moved[i], -step) << drive;
  }
}

TEST(Byte, IgnoresTheWidthOfAPulseButNotHowManyThereAre) {
  EXPECT_EQ(moves({}, 1, 1e-9), moves({}, 1, 1e-6));
  EXPECT_EQ(moves({}, 3, 1e-6)[0], 3 * moves({}, 1, 1e-6)[0]);
  EXPECT_EQ(moves({}, -3, 1e-6)[0], -3 * moves({}, 1, 1e-6)[0]);
}

TEST(Byte, HasTheValuesOneToTwoHundredAndFiftyFive) {
  for (const Imperfections& imperfections : {Imperfections{}, Imperfections{.stuck = 0.5}}) {
    const auto array = test::array_of("byte", 4, tile_lanes, imperfections);
    test::pulse_all_tiles(*array, 1);
    Events events;
    for (std::uint64_t e = 0; e < 200; ++e) array->open(0)->pulse(test::everywhere(4, tile_lanes, 1), 1e-6, e, events);
    double lowest = 1e9, highest = 0;
    for (std::size_t r = 0; r < 4; ++r)
      for (std::size_t l = 0; l < tile_lanes; ++l) {
        const auto [a, b] = array->conductances(r, l);
        lowest = std::min({lowest, a / 4e-6, b / 4e-6});
        highest = std::max({highest, a / 4e-6, b / 4e-6});
      }
    EXPECT_NEAR(lowest, 1, 1e-9);
    EXPECT_NEAR(highest, 255, 1e-9);
  }
}

}  // namespace
}  // namespace assimilaate
