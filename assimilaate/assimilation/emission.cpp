#include "assimilaate/assimilation/emission.hpp"

#include <algorithm>

#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {

LaneLayout LaneLayout::regression(const Shape& output, const Codec& codec) {
  LaneLayout layout;
  for (std::size_t m = 0; m < output.spaces(); ++m) layout.lanes_ += codec.centroids(m).cols();
  if (layout.lanes_ == 0)
    fail(Errc::Usage,
         "regression lanes need addresses with a metric; the output codec '{}' has none (use the margin rule)",
         codec.name());
  return layout;
}

LaneLayout LaneLayout::winner(const Shape& output) {
  LaneLayout layout;
  layout.group_size_ = output.addresses(0);
  layout.groups_ = output.spaces();
  for (std::size_t m = 0; m < output.spaces(); ++m)
    if (output.addresses(m) != layout.group_size_)
      fail(Errc::Unsupported, "winner lanes: space {} has {} addresses, space 0 has {}; groups must be alike", m,
           output.addresses(m), layout.group_size_);
  if (layout.group_size_ > tile_lanes)
    fail(Errc::Unsupported, "winner lanes: groups of {} addresses; a tile holds {} lanes (use a codec with fewer)",
         layout.group_size_, tile_lanes);
  layout.groups_per_tile_ = tile_lanes / layout.group_size_;
  const std::size_t full = (layout.groups_ - 1) / layout.groups_per_tile_;
  layout.lanes_ = full * tile_lanes + (layout.groups_ - full * layout.groups_per_tile_) * layout.group_size_;
  return layout;
}

std::pair<std::size_t, std::size_t> LaneLayout::groups(std::size_t tile) const {
  if (group_size_ == 0) return {0, 0};
  const std::size_t first = tile * groups_per_tile_;
  return {first, std::min(groups_per_tile_, groups_ - first)};
}

std::size_t LaneLayout::lane(std::size_t group, std::size_t address) const {
  return group / groups_per_tile_ * tile_lanes + group % groups_per_tile_ * group_size_ + address;
}

std::unique_ptr<Emission> make_emission(std::string_view name, const Settings& settings, const CodecPtr& output) {
  const EmissionKind& kind = find_entry("emission", emission_catalogue(), name);
  check_settings(name, kind.fields, settings);
  return kind.make(output, settings);
}

}  // namespace assimilaate
