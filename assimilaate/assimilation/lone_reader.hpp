#pragma once
/// Reads of one synapse alone, all other lines silent: how a target gets to know its parts.

#include "assimilaate/assimilation/lane_bank.hpp"
#include "assimilaate/substrate/synapse_set.hpp"

namespace assimilaate {

/// Upkeep (calibration, probes) has its own moments, far from those of presentations. What takes place at different
/// times of a life is told apart by its epoch.
inline constexpr std::uint64_t upkeep_moment = std::uint64_t{1} << 62;
[[nodiscard]] constexpr std::uint64_t moment_of_epoch(std::uint64_t moment, std::uint32_t epoch) {
  return moment + (std::uint64_t{epoch} << 40);
}

/// One tile of a bank whose synapses are read one by one, as noisily as the profile says.
class LoneReader {
 public:
  /// @param events  gains reads and pulses; outlives this
  LoneReader(LaneBank& bank, std::size_t tile, Events& events);

  [[nodiscard]] SynapseTile& synapses() noexcept { return reader_.synapses(); }
  [[nodiscard]] std::size_t lanes() const noexcept { return reader_.lanes(); }
  /// visit(row, lane) for every synapse in use; where `chosen`, of those in it.
  template <typename Visit>
  void each(const SynapseSet* chosen, const Visit& visit) {
    for (std::uint32_t r = 0; r < bank_.synapses().rows(); ++r)
      for (std::uint16_t l = 0; l < lanes(); ++l)
        if (synapses().sum()(r, l) > 0 && (chosen == nullptr || chosen->contains(r, tile_ * tile_lanes + l)))
          visit(r, l);
  }
  /// y = (Ga - Gb) / (Ga + Gb), the mean of `looks` reads. Lines are read one at a time, the lanes of a tile in
  /// parallel; `line_read` counts the time.
  [[nodiscard]] double ratio(std::uint32_t row, std::uint16_t lane, std::uint64_t moment, std::size_t looks = 1);
  /// Read noise of one synapse in mid range, sigma of y.
  [[nodiscard]] double noise(std::uint16_t lane) const;
  /// One couple of pulses each, all at one moment.
  void pulse(std::span<const Fire> fires, double width, std::uint64_t moment);
  /// Time for `looks` reads of every line.
  void lines_read(std::size_t looks);

 private:
  [[nodiscard]] double sigma(double y, double sum, std::uint16_t lane) const;
  LaneBank& bank_;
  TileReader reader_;
  std::size_t tile_;
  Events& events_;
  double heat_;  // of one code under one read [J]
};

}  // namespace assimilaate
