/// Stanford-PKU ReRAM: a tunnelling gap that field and Joule heat open and close (Jiang et al., SISPAD 2014; numbers as
/// in MemTorch). With T' = T + |V I| R_th and E = |V|/t_ox:
///   I = I0 exp(-h/h0) sinh(V/V0)
///   dh/dt = -v0 exp(-q E_a/(k T')) sinh(gamma a0 q V/(t_ox k T')),  gamma = gamma0 - beta (h/1 nm)^3, 0 if gamma E <
///   F_min
/// and, where `noise` is set, a random drift noise xi / (1 + exp((T_c - T')/T_s)) of that speed's unit for each pulse.
/// The gap is integrated within a pulse, between the gaps of the lowest and highest conductance at `v_read`. The state
/// x counts conductance: exp(-h/h0) is linear in it.

#include "assimilaate/substrate/models/adaptive_step.hpp"
#include "assimilaate/substrate/quantised.hpp"

namespace assimilaate {
namespace {

constexpr double boltzmann = 1.380649e-23;             // [J/K]
constexpr double elementary_charge = 1.602176634e-19;  // [C]

constexpr std::array fields{
    Field{"g_low", "S", 1 / 218.6e3, 1e-12, 1, "lowest conductance, at v_read"},
    Field{"g_high", "S", 1 / 542.0, 1e-9, 1, "highest conductance, at v_read"},
    Field{"v_read", "V", 0.1, 1e-4, 1, "voltage at which conductance is counted"},
    Field{"i_0", "A", 1e-3, 1e-9, 1, "current without a gap"},
    Field{"h_0", "m", 0.25e-9, 1e-11, 1e-8, "gap over which current falls by e"},
    Field{"v_0", "V", 0.25, 0.01, 5, "steepness of the current"},
    Field{"velocity", "m/s", 10, 1e-9, 1e9, "speed of the gap without barrier"},
    Field{"barrier", "eV", 0.6, 0, 5, "activation energy E_a"},
    Field{"gamma_0", "1", 16, 0.1, 100, "local field enhancement without a gap"},
    Field{"beta", "1", 0.8, 0, 20, "and what a gap of 1 nm takes from it"},
    Field{"t_ox", "m", 12e-9, 1e-10, 1e-6, "thickness of the oxide"},
    Field{"a_0", "m", 0.25e-9, 1e-11, 1e-8, "atomic hopping distance"},
    Field{"field_min", "V/m", 1.4e9, 0, 1e12, "local field below which the gap rests"},
    Field{"r_thermal", "K/W", 2.1e3, 0, 1e9, "thermal resistance"},
    Field{"noise", "m/s", 0, 0, 1, "random part of the speed"},
    Field{"t_critical", "K", 450, 1, 5000, "temperature at which the random part is half there"},
    Field{"t_smooth", "K", 500, 1, 5000, "over which it comes up"},
    Field{"drive", "V", 0.8, 0.01, 10, "rail voltage of programming; a memristor sees twice this"},
};

class StanfordPku final : public Memristor {
 public:
  explicit StanfordPku(const MemristorSettings& settings)
      : StanfordPku(FieldReader("stanford_pku", fields, settings)) {}

  [[nodiscard]] double current(const MemristorState& state, double voltage) const override {
    return (lowest() + (state.x + state.beside) * (highest() - lowest())) * v_read_ * std::sinh(voltage / v_0_) /
           std::sinh(v_read_ / v_0_);
  }
  void pulse(MemristorState& state, const Pulse& pulse, const Individual& self, Draws& draws) const override {
    if (pulse.voltage == 0 || pulse.width <= 0) return;
    const double factor = self.factor(pulse.voltage > 0) * std::max(0.0, 1 + self.cycle);
    const double xi = noise_ > 0 ? draws.normal() : 0;
    const auto rate = [&](double h) { return factor * speed(h, pulse, xi); };
    const double h = integrate(rate, gap(state.x), pulse.width, gap(self.high), gap(self.low));
    state.x = std::clamp((conductance_of(h) - lowest()) / (highest() - lowest()), self.low, self.high);
  }
  [[nodiscard]] double width_for(double strength) const override {
    const Pulse pulse{2 * drive(), 1};
    const double from = gap(0.5), to = gap(0.5 + 0.5 * strength);
    if (speed(from, pulse, 0) >= 0 || speed(to, pulse, 0) >= 0)
      fail(Errc::Usage, "stanford_pku: twice the drive of {} V does not reach field_min; raise drive", drive());
    // dt = dh/speed, by Simpson's rule.
    constexpr int steps = 200;
    double sum = 0;
    for (int i = 0; i <= steps; ++i) {
      const double weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight / speed(from + (to - from) * i / steps, pulse, 0);
    }
    return sum * (to - from) / (3 * steps);
  }

 private:
  explicit StanfordPku(const FieldReader& value)
      : Memristor("stanford_pku", value("g_low"), value("g_high"), value("drive")),
        v_read_(value("v_read")),
        i_0_(value("i_0")),
        h_0_(value("h_0")),
        v_0_(value("v_0")),
        velocity_(value("velocity")),
        barrier_(value("barrier")),
        gamma_0_(value("gamma_0")),
        beta_(value("beta")),
        t_ox_(value("t_ox")),
        a_0_(value("a_0")),
        field_min_(value("field_min")),
        r_thermal_(value("r_thermal")),
        noise_(value("noise")),
        t_critical_(value("t_critical")),
        t_smooth_(value("t_smooth")) {}

  /// Of a gap [m], at `v_read` [S]; and the gap of a state.
  [[nodiscard]] double conductance_of(double h) const {
    return i_0_ * std::exp(-h / h_0_) * std::sinh(v_read_ / v_0_) / v_read_;
  }
  [[nodiscard]] double gap(double x) const {
    const double g = std::max(lowest() + x * (highest() - lowest()), 1e-15);
    return -h_0_ * std::log(g * v_read_ / (i_0_ * std::sinh(v_read_ / v_0_)));
  }
  /// dh/dt [m/s]
  [[nodiscard]] double speed(double h, const Pulse& pulse, double xi) const {
    const double amperes = i_0_ * std::exp(-h / h_0_) * std::sinh(pulse.voltage / v_0_);
    const double kelvin = pulse.temperature + std::abs(pulse.voltage * amperes) * r_thermal_;
    const double thermal = boltzmann * kelvin / elementary_charge;  // [V]
    double gamma = gamma_0_ - beta_ * std::pow(h / 1e-9, 3);
    if (gamma * std::abs(pulse.voltage) / t_ox_ < field_min_) gamma = 0;
    const double drift =
        -velocity_ * std::exp(-barrier_ / thermal) * std::sinh(gamma * a_0_ * pulse.voltage / (t_ox_ * thermal));
    return drift + noise_ * xi / (1 + std::exp((t_critical_ - kelvin) / t_smooth_));
  }

  double v_read_, i_0_, h_0_, v_0_, velocity_, barrier_, gamma_0_, beta_, t_ox_, a_0_, field_min_, r_thermal_, noise_,
      t_critical_, t_smooth_;
};

}  // namespace

extern const MemristorKind stanford_pku_memristor;
const MemristorKind stanford_pku_memristor =
    quantised_kind<StanfordPku>("stanford_pku", "a tunnelling gap moved by field and heat",
                                "Jiang et al., SISPAD 2014 (Stanford-PKU RRAM model); numbers as in MemTorch", fields);

}  // namespace assimilaate
