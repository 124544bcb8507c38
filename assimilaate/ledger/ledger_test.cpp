#include "assimilaate/ledger/ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace assimilaate {
namespace {

Range cost_of(const Energy& energy, std::string_view name) {
  const auto item =
      std::find_if(energy.items.begin(), energy.items.end(), [&](const Energy::Item& i) { return i.name == name; });
  if (item == energy.items.end()) ADD_FAILURE() << "no item " << name;
  return item == energy.items.end() ? Range{} : item->joules;
}

TEST(Ledger, OneReadOfAHalfMillisiemensPairCostsAPicojouleAndABit) {
  Events events;
  events.synapse_reads = 1;
  events.read_dissipation = 0.5e-3 * 0.05 * 0.05 * 1e-6;  // (Ga + Gb) V^2 t = .5 mS, 50 mV, 1 us at y = 0
  EXPECT_NEAR(cost_of(energy(events, Prices()), "memristor reads").nominal, 1.3e-12, 0.06e-12);
}

TEST(Ledger, OnePulseIsChargedByVoltageConductanceAndWidth) {
  Events events;
  events.pulses = 1;
  events.pulse_dissipation = 0.5e-3 * 0.5 * 0.5 * 30e-9;  // .5 mS, .5 V across, 30 ns
  const Range cost = cost_of(energy(events, Prices()), "memristor pulses");
  EXPECT_NEAR(cost.nominal, 3.8e-12, 0.06e-12);
  EXPECT_EQ(cost.low, cost.high);
}

TEST(Ledger, MemristorsAreNeverChargedPerOperation) {
  Events events;
  events.lane_reads = events.synapse_reads = events.pulses = 1'000'000;
  EXPECT_EQ(energy(events, Prices()).total.high, 0);
}

TEST(Ledger, PeripheralsAreCountTimesPrice) {
  Events events;
  events.comparisons = 1000;
  events.counter_updates = 2000;
  events.lines_driven = 3000;
  const Prices prices(Settings{{"comparison", 2e-15}, {"counter_update", 1e-12}, {"drive", 1e-14}});
  const Energy spent = energy(events, prices);
  EXPECT_NEAR(cost_of(spent, "comparators").nominal, 2e-12, 1e-20);
  EXPECT_NEAR(cost_of(spent, "counters").nominal, 2e-9, 1e-17);
  EXPECT_NEAR(cost_of(spent, "drivers").nominal, 3e-11, 1e-19);
}

TEST(Ledger, TheTotalIsTheSumOfItsItemsAndTheRangeHoldsTheNominal) {
  Events events;
  events.comparisons = events.counter_updates = events.lines_driven = 30;
  events.read_dissipation = 1e-12;
  events.pulse_dissipation = 2e-12;
  const Energy spent = energy(events, Prices());
  Range sum;
  for (const auto& item : spent.items) {
    sum += item.joules;
    EXPECT_LE(item.joules.low, item.joules.nominal) << item.name;
    EXPECT_LE(item.joules.nominal, item.joules.high) << item.name;
  }
  EXPECT_EQ(sum.low, spent.total.low);
  EXPECT_EQ(sum.nominal, spent.total.nominal);
  EXPECT_EQ(sum.high, spent.total.high);
}

TEST(Ledger, AWideLayerCostsSevenKilojoulesOfNetwork) {
  const double bits = 4096.0 * 4096.0 * 16.0;  // 268.4 Mbit
  const Energy carried = carrying_energy(bits, Prices());
  EXPECT_NEAR(cost_of(carried, "network").nominal, 7.1e3, 50);
  EXPECT_NEAR(cost_of(carried, "DRAM").nominal, bits * 8e-12, 1e-9);
}

TEST(Ledger, NothingHappenedCostsNothing) {
  EXPECT_EQ(energy({}, Prices()).total.high, 0);
  EXPECT_EQ(carrying_energy(0, Prices()).total.high, 0);
}

TEST(Ledger, SimulatedTimeIsReadsAndProgrammingOneAfterTheOther) {
  Events events;
  events.read_seconds = 1.5;
  events.pulse_seconds = 0.25;
  EXPECT_EQ(simulated_seconds(events), 1.75);
}

}  // namespace
}  // namespace assimilaate
