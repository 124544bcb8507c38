/// VTEAM memristor: a boundary that moves above a threshold, at a speed that is a power of the voltage beyond it
/// (Kvatinsky et al., IEEE TCAS-II 2015, doi 10.1109/TCSII.2015.2433536; numbers as in MemTorch). With the sign of the
/// voltage turned round, so that a positive one raises conductance, and s = 1 - (boundary/thickness):
///   ds/dt = +k_on  (V/v_on - 1)^alpha_on  / thickness     V > v_on
///   ds/dt = -k_off (-V/v_off - 1)^alpha_off / thickness   V < -v_off, else 0: a true dead zone that holds for ever
///   R = R_off - s (R_off - R_on),  R_on = 1/g_high,  R_off = 1/g_low
/// The speed does not depend on s, so a pulse is exact whatever its width: s moves by speed * width and stops at 0
/// and 1. The state x counts conductance, x = (1/R - g_low) / (g_high - g_low), as arrays do.

#include "assimilaate/substrate/quantised.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"g_low", "S", 1e-3, 1e-12, 1, "lowest conductance, 1/R_off"},
    Field{"g_high", "S", 2e-2, 1e-9, 1, "highest conductance, 1/R_on"},
    Field{"thickness", "m", 3e-9, 1e-10, 1e-6, "way of the boundary"},
    Field{"k_on", "m/s", 10, 1e-15, 1e9, "speed towards high conductance at twice its threshold"},
    Field{"k_off", "m/s", 5e-4, 1e-15, 1e9, "speed towards low conductance at twice its threshold"},
    Field{"alpha_on", "1", 3, 0.1, 20, "exponent towards high conductance"},
    Field{"alpha_off", "1", 1, 0.1, 20, "exponent towards low conductance"},
    Field{"v_on", "V", 0.2, 1e-3, 10, "threshold towards high conductance"},
    Field{"v_off", "V", 0.02, 1e-3, 10, "threshold towards low conductance"},
    // Up and down steps are alike at 2 drive = .215761 V; a memristor programmed there keeps its mean.
    Field{"drive", "V", 0.1078805, 0.001, 10, "rail voltage of programming; a memristor sees twice this"},
};

class Vteam final : public Memristor {
 public:
  explicit Vteam(const MemristorSettings& settings) : Vteam(FieldReader("vteam", fields, settings)) {}

  void pulse(MemristorState& state, const Pulse& pulse, const Individual& self, Draws&) const override {
    const double factor = self.factor(pulse.voltage > 0) * std::max(0.0, 1 + self.cycle);
    const double way = speed(pulse.voltage) * pulse.width * factor;
    if (way == 0) return;
    const double resistance = std::max(1 / conductance_at(state.x) - way * (1 / lowest() - 1 / highest()), 1e-15);
    state.x = std::clamp((1 / resistance - lowest()) / (highest() - lowest()), self.low, self.high);
  }
  [[nodiscard]] double width_for(double strength) const override {
    const double rate = speed(2 * drive());
    if (rate <= 0) fail(Errc::Usage, "vteam: twice the drive of {} V does not exceed v_on; raise drive", drive());
    const double whole = 1 / lowest() - 1 / highest();
    return (1 / conductance_at(0.5) - 1 / conductance_at(0.5 + 0.5 * strength)) / whole / rate;
  }

 private:
  explicit Vteam(const FieldReader& value)
      : Memristor("vteam", value("g_low"), value("g_high"), value("drive")),
        on_(value("k_on") / value("thickness")),
        off_(value("k_off") / value("thickness")),
        alpha_on_(value("alpha_on")),
        alpha_off_(value("alpha_off")),
        v_on_(value("v_on")),
        v_off_(value("v_off")) {}
  [[nodiscard]] double conductance_at(double x) const { return std::max(lowest() + x * (highest() - lowest()), 1e-15); }
  /// ds/dt [1/s]
  [[nodiscard]] double speed(double v) const {
    if (v > v_on_) return on_ * std::pow(v / v_on_ - 1, alpha_on_);
    if (v < -v_off_) return -off_ * std::pow(-v / v_off_ - 1, alpha_off_);
    return 0;
  }

  double on_, off_;  // [1/s]
  double alpha_on_, alpha_off_, v_on_, v_off_;
};

}  // namespace

extern const MemristorKind vteam_memristor;
const MemristorKind vteam_memristor = quantised_kind<Vteam>(
    "vteam", "a boundary that moves above a voltage threshold",
    "Kvatinsky et al., IEEE TCAS-II 2015, doi 10.1109/TCSII.2015.2433536; numbers as in MemTorch", fields);

}  // namespace assimilaate
