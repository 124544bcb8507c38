#pragma once
/// Learning rules: what a lane's error asks of the synapses it has just read. A catalogue: `rules/<name>.cpp`.

#include <memory>
#include <span>
#include <string_view>

#include "assimilaate/aat/aat.hpp"
#include "assimilaate/core/catalogue.hpp"

namespace assimilaate {

/// One tile's view of a block of examples that were read together.
struct LaneBlock {
  MatrixView<const float> outputs =
      {};  ///< [block x 64] lane outputs: output units (regression lanes) or y (winner lanes)
  MatrixView<const float> desired = {};  ///< [block x 64] what regression lanes should say; empty for winner lanes
  MatrixView<const Address> expected =
      {};                      ///< [block x groups] expected winner of each group in the tile; NONE asks for nothing
  std::size_t group_size = 0;  ///< lanes of a group, next to each other from lane 0
  std::span<const float> energy = {};  ///< [block] sum of squared drives of each example, floored as the bank says
  float lines = 1;                     ///< lines of a lane; times y it is the sum of drive times y of each line's own
  std::span<const float> trust = {};   ///< [64] signal power over signal and read noise power of each lane, in (0, 1]
  double progress = 0;                 ///< part of the presentations that are over, in [0, 1]
};

/// A rule is local: what it asks of a lane depends on that lane's tile and block only. Stateless; safe from many
/// threads.
class Rule {
 public:
  virtual ~Rule() = default;
  /// True for regression lanes (emission nearest), false for winner lanes (emission winner).
  [[nodiscard]] virtual bool regression() const = 0;
  /// True when lanes are their own teachers and `expected` is not looked at: for `adapt` alone.
  [[nodiscard]] virtual bool unsupervised() const { return false; }
  /// Change asked of each lane per unit drive, [block x 64]: output units (regression), or counts (winner). Counts are
  /// rounded at random without bias.
  virtual void signals(const LaneBlock& block, MatrixView<float> signals) const = 0;
  /// How strong pulses are now: part of the room ahead that one moves, in (0, 1). Annealed.
  [[nodiscard]] virtual double strength(double progress) const = 0;
  /// Limit of the accumulate-and-fire counters, in counts; 1 means none.
  [[nodiscard]] virtual int counter() const = 0;
  /// Examples read before their demands are applied.
  [[nodiscard]] virtual std::size_t block() const = 0;
  /// Whether a winner rule asks for whole counts only: with no counter and unit drives they are then couples as they
  /// stand.
  [[nodiscard]] virtual bool whole() const { return false; }
};

/// One entry of the catalogue.
struct RuleKind {
  std::string_view name, about, reference;
  std::span<const Field> fields;
  std::unique_ptr<Rule> (*make)(const Settings& settings);
};

[[nodiscard]] std::span<const RuleKind* const> rule_catalogue();

/// @throws Error{Usage} for an unknown name, setting or value.
[[nodiscard]] std::unique_ptr<Rule> make_rule(std::string_view name, const Settings& settings);

/// first at progress 0, last at 1, geometrically between.
[[nodiscard]] double anneal(double first, double last, double progress);

}  // namespace assimilaate
