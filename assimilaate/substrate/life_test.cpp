/// What happens to synapses during a life, for every memristor model: damage, replacement, masks that are lifted.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "assimilaate/substrate/internal/test_arrays.hpp"
#include "assimilaate/substrate/pulse_trace.hpp"

namespace assimilaate {
namespace {

using test::array_of;

constexpr std::size_t rows = 9, lanes = 100;
const Imperfections unlike{.step_variation = 0.3, .bound_variation = 0.1, .cycle_variation = 0.2, .stuck = 0.05};

class LifeOfEveryModel : public testing::TestWithParam<const MemristorKind*> {
 protected:
  [[nodiscard]] std::string_view name() const { return GetParam()->name; }
  void TearDown() override { set_threads(0); }
};
INSTANTIATE_TEST_SUITE_P(Life, LifeOfEveryModel,
                         testing::ValuesIn(memristor_catalogue().begin(), memristor_catalogue().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

/// Every kind of event on one tile.
void live(SynapseArray& array, std::size_t index) {
  const auto tile = array.open(index);
  test::random_pulses(array, *tile, index, 5);
  for (std::uint32_t r = 0; r < array.rows(); ++r) {
    const std::size_t count = std::min(tile_lanes, array.lanes() - index * tile_lanes);
    for (std::uint16_t l = static_cast<std::uint16_t>(r % 4); l < count; l = static_cast<std::uint16_t>(l + 4)) {
      if (l % 3 == 0) tile->stick(r, l, l % 2 == 0 ? Side::A : Side::B, r % 2 == 0);
      if (l % 5 == 0) tile->replace(r, l);
      if (l % 10 == 0) tile->replace(r, l);
      if (l % 7 == 0) tile->mask(r, l);
      if (l % 14 == 0) tile->unmask(r, l);
    }
  }
  test::random_pulses(array, *tile, index, 5, 0.05, 1);
}

TEST_P(LifeOfEveryModel, IsTheSameForAnyNumberOfThreadsAndAnyOrderOfTiles) {
  for (const Imperfections& how : {Imperfections{}, unlike}) {
    const auto forwards = array_of(name(), rows, lanes, how), backwards = array_of(name(), rows, lanes, how);
    for (std::size_t t = 0; t < 2; ++t) live(*forwards, t);
    for (std::size_t t = 2; t-- > 0;) live(*backwards, t);
    EXPECT_EQ(test::state_of(*forwards), test::state_of(*backwards));
    for (const int threads : {1, 2}) {
      set_threads(threads);
      const auto array = array_of(name(), rows, lanes, how);
      parallel_for(array->tiles(), [&](std::size_t t) { live(*array, t); });
      EXPECT_EQ(test::state_of(*array), test::state_of(*forwards)) << threads << " threads";
    }
  }
}

TEST_P(LifeOfEveryModel, LeavesADamagedMemristorAtItsOwnBoundForEver) {
  for (const Imperfections& how : {Imperfections{}, unlike}) {
    const auto array = array_of(name(), rows, lanes, how);
    const auto tile = array->open(1);
    const std::size_t stuck_before = array->stuck_memristors();
    tile->stick(2, 5, Side::A, true);
    tile->stick(3, 5, Side::B, false);
    EXPECT_GE(array->stuck_memristors(), how.stuck > 0 ? stuck_before : 2);
    const Conductances high = array->conductances(2, tile_lanes + 5), low = array->conductances(3, tile_lanes + 5);
    if (how == Imperfections{}) {
      EXPECT_NEAR(high.a, array->highest_conductance(), 1.1 * array->code_conductance());
      EXPECT_NEAR(low.b, array->lowest_conductance(), 1.1 * array->code_conductance());
    }
    Events events;
    for (std::uint64_t e = 0; e < 20; ++e)
      tile->pulse(test::everywhere(rows, 36, e < 4 ? 1 : -1), array->width_for(0.1), e, events);
    tile->elapse({.idle = 1, .event = 77});
    EXPECT_EQ(array->conductances(2, tile_lanes + 5).a, high.a);
    EXPECT_EQ(array->conductances(3, tile_lanes + 5).b, low.b);
    EXPECT_EQ(events.pulses, 20U * rows * 36 * 2);  // who is stuck does not know: pulses are spent on it
    if (how == Imperfections{}) {
      EXPECT_NE(array->conductances(2, tile_lanes + 5).b, high.b);
    }
    EXPECT_NEAR(tile->sum()(2, 5),
                tile->difference()(2, 5) + 2 * (array->conductances(2, tile_lanes + 5).b) / array->code_conductance(),
                1e-2);
  }
}

TEST_P(LifeOfEveryModel, PutsUnlikeSynapsesInThePlaceOfOthersAndTouchesNoneBeside) {
  const auto array = array_of(name(), rows, lanes, unlike);
  const auto before = test::codes_of(*array);
  std::set<double> drawn;
  for (std::uint32_t g = 1; g <= 40; ++g) {
    array->open(1)->replace(4, 9);
    EXPECT_EQ(array->generation(4, tile_lanes + 9), g);
    drawn.insert(array->conductances(4, tile_lanes + 9).a);
  }
  EXPECT_EQ(array->generation(4, 9), 0U);
  EXPECT_GT(drawn.size(), 30U);  // 40 draws of 255 steps or more: six or seven pairs of equals would be chance at 5 %
  auto after = test::codes_of(*array);
  const std::size_t at = 2 * (4 * lanes + tile_lanes + 9);
  EXPECT_NE(after[at], before[at]);
  for (const std::size_t i : {at, at + 1}) after[i] = before[i];
  EXPECT_EQ(after, before);
}

TEST_P(LifeOfEveryModel, DrawsNewSynapsesAnywhereInTheirRangeAndAsFaultyAsThePlanSays) {
  const auto array = array_of(name(), 40, lanes, {.stuck = 0.3});
  for (std::size_t t = 0; t < array->tiles(); ++t) {
    const auto tile = array->open(t);
    for (std::uint32_t r = 0; r < 40; ++r)
      for (std::uint16_t l = 0; l < std::min(tile_lanes, lanes - t * tile_lanes); ++l) tile->replace(r, l);
  }
  constexpr double n = 40 * lanes * 2;
  EXPECT_NEAR(static_cast<double>(array->stuck_memristors()), 0.3 * n, 4 * std::sqrt(n * 0.3 * 0.7));
  double sum = 0, square = 0, inside = 0;
  for (const double code : test::codes_of(*array))
    if (code > 0.5 && code < 253.5) sum += code, square += code * code, inside += 1;
  const double mean = sum / inside, sigma = std::sqrt(square / inside - mean * mean);
  EXPECT_NEAR(mean, 127.5, 4 * 73.6 / std::sqrt(inside));
  EXPECT_NEAR(sigma, 255 / std::sqrt(12.0), 2.5);
}

TEST_P(LifeOfEveryModel, IsSavedAndRestoredExactlyAndCanBeRolledBack) {
  for (const Imperfections& how : {Imperfections{}, unlike}) {
    const auto array = array_of(name(), rows, lanes, how), other = array_of(name(), rows, lanes, how);
    const auto young = test::state_of(*array);
    for (std::size_t t = 0; t < 2; ++t) live(*array, t);
    const auto old = test::state_of(*array);
    const std::size_t stuck = array->stuck_memristors();
    test::restore(*other, old);
    EXPECT_EQ(test::state_of(*other), old);
    EXPECT_EQ(other->stuck_memristors(), stuck);
    EXPECT_EQ(other->generation(0, 0), array->generation(0, 0));
    for (const auto* a : {&array, &other}) test::pulse_all_tiles(**a, 10, 0.2);
    EXPECT_EQ(test::state_of(*other), test::state_of(*array));

    test::restore(*array, young);
    EXPECT_EQ(test::state_of(*array), young);
    const auto untouched = array_of(name(), rows, lanes, how);
    EXPECT_EQ(array->stuck_memristors(), untouched->stuck_memristors());
    for (const auto* a : {&array, &untouched}) test::pulse_all_tiles(**a, 10, 0.2);
    EXPECT_EQ(test::state_of(*array), test::state_of(*untouched));
  }
}

TEST(Life, RefusesFatesOfAnotherSizeAndOfLanesThatAreNot) {
  const auto array = array_of("mss", 2, 3);
  const auto plain = test::state_of(*array);
  array->open(0)->replace(0, 2);
  auto bytes = test::state_of(*array);
  const std::size_t words = 2 * tile_lanes, fates = bytes.size() - 4 * words;
  const auto refused = [&](std::span<const std::byte> state) {
    try {
      test::restore(*array, state);
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_EQ(refused(bytes), "");
  bytes[fates + 4 * 3] = std::byte{4};
  EXPECT_NE(refused(bytes).find("beyond the 3"), std::string::npos) << refused(bytes);
  bytes[fates - 8] = std::byte{words - 1};
  bytes.resize(bytes.size() - 4);
  EXPECT_NE(refused(bytes).find("fates of 127"), std::string::npos) << refused(bytes);
  EXPECT_EQ(refused(plain), "");
}

TEST(Life, ShowsAnUnmaskedSynapseAsItWas) {
  const auto array = array_of("mss", rows, lanes);
  const auto tile = array->open(0);
  const float sum = tile->sum()(1, 2), difference = tile->difference()(1, 2);
  const double total = tile->total()[2];
  tile->mask(1, 2);
  EXPECT_EQ(tile->sum()(1, 2), 0);
  tile->unmask(1, 2);
  EXPECT_EQ(tile->sum()(1, 2), sum);
  EXPECT_EQ(tile->difference()(1, 2), difference);
  EXPECT_DOUBLE_EQ(tile->total()[2], total);
  EXPECT_EQ(array->masked_synapses(), 0U);
}

TEST(Life, IsPartOfAPulseTraceAndPlayedAgain) {
  for (const char* model : {"mss", "byte", "rs"}) {
    const auto array = array_of(model, rows, lanes, unlike), fresh = array_of(model, rows, lanes, unlike);
    PulseTrace trace(rows, lanes, array->drive());
    array->watch(&trace);
    for (std::size_t t = 0; t < 2; ++t) live(*array, t);
    trace.replay(*fresh);
    EXPECT_EQ(test::state_of(*fresh), test::state_of(*array)) << model;
  }
}

TEST(Life, TakesTheWearOfAReplacedSynapseOutOfItsRow) {
  const auto array = array_of("mss", 1, tile_lanes, {.endurance = 50}),
             worn = array_of("mss", 1, tile_lanes, {.endurance = 50});
  Events events;
  for (const auto* a : {&array, &worn})
    for (std::uint64_t e = 0; e < 40; ++e)
      (*a)->open(0)->pulse(test::everywhere(1, tile_lanes, 1), array->width_for(0.05), e, events);
  const auto range = [](SynapseArray& of) {
    Events ignored;
    const auto tile = of.open(0);
    for (std::uint64_t e = 100; e < 140; ++e)
      tile->pulse(test::everywhere(1, tile_lanes, 1), of.width_for(0.3), e, ignored);
    double widest = 0;
    for (const float d : tile->difference().row(0)) widest = std::max<double>(widest, d);
    return widest;
  };
  for (std::uint16_t l = 0; l < tile_lanes; ++l) array->open(0)->replace(0, l);
  EXPECT_GT(range(*array), 1.2 * range(*worn));
}

}  // namespace
}  // namespace assimilaate
