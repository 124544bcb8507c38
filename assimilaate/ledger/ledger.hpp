#pragma once
/// Events x prices -> joules and seconds, with a range. The only place that knows prices.

#include <vector>

#include "assimilaate/ledger/prices.hpp"
#include "assimilaate/substrate/events.hpp"

namespace assimilaate {

/// Joules, itemised.
struct Energy {
  struct Item {
    std::string name;
    Range joules;
  };
  Range total;
  std::vector<Item> items;
};

/// What a target spent on what it did: memristor reads and programming pulses (measured as V^2 G t), comparators,
/// counters, drivers.
[[nodiscard]] Energy energy(const Events& events, const Prices& prices);

/// What carrying so many bits to one target costs: the network, and one passage through DRAM. Streams and weights are
/// charged alike.
[[nodiscard]] Energy carrying_energy(double bits, const Prices& prices);

/// Time on the chip [s]: reads and pulses one after the other, lanes in parallel.
[[nodiscard]] inline double simulated_seconds(const Events& events) {
  return events.read_seconds + events.pulse_seconds;
}

}  // namespace assimilaate
