#include "assimilaate/assimilation/pupils.hpp"

#include <algorithm>
#include <cmath>

namespace assimilaate {

double row_energy(const LaneBank& bank, const AatBlock& inputs) {
  double sum = 0;
  DriveBlock block;
  for (std::uint32_t i = 0; i < inputs.size(); ++i) {
    bank.drive(inputs.entries.view(), std::span(&i, 1), block);
    sum += block.energy[0];
  }
  return sum / static_cast<double>(std::max<std::size_t>(1, inputs.size()) * bank.organisation().rows());
}

Pupils::Pupils(const SynapseSet& set, double row_energy, std::size_t tile, const SynapseTile& synapses)
    : least_(tile_lanes, 0.0F) {
  for (std::uint32_t r = 0; r < set.rows(); ++r)
    for (std::uint16_t l = 0; l < tile_lanes && tile * tile_lanes + l < set.lanes(); ++l)
      if (set.contains(r, tile * tile_lanes + l) && synapses.sum()(r, l) > 0) {
        sites_.push_back({r, l});
        least_[l] += static_cast<float>(row_energy);
      }
  for (float& least : least_) least = std::max(least, 1e-12F);
}

void Pupils::listen(MatrixView<const float> drives, MatrixView<const float> writes, MatrixView<const float> signals,
                    std::span<const float> energy, double scale) {
  const auto factor = static_cast<float>(scale);
  for (Site& site : sites_) site.heard = 0;
  std::vector<float> own(tile_lanes);
  for (std::size_t b = 0; b < signals.rows(); ++b) {
    std::ranges::fill(own, 0.0F);
    if (!energy.empty())
      for (const Site& site : sites_) own[site.lane] += drives(b, site.row) * writes(b, site.row);
    for (Site& site : sites_) {
      const float share = energy.empty() ? 1 : energy[b] / std::max(own[site.lane], least_[site.lane]);
      site.heard += factor * share * writes(b, site.row) * signals(b, site.lane);
    }
  }
}

void Pupils::count(int limit, const Random& random, std::uint64_t place, std::uint64_t event,
                   std::vector<Fire>& fires) {
  for (std::size_t i = 0; i < sites_.size(); ++i) {
    Site& site = sites_[i];
    if (site.heard == 0) continue;
    const double wanted = std::clamp(site.heard, -16384.0F, 16384.0F);
    const double dither = random.uniform(Purpose::Dither, place + site.row * tile_lanes + site.lane, event);
    const int counted = site.counter + static_cast<int>(std::floor(wanted + dither)), fired = counted / limit;
    site.counter = counted - fired * limit;
    if (fired != 0) fires.push_back({site.row, site.lane, static_cast<std::int16_t>(fired)});
  }
}

void Pupils::shift(SynapseTile& synapses, Events& events) {
  std::vector<float> change(tile_lanes);
  for (std::size_t i = 0; i < sites_.size();) {
    const std::uint32_t row = sites_[i].row;
    std::ranges::fill(change, 0.0F);
    for (; i < sites_.size() && sites_[i].row == row; ++i) change[sites_[i].lane] = sites_[i].heard;
    synapses.shift(row, change, events);
  }
}

}  // namespace assimilaate
