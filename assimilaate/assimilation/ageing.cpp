#include "assimilaate/assimilation/ageing.hpp"

#include <cmath>
#include <numeric>

#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

/// visit(tile, row, lane within it, lane) for every synapse of a set; tiles side by side.
template <typename Visit>
void each_of(LaneBank& bank, const SynapseSet& which, const Visit& visit) {
  parallel_for(bank.synapses().tiles(), [&](std::size_t t) {
    const auto tile = bank.synapses().open(t);
    for (std::uint32_t r = 0; r < which.rows(); ++r)
      for (std::size_t l = t * tile_lanes; l < std::min(which.lanes(), (t + 1) * tile_lanes); ++l)
        if (which.contains(r, l)) visit(*tile, r, static_cast<std::uint16_t>(l % tile_lanes), l);
  });
}

}  // namespace

SynapseSet lot(const LaneBank& bank, double from, double to, std::uint64_t seed) {
  ASSIMILAATE_EXPECTS(0 <= from && from <= to);
  SynapseSet set(bank.synapses());
  const std::size_t n = set.rows() * set.lanes();
  const Random random(seed, bank.transform().bank);
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t i = n; i > 1; --i)
    std::swap(order[i - 1],
              order[static_cast<std::size_t>(random.uniform(Purpose::Select, i) * static_cast<double>(i))]);
  const auto place = [&](double share) {
    return std::min(n, static_cast<std::size_t>(std::llround(share * static_cast<double>(n))));
  };
  for (std::size_t i = place(from); i < place(to); ++i) set.insert(order[i] / set.lanes(), order[i] % set.lanes());
  return set;
}

void damage(LaneBank& bank, const SynapseSet& which, Damage how, std::uint64_t seed) {
  const Random random(seed, bank.transform().bank);
  each_of(bank, which, [&](SynapseTile& tile, std::uint32_t row, std::uint16_t lane, std::size_t in_all) {
    const auto bits = random.bits(Purpose::Fault, row * which.lanes() + in_all)[0];
    const bool high = (bits & 1) != 0, only_b = (bits & 2) != 0;
    if (how == Damage::Whole || !only_b) tile.stick(row, lane, Side::A, high);
    if (how == Damage::Whole || only_b) tile.stick(row, lane, Side::B, how == Damage::Whole ? !high : high);
  });
}

void replace(LaneBank& bank, const SynapseSet& which) {
  each_of(bank, which,
          [](SynapseTile& tile, std::uint32_t row, std::uint16_t lane, std::size_t) { tile.replace(row, lane); });
}

}  // namespace assimilaate
