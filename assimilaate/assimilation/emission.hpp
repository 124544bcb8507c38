#pragma once
/// Lane outputs -> output AAT.

#include "assimilaate/aat/aat.hpp"
#include "assimilaate/aat/codec.hpp"

namespace assimilaate {

/// Where the lanes of a bank lie. Regression lanes: one per coordinate. Winner lanes: one per address, groups whole
/// inside a tile.
class LaneLayout {
 public:
  /// One lane per coordinate of the output codec. @throws Error{Usage} when its addresses have no metric.
  [[nodiscard]] static LaneLayout regression(const Shape& output, const Codec& codec);
  /// One lane per address. @throws Error{Unsupported} for groups of more than 64, or of unlike sizes.
  [[nodiscard]] static LaneLayout winner(const Shape& output);

  [[nodiscard]] bool regression() const noexcept { return group_size_ == 0; }
  [[nodiscard]] std::size_t lanes() const noexcept { return lanes_; }
  [[nodiscard]] std::size_t group_size() const noexcept { return group_size_; }
  [[nodiscard]] std::size_t groups_per_tile() const noexcept { return groups_per_tile_; }
  /// Groups of a tile: the first and how many.
  [[nodiscard]] std::pair<std::size_t, std::size_t> groups(std::size_t tile) const;
  /// Lane of an address of a group.
  [[nodiscard]] std::size_t lane(std::size_t group, std::size_t address) const;

 private:
  std::size_t lanes_ = 0, group_size_ = 0, groups_per_tile_ = 0, groups_ = 0;
};

/// Nearest centroid of every space; ties go to the lower address.
/// @param outputs  [n x coordinates], in the coordinates of the codec
void emit_nearest(const Codec& codec, MatrixView<const float> outputs, MatrixView<Address> aats);

/// The lane that leads its group; ties go to the lower lane.
/// @param outputs  [n x lanes of the layout]
void emit_winner(const LaneLayout& layout, MatrixView<const float> outputs, MatrixView<Address> aats);

}  // namespace assimilaate
