#include "assimilaate/assimilation/ageing.hpp"

#include <gtest/gtest.h>

#include "assimilaate/assimilation/internal/test_transform.hpp"

namespace assimilaate {
namespace {

LaneBank bank() {
  static const test::LinearMap map = test::linear_map({.inputs = 30, .outputs = 100, .examples = 20, .held_out = 1});
  return LaneBank({"map", map.input, map.output, {}, 0}, test::profile_of("mss"));
}

TEST(Ageing, DealsEverySynapseOnceInLotsThatFollowOnEachOther) {
  const LaneBank of = bank();
  Matrix<int> dealt(31, 100);
  for (int day = 0; day < 100; ++day) {
    const SynapseSet today = lot(of, day * 0.01, (day + 1) * 0.01, 7);
    EXPECT_NEAR(static_cast<double>(today.size()), 31, 1);
    for (std::size_t r = 0; r < 31; ++r)
      for (std::size_t l = 0; l < 100; ++l) dealt(r, l) += today.contains(r, l);
  }
  for (const int times : dealt.values()) EXPECT_EQ(times, 1);
}

TEST(Ageing, DrawsItsOrderFromTheSeed) {
  const LaneBank of = bank();
  const auto shared = [&](std::uint64_t one, std::uint64_t other) {
    const SynapseSet a = lot(of, 0, 0.1, one), b = lot(of, 0, 0.1, other);
    std::size_t count = 0;
    for (std::size_t r = 0; r < 31; ++r)
      for (std::size_t l = 0; l < 100; ++l) count += a.contains(r, l) && b.contains(r, l);
    return count;
  };
  EXPECT_EQ(shared(1, 1), 310U);
  EXPECT_LT(shared(1, 2), 62U);  // 31 expected, sigma 5
}

TEST(Ageing, DamagesWholeSynapsesAtOppositeRailsAndHalvesAtOne) {
  for (const Damage how : {Damage::Whole, Damage::Half}) {
    LaneBank of = bank();
    const SynapseSet broken = lot(of, 0, 0.2, 7);
    damage(of, broken, how, 7);
    EXPECT_EQ(of.synapses().stuck_memristors(), broken.size() * (how == Damage::Whole ? 2 : 1));
    std::size_t up = 0;
    for (std::size_t r = 0; r < 31; ++r)
      for (std::size_t l = 0; l < 100; ++l) {
        if (!broken.contains(r, l)) continue;
        const auto [a, b] = of.synapses().conductances(r, l);
        const auto low = of.synapses().lowest_conductance(), high = of.synapses().highest_conductance();
        const bool a_at_rail = a == low || a == high, b_at_rail = b == low || b == high;
        up += a > b;
        if (how == Damage::Whole)
          EXPECT_TRUE(a_at_rail && b_at_rail && a != b);
        else
          EXPECT_TRUE(a_at_rail != b_at_rail);
      }
    EXPECT_NEAR(static_cast<double>(up), 310, 4 * 12.5);  // half of 620
  }
}

}  // namespace
}  // namespace assimilaate
