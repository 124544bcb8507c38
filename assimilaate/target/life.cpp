#include "assimilaate/target/life.hpp"

#include <algorithm>
#include <cmath>

namespace assimilaate {
namespace {

constexpr std::uint64_t of_damage = 0x9E3779B97F4A7C15U;  // its lots are not those of replacement

/// Those of `some` join `all`.
void join(SynapseSet& all, const SynapseSet& some) {
  for (std::size_t r = 0; r < some.rows(); ++r)
    for (std::size_t l = 0; l < some.lanes(); ++l)
      if (some.contains(r, l)) all.insert(r, l);
}

}  // namespace

double Night::agreement_before() const {
  double sum = 0;
  for (const RepairReport& bank : banks) sum += bank.before.agreement;
  return sum / static_cast<double>(banks.size());
}

double Night::agreement_after() const {
  double sum = 0;
  for (const RepairReport& bank : banks) sum += bank.after.agreement;
  return sum / static_cast<double>(banks.size());
}

Life::Life(Target& target, const StreamReader& stream, LifeOptions options)
    : target_(target), stream_(stream), options_(std::move(options)) {
  if (!target.assimilated()) fail(Errc::Usage, "life: the target has not assimilated its stream yet");
  for (const auto& [name, share] : {std::pair{"replaced a day", options_.share}, {"stuck", options_.stuck}})
    if (!(share >= 0 && share <= 1)) fail(Errc::Usage, "life: a share of {} {} is not in [0, 1]", share, name);
  for (const LaneBank& bank : target_.banks()) fresh_.emplace_back(bank.synapses());
}

void Life::day() {
  // Once all are replaced, the next order begins.
  const double before = options_.share * static_cast<double>(days_), after = before + options_.share;
  const double round = std::floor(before + 1e-9);
  for (std::size_t b = 0; b < fresh_.size(); ++b) {
    LaneBank& bank = target_.banks()[b];
    if (days_ == 0 && options_.stuck > 0)
      damage(bank, lot(bank, 0, options_.stuck, options_.seed ^ of_damage), options_.damage, options_.seed);
    if (options_.share == 0) continue;
    for (double order = round; order < after; ++order) {
      const auto replaced = lot(bank, std::max(0.0, before - order), std::min(1.0, after - order),
                                options_.seed + static_cast<std::uint64_t>(order));
      replace(bank, replaced);
      join(fresh_[b], replaced);
    }
  }
  for (const TemperatureStep& step : options_.idle) target_.idle(step.seconds, step.kelvin);
  ++days_;
}

Night Life::night(Progress* progress, std::stop_token stop) {
  TargetRepair repair = options_.night;
  const std::size_t examples = std::min(repair.examples, stream_.size());
  repair.first = nights_ * examples % std::max<std::size_t>(1, stream_.size());
  if (options_.told) repair.fresh = fresh_;
  Night night;
  night.banks = target_.repair(stream_, repair, progress, stop);
  for (const RepairReport& bank : night.banks) {
    night.examples = std::max(night.examples, bank.examples);
    night.presentations += bank.presentations;
    night.masked += bank.masked;
    night.undone += bank.undone;
    night.events += bank.events;
  }
  for (std::size_t b = 0; b < fresh_.size(); ++b)
    if (night.banks[b].examples > 0) fresh_[b] = SynapseSet(target_.banks()[b].synapses());
  ++nights_;
  return night;
}

double Life::original() const {
  std::size_t all = 0, old = 0;
  for (const LaneBank& bank : target_.banks()) {
    const SynapseArray& array = bank.synapses();
    for (std::size_t r = 0; r < array.rows(); ++r)
      for (std::size_t l = 0; l < array.lanes(); ++l) old += array.generation(r, l) == 0;
    all += array.rows() * array.lanes();
  }
  return static_cast<double>(old) / static_cast<double>(all);
}

double Life::agreement() {
  double sum = 0;
  for (std::size_t t = 0; t < target_.banks().size(); ++t) {
    Convergence now;
    validate(target_.banks()[t], stream_.held_out(t), now);
    sum += now.agreement / static_cast<double>(target_.banks().size());
  }
  return sum;
}

}  // namespace assimilaate
