#pragma once
/// BasisEncoder, the emulator's unsupervised codebook: the lanes of a group compete for each tuple, the winner is
/// lifted and the others that fired are lowered; exclusion and recruitment keep all lanes in play (ktram-neural-core).

#include <optional>

#include "assimilaate/assimilation/ktram/rank_cut.hpp"

namespace assimilaate {

class BasisGroup {
 public:
  struct Options {
    bool exclusion = true;    // a winner that has already won this cycle changes nothing
    bool recruitment = true;  // past `patience`, the highest-reading lane that has not won is lifted too
    bool reset = false;       // past `patience`, without recruitment: the cycle starts anew
    /// Steps of a cycle after which it stalls; none: as many as lanes.
    std::optional<std::size_t> patience{};
  };
  struct Correction {
    Instruction feedback;  // RH or RL, after an FF
    std::uint32_t lane;
    bool operator==(const Correction&) const = default;
  };
  struct Step {
    std::uint32_t winner = 0;
    std::vector<double> scores;           // read below threshold, [lanes]
    std::vector<Correction> corrections;  // in the order issued
  };
  /// A cycle ends when every lane has won, or is reset.
  struct Tally {
    std::size_t throttled = 0, recruited = 0, corrections = 0;
    std::vector<std::size_t> wins;                // [lanes]
    std::vector<std::size_t> cycle_lengths;       // steps of each cycle that ended
    [[nodiscard]] double utilization() const;     // share of lanes that ever won
    [[nodiscard]] double winner_entropy() const;  // of the shares of wins [bit]
  };

  /// @param lanes  outlive this; @throws Error{Usage} without lanes, and for recruitment and reset together.
  BasisGroup(std::span<KtramLane> lanes, const Options& options);

  /// The winner, read below threshold.
  [[nodiscard]] std::uint32_t read(Aat input);
  /// Read below threshold, then correct.
  Step adapt(Aat input);

  [[nodiscard]] const Tally& tally() const { return tally_; }
  /// Steps of the current cycle, and the lanes that have won in it, in order.
  [[nodiscard]] std::size_t steps() const { return steps_; }
  [[nodiscard]] std::vector<std::uint32_t> won() const;

 private:
  void correct(Aat input, Correction correction, Step& step);
  void end_cycle();

  std::span<KtramLane> lanes_;
  Options options_;
  std::size_t patience_;
  std::vector<bool> won_;
  std::size_t steps_ = 0;
  Tally tally_;
};

/// A bank of groups over one input: tuple in, the winner of each group out.
class BasisEncoder {
 public:
  explicit BasisEncoder(std::vector<BasisGroup> groups) : groups_(std::move(groups)) {}
  /// @return an address per group, [groups]
  [[nodiscard]] std::vector<Address> read(Aat input);
  std::vector<Address> adapt(Aat input);

 private:
  std::vector<BasisGroup> groups_;
};

}  // namespace assimilaate
