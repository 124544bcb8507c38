#pragma once
/// Lane outputs -> output AAT. A catalogue: `emissions/<name>.cpp`.

#include <memory>
#include <string_view>
#include <vector>

#include "assimilaate/aat/aat.hpp"
#include "assimilaate/aat/codec.hpp"
#include "assimilaate/core/catalogue.hpp"

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

/// How the lane outputs of a bank become an AAT. Immutable; safe from many threads.
class Emission {
 public:
  virtual ~Emission() = default;
  /// Where the lanes lie; `layout().regression()` tells which lanes it takes, and so which rules fit.
  [[nodiscard]] virtual const LaneLayout& layout() const = 0;
  /// @param outputs  [n x lanes of the layout]: output units (regression lanes) or y (winner lanes)
  /// @param aats     [n x spaces]; NONE where a space says nothing
  virtual void emit(MatrixView<const float> outputs, MatrixView<Address> aats) const = 0;
  /// What gets through of one group of winner lanes, best first; a tuple has room for the first, NONE without one.
  /// Empty for regression lanes, which have no ranks. @param lanes  [group size], y
  [[nodiscard]] virtual std::vector<Address> ranked(std::span<const float> lanes) const = 0;
  /// Comparator decisions that one tuple costs.
  [[nodiscard]] virtual std::size_t decisions() const = 0;
};

/// One entry of the catalogue.
struct EmissionKind {
  std::string_view name, about, reference;
  std::span<const Field> fields;
  std::unique_ptr<Emission> (*make)(const CodecPtr& output, const Settings& settings);
};

[[nodiscard]] std::span<const EmissionKind* const> emission_catalogue();

/// @param output  codec of the output boundary; lives on in the emission
/// @throws Error{Usage} for an unknown name, setting or value, and for regression lanes of addresses without a metric;
/// Error{Unsupported} for groups of winner lanes that no tile holds.
[[nodiscard]] std::unique_ptr<Emission> make_emission(std::string_view name, const Settings& settings,
                                                      const CodecPtr& output);

}  // namespace assimilaate
