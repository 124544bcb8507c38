/// What every memristor model owes, because the array template gives it: motion, chance and faults.
#include "assimilaate/substrate/pair_array.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "assimilaate/substrate/internal/test_arrays.hpp"

namespace assimilaate {
namespace {

using test::array_of;

double mean_of(MatrixView<const float> plane) {
  double sum = 0;
  for (std::size_t r = 0; r < plane.rows(); ++r)
    for (const float v : plane.row(r)) sum += v;
  return sum / static_cast<double>(plane.size());
}

class EveryModel : public testing::TestWithParam<const MemristorKind*> {
 protected:
  [[nodiscard]] std::string_view name() const { return GetParam()->name; }
  void TearDown() override { set_threads(0); }
};

TEST_P(EveryModel, IsAFunctionOfItsSeedAndNotOfTheOrder) {
  const Imperfections all{
      .step_variation = 0.3, .bound_variation = 0.1, .cycle_variation = 0.5, .write_noise = 0.02, .stuck = 0.05};
  const auto run = [&](std::uint64_t seed, bool backwards) {
    const auto array = array_of(name(), 9, 200, all, seed);
    for (std::size_t i = 0; i < array->tiles(); ++i) {
      const std::size_t t = backwards ? array->tiles() - 1 - i : i;
      test::random_pulses(*array, *array->open(t), t, 20);
    }
    return test::state_of(*array);
  };
  const auto expected = run(3, false);
  EXPECT_EQ(run(3, true), expected);
  EXPECT_NE(run(4, false), expected);
  for (const int threads : {1, 2}) {
    set_threads(threads);
    const auto array = array_of(name(), 9, 200, all);
    test::pulse_all_tiles(*array, 20);
    EXPECT_EQ(test::state_of(*array), expected) << threads << " threads";
  }
}

TEST_P(EveryModel, MovesUpWithACoupleUpAndDownWithACoupleDown) {
  const auto array = array_of(name(), 16, tile_lanes);
  const auto tile = array->open(0);
  Events events;
  const double before = mean_of(tile->difference());
  for (std::uint64_t e = 0; e < 4; ++e)
    tile->pulse(test::everywhere(16, tile_lanes, 1), array->width_for(0.02), e, events);
  const double above = mean_of(tile->difference());
  EXPECT_GT(above, before + 2);
  for (std::uint64_t e = 4; e < 12; ++e)
    tile->pulse(test::everywhere(16, tile_lanes, -1), array->width_for(0.02), e, events);
  EXPECT_LT(mean_of(tile->difference()), above - 4);
  EXPECT_EQ(events.pulses, 12U * 16 * tile_lanes * 2);
  EXPECT_GT(events.pulse_dissipation, 0);
}

TEST_P(EveryModel, TakesSeveralCouplesAtOnceAsItTakesThemOneByOne) {
  // In the mean over 2048 synapses; the law of k pulses is the law of one k times as long. One synapse strays by less
  // than 16 codes (the binomial part of 255 switches), so the two means by less than 16 sqrt(2 / 2048) at one sigma.
  const auto at_once = array_of(name(), 32, tile_lanes), one_by_one = array_of(name(), 32, tile_lanes);
  Events ones, threes;
  at_once->open(0)->pulse(test::everywhere(32, tile_lanes, 3), at_once->width_for(0.05), 0, threes);
  const auto tile = one_by_one->open(0);
  for (std::uint64_t e = 1; e < 4; ++e)
    tile->pulse(test::everywhere(32, tile_lanes, 1), at_once->width_for(0.05), e, ones);
  EXPECT_NEAR(mean_of(at_once->open(0)->difference()), mean_of(tile->difference()), 4 * 16 * std::sqrt(2.0 / 2048));
  EXPECT_EQ(threes.pulses, ones.pulses);
}

/// The two memristors of a synapse outside any array: the law itself, with chance of its own.
struct LonePair {
  const Memristor& law;
  std::array<MemristorState, 2> states;
  HashedDraws draws;

