#include "assimilaate/assimilation/emission.hpp"

#include <algorithm>
#include <limits>

#include "assimilaate/core/parallel.hpp"
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

void emit_nearest(const Codec& codec, MatrixView<const float> outputs, MatrixView<Address> aats) {
  // Boundaries between neighbours where a space is one number; distances where it is wider.
  const std::size_t spaces = codec.shape().spaces();
  std::vector<std::vector<float>> borders(spaces);
  for (std::size_t m = 0; m < spaces; ++m) {
    const auto centroids = codec.centroids(m);
    if (centroids.cols() != 1) continue;
    for (std::size_t a = 0; a + 1 < centroids.rows(); ++a) {
      if (centroids(a, 0) > centroids(a + 1, 0)) {
        borders[m].clear();
        break;
      }
      borders[m].push_back(0.5F * (centroids(a, 0) + centroids(a + 1, 0)));
    }
  }
  parallel_for(outputs.rows(), [&](std::size_t i) {
    const auto output = outputs.row(i);
    auto aat = aats.row(i);
    std::size_t first = 0;
    for (std::size_t m = 0; m < spaces; ++m) {
      const auto centroids = codec.centroids(m);
      const std::size_t width = centroids.cols();
      if (!borders[m].empty()) {
        aat[m] = static_cast<Address>(std::ranges::lower_bound(borders[m], output[first]) - borders[m].begin());
      } else {
        float best = std::numeric_limits<float>::infinity();
        aat[m] = 0;
        for (std::size_t a = 0; a < centroids.rows(); ++a) {
          float distance = 0;
          for (std::size_t k = 0; k < width; ++k) {
            const float d = output[first + k] - centroids(a, k);
            distance += d * d;
          }
          if (distance < best) {
            best = distance;
            aat[m] = static_cast<Address>(a);
          }
        }
      }
      first += width;
    }
  });
}

void emit_winner(const LaneLayout& layout, MatrixView<const float> outputs, MatrixView<Address> aats) {
  parallel_for(outputs.rows(), [&](std::size_t i) {
    const auto y = outputs.row(i);
    auto aat = aats.row(i);
    for (std::size_t g = 0; g < aat.size(); ++g) {
      const std::size_t first = layout.lane(g, 0);
      const auto lanes = y.subspan(first, layout.group_size());
      aat[g] = static_cast<Address>(std::ranges::max_element(lanes) - lanes.begin());
    }
  });
}

}  // namespace assimilaate
