#include "assimilaate/substrate/synapses.hpp"

#include "assimilaate/core/parallel.hpp"

namespace assimilaate {

void SynapseTile::pulse_row(std::uint32_t row, std::span<const std::int8_t> directions, double width,
                            std::uint64_t event, Events& events) {
  ASSIMILAATE_EXPECTS(directions.size() == tile_lanes);
  if (witness_ != nullptr) {
    std::vector<Fire> fires;
    for (std::uint16_t l = 0; l < tile_lanes; ++l)
      if (directions[l] != 0) fires.push_back({row, l, directions[l]});
    tell(fires, width, event);
  }
  apply_row(row, directions, width, event, events);
}

void SynapseTile::tell(std::span<const Fire> fires, double width, std::uint64_t event) const {
  std::vector<Fire> open(fires.begin(), fires.end());
  std::erase_if(open, [&](const Fire& fire) { return sum_(fire.row, fire.lane) <= 0; });
  witness_->pulsed(open, width, event);
}

std::unique_ptr<SynapseTile> SynapseArray::open(std::size_t tile) {
  auto opened = open_tile(tile);
  if (witness_ != nullptr) opened->watch(witness_->tile(tile));
  return opened;
}

void SynapseArray::elapse(const Elapsed& time) {
  if (!feels(time)) return;
  parallel_for(tiles(), [&](std::size_t t) { open(t)->elapse(time); });
}

}  // namespace assimilaate