  LonePair(const Memristor& of, Conductances start, const Random& random, std::uint64_t place)
      : law(of), states{of.at(start.a), of.at(start.b)}, draws(random, Purpose::Pulse, place, 0) {}
  void couple(bool up, double width) {
    const double volts = (up ? 2 : -2) * law.drive();
    law.pulse(states[0], {volts, width}, {}, draws);
    law.pulse(states[1], {-volts, width}, {}, draws);
  }
  [[nodiscard]] double a() const { return law.conductance(states[0]); }
  [[nodiscard]] double b() const { return law.conductance(states[1]); }
};

/// Whether down steps mirror up steps, within a twentieth; at positions that are whole numbers of 255 switches.
bool steps_alike_both_ways(const Memristor& law, double width) {
  MeanDraws draws;
  const auto move = [&](double x, double volts) {
    MemristorState state = law.at(law.lowest() + x * (law.highest() - law.lowest()));
    const double before = law.conductance(state);
    law.pulse(state, {volts, width}, {}, draws);
    return law.conductance(state) - before;
  };
  return std::ranges::all_of(std::array{0.2, 0.4, 0.6}, [&](double x) {
    const double up = move(x, 2 * law.drive()), down = move(1 - x, -2 * law.drive());
    return std::abs(up + down) <= 0.05 * up;
  });
}

TEST_P(EveryModel, HasTheMeanConductanceOfItsLawUnderBalancedCouples) {
  const auto array = array_of(name(), 16, tile_lanes);
  const auto law = make_memristor(name(), {});
  const auto tile = array->open(0);
  const double width = array->width_for(0.05), before = mean_of(tile->sum());
  const Random random(77, 0), other(78, 0);
  std::vector<LonePair> alone;
  for (std::size_t i = 0; i < 16 * tile_lanes; ++i)
    alone.emplace_back(*law, array->conductances(i / tile_lanes, i % tile_lanes), other, i);
  Events events;
  for (std::uint64_t round = 0; round < 200; ++round) {
    std::vector<Fire> fires;
    for (Fire fire : test::everywhere(16, tile_lanes, 1)) {
      const std::size_t synapse = fire.row * tile_lanes + fire.lane;
      const double u = random.uniform(Purpose::Select, synapse, round);
      if (u >= 1.0 / 3) continue;
      fire.count = u < 1.0 / 6 ? 1 : -1;
      alone[synapse].couple(fire.count > 0, width);
      fires.push_back(fire);
    }
    tile->pulse(fires, width, round, events);
  }
  double of_law = -before;
  for (const LonePair& pair : alone)
    of_law += (pair.a() + pair.b()) / array->code_conductance() / static_cast<double>(alone.size());
  const double moved = mean_of(tile->sum()) - before;
  // A sum starts at 255 +- 18 codes and ends no wider: its mean over 1024 strays by less than 18 / 32 at one sigma,
  // here and in the law alone.
  EXPECT_NEAR(moved, of_law, 4 * std::sqrt(2.0) * 18 / 32);
  // Where down steps mirror up steps the mean stays where it is.
  if (steps_alike_both_ways(*law, width)) {
    EXPECT_NEAR(moved, 0, 4 * 18 / 32.0);
  }
}

TEST_P(EveryModel, StepsAsFarAsItsLawAndAsItSaysAtMidRange) {
  const auto array = array_of(name(), 64, tile_lanes);
  const auto law = make_memristor(name(), {});
  const auto tile = array->open(0);
  const double strength = 0.05, width = array->width_for(strength), before = mean_of(tile->difference());
  const double middle = (law->lowest() + law->highest()) / 2;
  const Random random(78, 0);
  double from_starts = 0, from_middle = 0;
  for (std::size_t i = 0; i < 64 * tile_lanes; ++i) {
    const auto step = [&](Conductances start) {
      LonePair pair(*law, start, random, i);
      const double was = pair.a() - pair.b();
      pair.couple(true, width);
      return (pair.a() - pair.b() - was) / array->code_conductance() / (64 * tile_lanes);
    };
    from_starts += step(array->conductances(i / tile_lanes, i % tile_lanes));
    from_middle += step({middle, middle});
  }
  Events events;
  tile->pulse(test::everywhere(64, tile_lanes, 1), width, 0, events);
  // Two memristors of 127.5 switches at p = .05, the noisiest there are, over 4096 synapses.
  const double sigma = std::sqrt(2 * 127.5 * strength * (1 - strength) / 4096);
  EXPECT_NEAR(mean_of(tile->difference()) - before, from_starts, 4 * std::sqrt(2.0) * sigma);
  EXPECT_NEAR(array->couple_step(width), from_middle, 4 * sigma);
}

TEST_P(EveryModel, DrawsTheSameChanceForTheSameEventWhateverElseIsPulsed) {
  const auto array = array_of(name(), 8, tile_lanes, {.step_variation = 0.3, .cycle_variation = 0.5});
  const auto start = test::state_of(*array);
  const double width = array->width_for(0.1);
  const auto after = [&](std::vector<Fire> fires, std::uint64_t event) {
    test::restore(*array, start);
    Events events;
    array->open(0)->pulse(fires, width, event, events);
    return test::codes_of(*array);
  };
  auto fires = test::everywhere(8, tile_lanes, 1);
  const auto all = after(fires, 7);
  EXPECT_EQ(after(fires, 7), all);
  EXPECT_NE(after(fires, 8), all);  // the write noise is new
  std::ranges::reverse(fires);
  EXPECT_EQ(after(fires, 7), all);
  const auto one = after({{3, 5, 1}}, 7);
  const std::size_t synapse = 3 * tile_lanes + 5;
  EXPECT_EQ(one[2 * synapse], all[2 * synapse]);
  EXPECT_EQ(one[2 * synapse + 1], all[2 * synapse + 1]);
}

TEST_P(EveryModel, WithEveryImperfectionOffIsTheBareModelBitForBit) {
  const auto run = [&](const Imperfections& imperfections) {
    const auto array = array_of(name(), 9, 100, imperfections);
    test::pulse_all_tiles(*array, 20);
    return test::state_of(*array);
  };
  // 1e-12: the layers are at work, and none of 1800 memristors is stuck, unlike or noisy beyond its rounding.
  EXPECT_EQ(run({.stuck = 1e-12}), run({}));
  EXPECT_EQ(run({.step_variation = 1e-12}), run({}));
  EXPECT_NE(run({.step_variation = 0.3}), run({}));
}

TEST_P(EveryModel, VariesInItsStepsAloneWhereOnlyStepsVary) {
  EXPECT_EQ(test::state_of(*array_of(name(), 9, 100, {.step_variation = 0.5, .cycle_variation = 1})),
            test::state_of(*array_of(name(), 9, 100)));
}

TEST_P(EveryModel, StaysWithinTheBoundsOfItsRange) {
  const auto array =
      array_of(name(), 8, 100, {.step_variation = 0.5, .bound_variation = 0.5, .cycle_variation = 2, .stuck = 0.1});
  test::pulse_all_tiles(*array, 200, 0.5);
  for (const double c : test::codes_of(*array)) {
    EXPECT_GE(c, -1e-9);
    EXPECT_LE(c, 255 + 1e-9);
  }
}

INSTANTIATE_TEST_SUITE_P(PairArray, EveryModel,
                         testing::ValuesIn(memristor_catalogue().begin(), memristor_catalogue().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

}  // namespace
}  // namespace assimilaate
