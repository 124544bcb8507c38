#pragma once
/// What memristors that move in steps have in common (`physics.md` 3.3; the step devices of IBM/aihwkit 1.1.0). Inside,
/// the state is a weight w in the units of the source; outside it is x = (w - w_min) / (w_max - w_min), so that
/// G = g_low + x (g_high - g_low). Per memristor, with what the device-to-device layers drew:
///   b_min, b_max   own bounds, ordered, with w = 0 between them (negative b_max and positive b_min change sign)
///   D+ = dw |g + r + min(up_down, 0)|     D- = dw |g - r - max(up_down, 0)|
///
/// A pulse moves a memristor only where |V| exceeds `drive`, so that a half-selected one rests; beyond that the voltage
/// does not matter. A pulse of k times `unit_width` is k unit pulses, the last a fraction of a step. The one noise
/// number z of a pulse is shared by its unit steps as z / sqrt(k) each: where steps are equal their sum strays by
/// sqrt(k) of one, as k pulses of their own would.

#include <algorithm>
#include <array>
#include <cmath>

#include "assimilaate/substrate/quantised.hpp"

namespace assimilaate {

/// The fields of all step laws, with the bounds and step of one, and room for `More` of its own behind them.
template <std::size_t More>
[[nodiscard]] constexpr std::array<Field, 8 + More> step_fields(double dw, double w_max,
                                                                const std::array<Field, More>& more) {
  std::array<Field, 8 + More> fields{
      Field{"dw", "weight", dw, 1e-9, 10, "mean step of a pulse where it is full"},
      Field{"up_down", "1", 0, -0.99, 0.99, "part that up steps are smaller (below 0) or down steps (above 0)"},
      Field{"w_min", "weight", -w_max, -100, 0, "lowest weight, at g_low"},
      Field{"w_max", "weight", w_max, 0, 100, "highest weight, at g_high"},
      Field{"g_low", "S", 1e-5, 1e-12, 1, "lowest conductance"},
      Field{"g_high", "S", 1.1e-4, 1e-9, 1, "highest conductance"},
      Field{"unit_width", "s", 1e-6, 1e-12, 1, "width of the pulse that is one step"},
      Field{"drive", "V", 0.5, 0.01, 10, "rail voltage of programming; what is not above it moves nothing"},
  };
  for (std::size_t i = 0; i < More; ++i) fields[8 + i] = more[i];
  return fields;
}

/// One memristor as its step sees it, in weights.
struct OwnStep {
  double low, high;       ///< own bounds; low <= 0 <= high
  double up, down;        ///< D+ and D-, >= 0
  double noise;           ///< of this step, relative to a full one
  double own, own_other;  ///< normal numbers of a model's own variation

  /// The size of a full step in that direction.
  [[nodiscard]] double size(bool rising) const { return rising ? up : down; }
};

/// @tparam Law  final, with `double step(double w, bool up, const OwnStep& own) const`: the signed move of a unit
/// pulse;
///              and, where states count from another weight than 0, `double reference(const OwnStep& own) const`
template <typename Law>
class StepLaw : public Memristor {
 public:
  void pulse(MemristorState& state, const Pulse& pulse, const Individual& self, Draws&) const override {
    const double steps = pulse.width / unit_width_;
    if (!(std::abs(pulse.voltage) > drive() && steps > 0)) return;
    state.x = position(walk(weight(state.x), pulse.voltage > 0, steps, own_step(self, self.cycle / std::sqrt(steps))));
  }
  /// As many unit pulses as move a nominal memristor at mid range so far, up and down in the mean.
  [[nodiscard]] double width_for(double strength) const override {
    const OwnStep nominal = own_step({}, 0);
    const double goal = strength * range();
    double up = weight(0.5), down = up;
    for (double steps = 0;; ++steps) {
      const double moved = up - down;
      up = walk(up, true, 1, nominal);
      down = walk(down, false, 1, nominal);
      if (up - down >= goal) return unit_width_ * (steps + (goal - moved) / (up - down - moved));
      if (up - down <= moved) return unit_width_ * (steps + 1);  // as far as it goes
    }
  }

  [[nodiscard]] bool lumps_cycles() const override { return true; }
  [[nodiscard]] double reference(const OwnStep&) const { return 0; }

  [[nodiscard]] double weight(double x) const { return w_min_ + x * range(); }
  [[nodiscard]] double position(double w) const { return (w - w_min_) / range(); }
  [[nodiscard]] OwnStep own_step(const Individual& self, double noise) const {
    return {-std::abs(weight(self.low)),
            std::abs(weight(self.high)),
            dw_ * std::abs(self.factor(true) + std::min(up_down_, 0.0)),
            dw_ * std::abs(self.factor(false) - std::max(up_down_, 0.0)),
            noise,
            self.own,
            self.own_other};
  }

 protected:
  StepLaw(std::string_view name, const FieldReader& value)
      : Memristor(name, value("g_low"), value("g_high"), value("drive")),
        dw_(value("dw")),
        up_down_(value("up_down")),
        w_min_(value("w_min")),
        w_max_(value("w_max")),
        unit_width_(value("unit_width")) {
    if (!(w_min_ < w_max_)) fail(Errc::Usage, "{}: w_max {} must lie above w_min {}", name, w_max_, w_min_);
  }
  [[nodiscard]] double lowest_weight() const { return w_min_; }
  [[nodiscard]] double highest_weight() const { return w_max_; }
  [[nodiscard]] double range() const { return w_max_ - w_min_; }

 private:
  [[nodiscard]] double walk(double seen, bool up, double steps, const OwnStep& own) const {
    const Law& law = static_cast<const Law&>(*this);
    double w = seen + law.reference(own);
    for (; steps > 0; --steps) {
      const double before = w;
      w = std::clamp(w + std::min(steps, 1.0) * law.step(w, up, own), own.low, own.high);
      if (w == before) break;  // and so for the rest
    }
    return w - law.reference(own);
  }

  double dw_, up_down_, w_min_, w_max_, unit_width_;
};

}  // namespace assimilaate
