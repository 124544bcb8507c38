#pragma once
/// One memristor of a target, with everything that is wrong with it: what curves, loops, kT-RAM lanes and traces are
/// made of. Arrays of millions are `SynapseArray`s; the laws are the same.

#include "assimilaate/substrate/memristor.hpp"

namespace assimilaate {

class Specimen {
 public:
  /// @param law     outlives this
  /// @param random  of the target; `cell` says which of its memristors this is
  Specimen(const Memristor& law, const Imperfections& imperfections, const Random& random, const Cell& cell = {});

  /// A pulse; `event` names the moment, and the same event draws the same chance.
  void pulse(const Pulse& pulse, std::uint64_t event);
  /// The same with chance from elsewhere.
  void pulse(const Pulse& pulse, Draws& draws);
  /// `seconds` without voltage.
  void idle(double seconds, double kelvin, std::uint64_t event);

  /// [S]
  [[nodiscard]] double conductance() const { return law_->conductance(state_); }
  /// [A]
  [[nodiscard]] double current(double voltage) const { return law_->current(state_, voltage); }
  [[nodiscard]] const MemristorState& state() const { return state_; }
  void set_state(const MemristorState& state) { state_ = state; }
  [[nodiscard]] const Individual& self() const { return self_; }
  [[nodiscard]] const Memristor& law() const { return *law_; }

 private:
  const Memristor* law_;
  Imperfections how_;
  Random random_;
  Cell cell_;
  Individual self_;
  MemristorState state_;
  double since_ = 0;          // last pulse [s]
  std::uint64_t pulses_ = 0;  // for wear
};

}  // namespace assimilaate
