/// Metastable-switch memristor: 255 two-state switches between two conductances, switched by voltage and heat
/// (Nugent & Molter, PLOS ONE 2014, doi 10.1371/journal.pone.0085175), with the exact law of a pulse of any length:
///   a(V) = s((V - V_on)/V_T)/tau   b(V) = s(-(V + V_off)/V_T)/tau   E = 1 - exp(-(a+b)t)
///   p01 = a/(a+b) E   p10 = b/(a+b) E   n' = n - Bin(n, p10) + Bin(N - n, p01)
/// Retention is separate from pulses here: the law acts while a programming pulse lasts, low-voltage reads leave n
/// alone.

#include "assimilaate/substrate/pair_array.hpp"

namespace assimilaate {
namespace {

constexpr double boltzmann = 1.380649e-23;             // [J/K]
constexpr double elementary_charge = 1.602176634e-19;  // [C]

constexpr std::array fields{
    Field{"g_low", "S", 1e-4, 1e-9, 1, "conductance with every switch off"},
    Field{"g_high", "S", 1e-3, 1e-9, 1, "conductance with every switch on"},
    Field{"tau", "s", 1e-5, 1e-12, 1, "switching time constant"},
    Field{"v_on", "V", 0.27, 0, 5, "threshold towards high conductance"},
    Field{"v_off", "V", 0.27, 0, 5, "threshold towards low conductance"},
    Field{"temperature", "K", 298, 200, 500, "junction temperature"},
    Field{"drive", "V", 0.25, 0.01, 5, "rail voltage of programming; a memristor sees twice this"},
};

struct Mss {
  using Code = std::uint8_t;
  static constexpr bool continuous = false;
  struct Step {
    double rate_time;  // (a + b) t
    double on_share;   // a / (a + b)
    /// P(no switch) of n nominal switches under the likelier direction, (1 - p)^n: most of the cost of a draw.
    std::array<double, 256> none{};
  };

  double g_low, g_high, tau, v_on, v_off, temperature, volts;

  [[nodiscard]] double lowest() const { return g_low; }
  [[nodiscard]] double highest() const { return g_high; }
  [[nodiscard]] double drive() const { return volts; }
  [[nodiscard]] Step prepare(Pulse pulse) const {
    const double slope = boltzmann * temperature / elementary_charge;
    const double a = 1 / (1 + std::exp(-(pulse.voltage - v_on) / slope)) / tau;
    const double b = 1 / (1 + std::exp((pulse.voltage + v_off) / slope)) / tau;
    Step step{(a + b) * pulse.width, a / (a + b)};
    const double stays = 1 + std::max(step.on_share, 1 - step.on_share) * std::expm1(-step.rate_time);
    step.none[0] = 1;
    for (std::size_t n = 1; n < step.none.size(); ++n) step.none[n] = step.none[n - 1] * stays;
    return step;
  }
  [[nodiscard]] double width_for(double strength) const {
    const Step unit = prepare({2 * volts, 1});
    return -std::log1p(-std::min(strength / unit.on_share, 0.999)) / unit.rate_time;
  }
  [[nodiscard]] double mean_move(const Step& step, double code) const {
    const double moved = -std::expm1(-step.rate_time);
    return (255 - code) * step.on_share * moved - code * (1 - step.on_share) * moved;
  }
  [[nodiscard]] Code pulse(Code n, const Step& step, const Device<Code>& device, const Chance& chance) const {
    const bool nominal = device.gain == 1;
    const double moved = -std::expm1(-step.rate_time * device.gain);
    const int off = std::max(0, device.high - n), on = std::max(0, n - device.low);
    const double p01 = step.on_share * moved, p10 = (1 - step.on_share) * moved;
    constexpr double never = 1e-10;  // a second, opposite draw rarer than this per pulse is not made
    const bool up_first = p01 >= p10;
    const int trials = up_first ? off : on;
    const double p = std::max(p01, p10), opposite = std::min(p01, p10);
    const int drawn = nominal && p <= 0.5
                          ? binomial_from(step.none[static_cast<std::size_t>(trials)], trials, p, chance.u)
                          : binomial(trials, p, chance.u);
    int change = up_first ? drawn : -drawn;
    if (opposite * 255 > never) {
      const auto again = philox(chance.spare, {1, 0, 0, 0});
      const double u = uniform53(again[0], again[1]);
      change += up_first ? -binomial(on, opposite, u) : binomial(off, opposite, u);
    }
    return static_cast<Code>(std::clamp(n + change, 0, 255));
  }
};

std::unique_ptr<SynapseArray> make(const Settings& settings, const ArrayPlan& plan) {
  const auto value = [&](std::string_view name) { return field_value("mss", fields, settings, name); };
  const Mss model{value("g_low"), value("g_high"),      value("tau"),  value("v_on"),
                  value("v_off"), value("temperature"), value("drive")};
  if (model.g_high <= model.g_low)
    fail(Errc::Usage, "mss: g_high {} S must lie above g_low {} S", model.g_high, model.g_low);
  return std::make_unique<PairArray<Mss>>(model, plan);
}

}  // namespace

extern const MemristorKind mss_memristor;
const MemristorKind mss_memristor{"mss", "metastable switches, 255 of them, exact binomial pulses, retentive",
                                  "Nugent & Molter, PLOS ONE 2014, doi 10.1371/journal.pone.0085175", fields, make};

}  // namespace assimilaate
