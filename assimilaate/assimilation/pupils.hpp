#pragma once
/// A lesson for a few synapses, the others left as they are: what is new in a bank that knows the rest.

#include <span>
#include <vector>

#include "assimilaate/assimilation/lane_bank.hpp"
#include "assimilaate/substrate/synapse_set.hpp"

namespace assimilaate {

/// Mean square of a row's drive over the examples, the mean of all rows.
[[nodiscard]] double row_energy(const LaneBank& bank, const AatBlock& inputs);

/// Those of one tile. Per lane, an error is shared out by normalised least mean squares among its pupils alone: a few
/// unknowns, which few examples find. Counters are scratch, one a pupil, and start empty.
class Pupils {
 public:
  /// @param row_energy  of the function of that name: the energy of a lane's pupils counts as that of as many mean rows
  ///                    at least, so that those that are hardly ever driven do not learn the noise
  Pupils(const SynapseSet& set, double row_energy, std::size_t tile, const SynapseTile& synapses);

  [[nodiscard]] std::size_t size() const noexcept { return sites_.size(); }
  /// Demand of each pupil from a block: sum_b writes[b][r] signals[b][l], times energy[b] over that of the pupils of
  /// the lane.
  /// @param energy  that `signals` were divided by, [block]; empty where they were not (winner lanes)
  /// @param scale   on all of it
  void listen(MatrixView<const float> drives, MatrixView<const float> writes, MatrixView<const float> signals,
              std::span<const float> energy, double scale);
  /// Add what was heard, in counts, to the counters, rounded at random without bias; list those that reach `limit`.
  /// @param place  of the tile's first synapse, as chance counts places; the others follow in row order
  void count(int limit, const Random& random, std::uint64_t place, std::uint64_t event, std::vector<Fire>& fires);
  /// What was heard as changes of difference, for memristors that take any.
  void shift(SynapseTile& synapses, Events& events);

 private:
  struct Site {
    std::uint32_t row;
    std::uint16_t lane;
    int counter = 0;
    float heard = 0;
  };
  std::vector<Site> sites_;   // in row order, then lane order
  std::vector<float> least_;  // energy of each lane's pupils that is taken at least, [64]
};

}  // namespace assimilaate
