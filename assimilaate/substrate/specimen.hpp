#pragma once
/// One memristor of a target, with everything that is wrong with it: what curves, loops, kT-RAM lanes and traces are
/// made of. Arrays of millions are `SynapseArray`s; the laws are the same.

#include "assimilaate/substrate/memristor.hpp"
#include "assimilaate/substrate/temperature.hpp"

namespace assimilaate {

class Specimen {
 public:
  /// @param law     outlives this
  /// @param random  of the target; `cell` says which of its memristors this is
  /// @throws Error{Usage} for a retention layer over a law that forgets by itself: two laws for the same idle time.
  Specimen(const Memristor& law, const Imperfections& imperfections, const Random& random, const Cell& cell = {});

  /// A pulse; `event` names the moment, and the same event draws the same chance, each layer from a stream of its own.
  /// What moves it, however little, ages it by a pulse and begins its drift anew; what does not, such as a read, does
  /// neither.
  void pulse(const Pulse& pulse, std::uint64_t event);
  /// The same with chance from elsewhere: of the layers first, jitter before cycle, then of the law, then write noise.
  void pulse(const Pulse& pulse, Draws& draws);
  /// `seconds` without voltage.
  void idle(double seconds, double kelvin, std::uint64_t event);
  /// The same at changing temperatures.
  void idle(const TemperatureProfile& profile, std::uint64_t event);

  /// [S], without the noise of a read
  [[nodiscard]] double conductance() const { return law_->conductance(state_); }
  /// What the read number `read` finds [S].
  [[nodiscard]] double read(std::uint64_t read) const;
  /// [A]
  [[nodiscard]] double current(double voltage) const { return law_->current(state_, voltage); }
  [[nodiscard]] const MemristorState& state() const { return state_; }
  void set_state(const MemristorState& state) { state_ = state; }
  [[nodiscard]] const Individual& self() const { return self_; }
  [[nodiscard]] const Memristor& law() const { return *law_; }

 private:
  /// @param jitter, cycle  standard normal numbers
  void act(const Pulse& pulse, double jitter, double cycle, Draws& draws, Draws& writes);
  /// Conductance at x = 0, in nominal ranges.
  [[nodiscard]] double floor() const { return law_->lowest() / (law_->highest() - law_->lowest()); }

  const Memristor* law_;
  Imperfections how_;
  Random random_;
  Cell cell_;
  Individual self_;
  MemristorState state_;
  double since_ = 0;          // it was moved [s]
  std::uint64_t pulses_ = 0;  // that moved it
};

}  // namespace assimilaate
