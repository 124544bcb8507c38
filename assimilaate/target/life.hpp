#pragma once
/// The life of a target, day by day: synapses are replaced, time passes, and at night it is repaired from its stream.

#include "assimilaate/assimilation/ageing.hpp"
#include "assimilaate/substrate/temperature.hpp"
#include "assimilaate/target/target.hpp"

namespace assimilaate {

struct LifeOptions {
  double share = 0.01;                  ///< of the synapses, replaced every day: after 1/share days each one once
  double stuck = 0;                     ///< of the synapses, stuck at a rail on the first day
  Damage damage = Damage::Whole;        ///< how those are
  std::vector<TemperatureStep> idle{};  ///< time of a day without voltage
  /// Of a night; the examples of the next follow on those of the last. `first` and `fresh` are the life's to set.
  TargetRepair night{};
  /// The target is told which synapses are new and zeroes them before it learns; else it has to find out.
  bool told = true;
  std::uint64_t seed = 1;  ///< of who is replaced or damaged, and when
};

/// What a night did.
struct Night {
  std::vector<RepairReport> banks;
  std::size_t examples = 0, presentations = 0, masked = 0;
  std::size_t undone = 0;  ///< steps that did harm
  Events events;           ///< all banks, one after the other
  /// Held-out address agreement, the mean of the banks.
  [[nodiscard]] double agreement_before() const;
  [[nodiscard]] double agreement_after() const;
};

class Life {
 public:
  /// @param target  that has assimilated `stream`; both outlive this
  /// @throws Error{Usage} for a share outside [0, 1], or a target that has not assimilated.
  Life(Target& target, const StreamReader& stream, LifeOptions options);

  /// Live through the next day.
  void day();
  /// Be repaired. @throws as `Target::repair` does.
  Night night(Progress* progress = nullptr, std::stop_token stop = {});

  [[nodiscard]] std::size_t days() const noexcept { return days_; }
  /// Part of the synapses that have been there from the beginning.
  [[nodiscard]] double original() const;
  /// Held-out address agreement now, the mean of the banks.
  [[nodiscard]] double agreement();

 private:
  Target& target_;
  const StreamReader& stream_;
  LifeOptions options_;
  std::size_t days_ = 0, nights_ = 0;
  std::vector<SynapseSet> fresh_;  // new since a bank was last repaired, a set for each
};

}  // namespace assimilaate
