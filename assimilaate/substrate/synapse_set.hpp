#pragma once
/// Some of the synapses of an array.

#include <bit>
#include <cstdint>
#include <vector>

#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {

/// A bit a synapse. Tiles may be filled by different threads.
class SynapseSet {
 public:
  SynapseSet(std::size_t rows, std::size_t lanes)
      : rows_(rows), lanes_(lanes), words_((lanes + tile_lanes - 1) / tile_lanes * rows, 0) {}
  explicit SynapseSet(const SynapseArray& array) : SynapseSet(array.rows(), array.lanes()) {}

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t lanes() const noexcept { return lanes_; }
  void insert(std::size_t row, std::size_t lane) { word(row, lane) |= bit(lane); }
  void erase(std::size_t row, std::size_t lane) { word(row, lane) &= ~bit(lane); }
  [[nodiscard]] bool contains(std::size_t row, std::size_t lane) const {
    return (words_[lane / tile_lanes * rows_ + row] & bit(lane)) != 0;
  }
  [[nodiscard]] std::size_t size() const {
    std::size_t count = 0;
    for (const auto word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
  }

 private:
  [[nodiscard]] static std::uint64_t bit(std::size_t lane) { return std::uint64_t{1} << (lane % tile_lanes); }
  [[nodiscard]] std::uint64_t& word(std::size_t row, std::size_t lane) {
    ASSIMILAATE_EXPECTS(row < rows_ && lane < lanes_);
    return words_[lane / tile_lanes * rows_ + row];
  }
  std::size_t rows_, lanes_;
  std::vector<std::uint64_t> words_;  // [tile][row], a bit a lane
};

}  // namespace assimilaate
