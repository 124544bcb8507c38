/// What every synapse array owes the lanes above it: planes that show the memristors, masks, faults, states.
#include "assimilaate/substrate/synapses.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "assimilaate/substrate/internal/test_arrays.hpp"

namespace assimilaate {
namespace {

using test::array_of;

class EverySynapseArray : public testing::TestWithParam<const MemristorKind*> {
 protected:
  [[nodiscard]] std::string_view name() const { return GetParam()->name; }
};

void expect_planes_show_the_memristors(const SynapseArray& array, const SynapseTile& tile, std::size_t index) {
  const std::size_t lanes = std::min(tile_lanes, array.lanes() - index * tile_lanes);
  std::vector<double> total(tile_lanes);
  for (std::size_t r = 0; r < array.rows(); ++r)
    for (std::size_t l = 0; l < tile_lanes; ++l) {
      total[l] += tile.sum()(r, l);
      if (l >= lanes || array.masked(r, index * tile_lanes + l)) {
        ASSERT_EQ(tile.difference()(r, l), 0) << r << ' ' << l;
        ASSERT_EQ(tile.sum()(r, l), 0) << r << ' ' << l;
        continue;
      }
      const auto [a, b] = array.conductances(r, index * tile_lanes + l);
      // Planes are floats: 24 bits of at most 765 codes, and as much again from sums of rounded parts.
      ASSERT_NEAR(tile.difference()(r, l), (a - b) / array.code_conductance(), 1e-3) << r << ' ' << l;
      ASSERT_NEAR(tile.sum()(r, l), (a + b) / array.code_conductance(), 2e-3) << r << ' ' << l;
    }
  for (std::size_t l = 0; l < tile_lanes; ++l) ASSERT_NEAR(tile.total()[l], total[l], 1e-6 * total[l] + 1e-9) << l;
}

TEST_P(EverySynapseArray, ShowsItsMemristorsInItsPlanesThroughThousandsOfPulses) {
  const auto array = array_of(name(), 20, 70, {0.3, 0.1, 0.05, 0.2});
  for (std::size_t t = 0; t < array->tiles(); ++t) {
    const auto tile = array->open(t);
    expect_planes_show_the_memristors(*array, *tile, t);
    tile->mask(4, 3);
    EXPECT_GT(test::random_pulses(*array, *tile, t, 100, 0.3).pulses, 1000U);
    expect_planes_show_the_memristors(*array, *tile, t);
    expect_planes_show_the_memristors(*array, *array->open(t), t);
  }
}

TEST_P(EverySynapseArray, TakesAMaskedSynapseOutOfReadsAndPulses) {
  const auto array = array_of(name(), 6, 100);
  const auto before = array->conductances(2, tile_lanes + 9);
  const auto tile = array->open(1);
  tile->mask(2, 9);
  tile->mask(2, 9);
  EXPECT_TRUE(array->masked(2, tile_lanes + 9));
  EXPECT_FALSE(array->masked(2, 9));
  EXPECT_EQ(array->masked_synapses(), 1U);
  expect_planes_show_the_memristors(*array, *tile, 1);
  Events events;
  tile->pulse(std::vector<Fire>{{2, 9, 5}}, array->width_for(0.5), 0, events);
  EXPECT_EQ(events.pulses, 0U);
  EXPECT_EQ(array->conductances(2, tile_lanes + 9).a, before.a);
  EXPECT_EQ(array->conductances(2, tile_lanes + 9).b, before.b);
}

TEST_P(EverySynapseArray, HoldsItsStuckMemristorsAtABoundForEver) {
  const auto array = array_of(name(), 40, 100, {.stuck = 0.05});
  // Healthy memristors start ten sigmas away from the bounds.
  const auto at_bound = [](double code) { return code < 1e-6 || code > 254 - 1e-6; };
  const auto before = test::codes_of(*array);
  std::size_t low = 0, high = 0;
  for (const double c : before) low += c < 1e-6, high += at_bound(c) && c > 1;
  EXPECT_EQ(low + high, array->stuck_memristors());
  // 8000 memristors: 400 +- 3 sqrt(8000 * .05 * .95) stuck, of which half low +- 3 sqrt(400) / 2.
  EXPECT_NEAR(static_cast<double>(low + high), 400, 3 * std::sqrt(8000 * 0.05 * 0.95));
  EXPECT_NEAR(static_cast<double>(low), static_cast<double>(low + high) / 2, 1.5 * std::sqrt(400));
  test::pulse_all_tiles(*array, 50, 0.3);
  if (array->continuous())
    for (std::size_t t = 0; t < array->tiles(); ++t) {
      Events events;
      const auto tile = array->open(t);
      for (std::uint32_t r = 0; r < array->rows(); ++r)
        tile->shift(r, std::vector<float>(tile_lanes, r % 2 == 0 ? 9.0F : -9.0F), events);
      expect_planes_show_the_memristors(*array, *tile, t);
    }
  const auto after = test::codes_of(*array);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (at_bound(before[i])) {
      ASSERT_EQ(after[i], before[i]) << i;
    }
  }
}

TEST_P(EverySynapseArray, ComesBackFromItsBytesBitForBit) {
  const auto array = array_of(name(), 7, 100, {0.3, 0.1, 0.05, 0.2}),
             other = array_of(name(), 7, 100, {0.3, 0.1, 0.05, 0.2});
  array->open(1)->mask(3, 7);
  test::pulse_all_tiles(*array, 20);
  const auto bytes = test::state_of(*array);
  EXPECT_NE(test::state_of(*other), bytes);
  test::restore(*other, bytes);
  EXPECT_EQ(test::state_of(*other), bytes);
  EXPECT_EQ(other->masked_synapses(), 1U);
  test::pulse_all_tiles(*array, 20);
  test::pulse_all_tiles(*other, 20);
  EXPECT_EQ(test::state_of(*other), test::state_of(*array));
}

TEST_P(EverySynapseArray, RefusesAStateThatIsNotItsOwnAndKeepsTheOneItHas) {
  const auto array = array_of(name(), 7, 100);
  const auto good = test::state_of(*array);
  const auto refuses = [&](std::span<const std::byte> bytes) {
    try {
      test::restore(*array, bytes);
      ADD_FAILURE() << "accepted";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Errc::Format) << e.what();
    }
    EXPECT_TRUE(test::state_of(*array) == good);
  };
  for (const auto& [rows, lanes] : {std::pair{6U, 100U}, {8U, 100U}, {7U, 200U}})
    refuses(test::state_of(*array_of(name(), rows, lanes)));
  for (std::size_t cut = 0; cut < good.size(); cut += 97) refuses(std::span(good).first(cut));
  auto huge = good;
  std::fill_n(huge.begin(), 8, std::byte{0xFF});  // announces 2^64 - 1 codes
  refuses(huge);
  // Lane 99 is the last there is; its mask is in one byte with those of the next four, which must stay masked.
  array->open(1)->mask(6, 35);
  const auto masked = test::state_of(*array);
  test::restore(*array, good);
  auto unmasked = good;
  const auto differs = std::ranges::mismatch(unmasked, masked).in1;
  ASSERT_NE(differs, unmasked.end());
  *differs = std::byte{0};
  refuses(unmasked);
}

TEST(SynapseArray, OfFloatsRefusesCodesThatAreNoNumberOrOutOfRange) {
  const auto array = array_of("float", 2, 3);
  for (const float code :
       {std::numeric_limits<float>::quiet_NaN(), -1.0F, 255.5F, std::numeric_limits<float>::infinity()}) {
    auto bytes = test::state_of(*array);
    std::memcpy(bytes.data() + 8, &code, sizeof code);
    EXPECT_THROW(test::restore(*array, bytes), Error) << code;
  }
}

TEST(SynapseArray, OfFloatsShowsAShiftThatRunsIntoABound) {
  const auto array = array_of("float", 3, 10);
  const auto tile = array->open(0);
  Events events;
  for (const float by : {300.0F, -20.0F, -900.0F, 1.5F}) {
    tile->shift(1, std::vector<float>(tile_lanes, by), events);
    expect_planes_show_the_memristors(*array, *tile, 0);
  }
  EXPECT_EQ(events.pulses, 4U * 2 * 10);  // of the ten lanes there are
}

INSTANTIATE_TEST_SUITE_P(Synapses, EverySynapseArray,
                         testing::ValuesIn(memristor_catalogue().begin(), memristor_catalogue().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

}  // namespace
}  // namespace assimilaate
