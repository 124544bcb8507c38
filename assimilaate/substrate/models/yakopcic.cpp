/// Yakopcic memristor: hyperbolic-sine current, exponential drift of the state beyond two thresholds (Yakopcic et al.,
/// IEEE EDL 2011, doi 10.1109/LED.2011.2163292, and IJCNN 2013):
///   I = a1 s sinh(b V)  V >= 0      a2 s sinh(b V)  V < 0
///   ds/dt = eta g(V) f(s)      g = a_p (e^V - e^v_p)  V > v_p;   -a_n (e^-V - e^v_n)  V < -v_n;   else 0
///   up    f = 1 below x_p, else e^(-alpha_p (s - x_p)) (1 + (x_p - s)/(1 - x_p))
///   down  f = 1 above 1 - x_n, else e^(alpha_n (s + x_n - 1)) s/(1 - x_n)
/// s runs from `x_low` (the least a memristor conducts) to 1, and is integrated within a pulse; x = (s - x_low)/(1 -
/// x_low). Conductance is that of small positive voltages, a1 b s.

#include "assimilaate/substrate/models/adaptive_step.hpp"
#include "assimilaate/substrate/quantised.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"a1", "A", 0.17, 1e-15, 100, "current of positive voltages"},
    Field{"a2", "A", 0.17, 1e-15, 100, "current of negative voltages"},
    Field{"b", "1/V", 0.05, 1e-3, 40, "steepness of the current"},
    Field{"v_p", "V", 0.16, 0, 10, "threshold towards high conductance"},
    Field{"v_n", "V", 0.15, 0, 10, "threshold towards low conductance"},
    Field{"a_p", "1/s", 4000, 1e-9, 1e15, "rate towards high conductance"},
    Field{"a_n", "1/s", 4000, 1e-9, 1e15, "rate towards low conductance"},
    Field{"x_p", "1", 0.3, 0, 0.999, "state from which rising slows down"},
    Field{"x_n", "1", 0.5, 0, 0.999, "1 - the state from which falling slows down"},
    Field{"alpha_p", "1", 1, 0, 100, "how sharply rising slows down"},
    Field{"alpha_n", "1", 5, 0, 100, "how sharply falling slows down"},
    Field{"x_low", "1", 0.01, 1e-6, 0.9, "least state"},
    Field{"drive", "V", 0.5, 0.001, 10, "rail voltage of programming; a memristor sees twice this"},
};

class Yakopcic final : public Memristor {
 public:
  explicit Yakopcic(const MemristorSettings& settings) : Yakopcic(FieldReader("yakopcic", fields, settings)) {}

  [[nodiscard]] double current(const MemristorState& state, double voltage) const override {
    return (voltage >= 0 ? a1_ : a2_) * inside(state.x + state.beside) * std::sinh(b_ * voltage);
  }
  void pulse(MemristorState& state, const Pulse& pulse, const Individual& self, Draws&) const override {
    const double factor = self.factor(pulse.voltage > 0) * std::max(0.0, 1 + self.cycle);
    const double drift = speed(pulse.voltage) * factor;
    if (drift == 0) return;
    const auto rate = [&](double s) { return drift > 0 ? drift * rising(s) : drift * falling(s); };
    const double s = integrate(rate, inside(state.x), pulse.width, inside(self.low), inside(self.high));
    state.x = std::clamp((s - x_low_) / (1 - x_low_), self.low, self.high);
  }
  [[nodiscard]] double width_for(double strength) const override {
    // dt/ds = 1/(speed f(s)), by Simpson's rule: smooth but for one kink.
    const double speed_up = speed(2 * drive()), from = inside(0.5), to = inside(0.5 + 0.5 * strength);
    if (speed_up <= 0) fail(Errc::Usage, "yakopcic: twice the drive of {} V does not exceed v_p; raise drive", drive());
    constexpr int steps = 200;
    double sum = 0;
    for (int i = 0; i <= steps; ++i) {
      const double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight / rising(from + (to - from) * i / steps);
    }
    return sum * (to - from) / (3 * steps) / speed_up;
  }

 private:
  explicit Yakopcic(const FieldReader& value)
      : Memristor("yakopcic", value("a1") * value("b") * value("x_low"), value("a1") * value("b"), value("drive")),
        a1_(value("a1")),
        a2_(value("a2")),
        b_(value("b")),
        v_p_(value("v_p")),
        v_n_(value("v_n")),
        a_p_(value("a_p")),
        a_n_(value("a_n")),
        x_p_(value("x_p")),
        x_n_(value("x_n")),
        alpha_p_(value("alpha_p")),
        alpha_n_(value("alpha_n")),
        x_low_(value("x_low")) {}

  [[nodiscard]] double inside(double x) const { return x_low_ + x * (1 - x_low_); }
  [[nodiscard]] double speed(double v) const {
    if (v > v_p_) return a_p_ * (std::exp(v) - std::exp(v_p_));
    if (v < -v_n_) return -a_n_ * (std::exp(-v) - std::exp(v_n_));
    return 0;
  }
  [[nodiscard]] double rising(double s) const {
    if (s < x_p_) return 1;
    return std::max(0.0, std::exp(-alpha_p_ * (s - x_p_)) * (1 + (x_p_ - s) / (1 - x_p_)));
  }
  [[nodiscard]] double falling(double s) const {
    if (s > 1 - x_n_) return 1;
    return std::max(0.0, std::exp(alpha_n_ * (s + x_n_ - 1)) * s / (1 - x_n_));
  }

  double a1_, a2_, b_, v_p_, v_n_, a_p_, a_n_, x_p_, x_n_, alpha_p_, alpha_n_, x_low_;
};

}  // namespace

extern const MemristorKind yakopcic_memristor;
const MemristorKind yakopcic_memristor =
    quantised_kind<Yakopcic>("yakopcic", "hyperbolic-sine current, drift beyond two thresholds",
                             "Yakopcic et al., IEEE EDL 2011, doi 10.1109/LED.2011.2163292", fields);

}  // namespace assimilaate
