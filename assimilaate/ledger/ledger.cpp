#include "assimilaate/ledger/ledger.hpp"

namespace assimilaate {
namespace {

Energy sum(std::vector<Energy::Item> items) {
  Energy energy{{}, std::move(items)};
  for (const auto& item : energy.items) energy.total += item.joules;
  return energy;
}

Range exactly(double joules) { return {joules, joules, joules}; }

}  // namespace

Energy energy(const Events& events, const Prices& prices) {
  return sum({
      {"memristor reads", exactly(events.read_dissipation)},
      {"memristor pulses", exactly(events.pulse_dissipation)},
      {"comparators", static_cast<double>(events.comparisons) * prices["comparison"]},
      {"converters", static_cast<double>(events.conversions) * prices["conversion"]},
      {"counters", static_cast<double>(events.counter_updates) * prices["counter_update"]},
      {"drivers", static_cast<double>(events.lines_driven) * prices["drive"] +
                      static_cast<double>(events.levels_driven) * prices["drive_level"]},
  });
}

Energy carrying_energy(double bits, const Prices& prices) {
  return sum({{"network", bits * prices["network_bit"]}, {"DRAM", bits * prices["dram_bit"]}});
}

}  // namespace assimilaate
