/// RS memristor: moves towards the bound ahead by a part of the distance that grows with voltage above .25 V and with
/// width (ktram-neural-core, model "rs"): dG = alpha u dt (G_bound - G), u = max(|V| - .25 V, 0). Deterministic. Long
/// pulses that would step over the bound stop at it.

#include "assimilaate/substrate/quantised.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"g_low", "S", 1e-7, 1e-12, 1, "lowest conductance"},
    Field{"g_high", "S", 1e-3, 1e-9, 1, "highest conductance"},
    Field{"alpha", "1/V/s", 1e6, 1, 1e12, "rate above the threshold of .25 V"},
    Field{"drive", "V", 1, 0.13, 5, "rail voltage of programming; a memristor sees twice this"},
};

constexpr double threshold = 0.25;  // [V]

class Rs final : public Memristor {
 public:
  explicit Rs(const MemristorSettings& settings) : Rs(FieldReader("rs", fields, settings)) {}
  void pulse(MemristorState& state, const Pulse& pulse, const Individual& self, Draws&) const override {
    const bool up = pulse.voltage > 0;
    const double above = std::max(std::abs(pulse.voltage) - threshold, 0.0);
    const double factor = self.factor(up) * std::max(0.0, 1 + self.cycle);
    state.x += alpha_ * above * pulse.width * factor * ((up ? self.high : self.low) - state.x);
    state.x = std::clamp(state.x, self.low, self.high);
  }
  [[nodiscard]] double width_for(double strength) const override {
    return strength / (alpha_ * (2 * drive() - threshold));
  }

 private:
  explicit Rs(const FieldReader& value)
      : Memristor("rs", value("g_low"), value("g_high"), value("drive")), alpha_(value("alpha")) {}
  double alpha_;  // [1/V/s]
};

}  // namespace

extern const MemristorKind rs_memristor;
const MemristorKind rs_memristor = quantised_kind<Rs>(
    "rs", "moves by a part of the distance to the bound ahead; deterministic", "ktram-neural-core, model rs", fields);

}  // namespace assimilaate
