#pragma once
/// RankCut, the emulator's supervised classifier: lanes compete, a threshold and a rank cut their answer, and every
/// example is learned by a read and a feedback of each lane (ktram-neural-core; kept for congruence: on soft-bound
/// physics it collapses, `physics.md` 2.5).

#include <optional>
#include <span>
#include <vector>

#include "assimilaate/aat/aat.hpp"
#include "assimilaate/substrate/ktram_lane.hpp"

namespace assimilaate {

/// Lanes with y >= threshold, the highest first and equal ones in order; `most` of them at most.
/// @param y  [lanes]
[[nodiscard]] std::vector<std::uint32_t> rank_cut(std::span<const double> y, double threshold,
                                                  std::optional<std::size_t> most = {});
/// The lane of the highest y, the first of equals. @throws Error{Usage} without lanes.
[[nodiscard]] std::uint32_t winner_of(std::span<const double> y);
/// Lanes with y > 0, in order.
[[nodiscard]] std::vector<std::uint32_t> lanes_above_zero(std::span<const double> y);
/// The winner where its y > 0, else none.
[[nodiscard]] std::vector<std::uint32_t> winner_above_zero(std::span<const double> y);

/// Read every lane with one instruction. @return y of each, [lanes]
[[nodiscard]] std::vector<double> read_lanes_with(std::span<KtramLane> lanes, Aat input, Instruction instruction);

class RankCut {
 public:
  struct Policy {
    double threshold = 0;
    std::optional<std::size_t> most{};  // none: all
    bool hard = true;                   // what fired without being taught is pushed down, RL; else it is read, RF
  };
  /// What became of one example.
  struct Step {
    std::vector<double> y;              // of the read before feedback, [lanes]
    std::vector<Instruction> feedback;  // given to each lane, [lanes]
    std::vector<std::uint32_t> output;  // cut of `y`
  };

  /// @param lanes  outlive this
  RankCut(std::span<KtramLane> lanes, const Policy& policy) : lanes_(lanes), policy_(policy) {}
  /// Read below threshold and cut.
  [[nodiscard]] std::vector<std::uint32_t> read(Aat input);
  /// Learn: FF on all lanes, then RH on those taught, RL on others that fired (y > 0) where `hard`, RF on the rest.
  /// @param taught  lanes, none or any number of them
  Step adapt(Aat input, std::span<const std::uint32_t> taught);

 private:
  std::span<KtramLane> lanes_;
  Policy policy_;
};

}  // namespace assimilaate
