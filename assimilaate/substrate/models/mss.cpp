/// Metastable-switch memristor: N two-state switches between two conductances, switched by voltage and heat
/// (Nugent & Molter, PLOS ONE 2014, doi 10.1371/journal.pone.0085175), with the exact law of a pulse of any length:
///   a(V) = s((V - V_on)/V_S)/tau   b(V) = s(-(V + V_off)/V_S)/tau   E = 1 - exp(-(a+b)t)
///   p01 = a/(a+b) E   p10 = b/(a+b) E   n' = n - Bin(n, p10) + Bin(N - n, p01)
///   I = phi V G + (1 - phi)(alpha_f exp(beta_f V) - alpha_r exp(-beta_r V))
/// With `sampler` 1 the emulator's law instead (ktram-neural-core, model mss), which needs t << tau: p01 = a t, p10 = b
/// t, two normals of the binomials' mean and variance, each rounded to whole switches, and x kept within its bounds. As
/// published the law acts at every instant, reads and idle time included. By default retention is apart from pulses:
/// the law acts above `v_dead` only, and idle time through the retention layer alone.

#include <limits>

#include "assimilaate/substrate/pulse_rows_reference.hpp"
#include "assimilaate/substrate/quantised.hpp"

namespace assimilaate {
namespace {

constexpr double boltzmann = 1.380649e-23;             // [J/K]
constexpr double elementary_charge = 1.602176634e-19;  // [C]

constexpr std::array fields{
    Field{"g_low", "S", 1e-4, 1e-9, 1, "conductance with every switch off"},
    Field{"g_high", "S", 1e-3, 1e-9, 1, "conductance with every switch on"},
    Field{"switches", "1", 255, 0, 30000, "number of switches; 0: infinitely many, the mean field"},
    Field{"tau", "s", 1e-5, 1e-12, 1, "switching time constant"},
    Field{"v_on", "V", 0.27, 0, 5, "threshold towards high conductance"},
    Field{"v_off", "V", 0.27, 0, 5, "threshold towards low conductance"},
    Field{"gamma", "1", 1, 0.05, 1, "slope: V_S = kT/q / gamma"},
    Field{"published", "1", 0, 0, 1, "1: the law acts at all times, as published; 0: above v_dead alone"},
    Field{"sampler", "1", 0, 0, 1, "0: exact binomials; 1: rounded normals of the mean of a + b << 1/t (the emulator)"},
    Field{"v_dead", "V", 0.1, 0, 5, "voltage that does nothing, unless as published"},
    Field{"phi", "1", 1, 0, 1, "share of the current that is the memristor's, the rest a diode's"},
    Field{"alpha_f", "A", 0, 0, 1, "diode, forward current"},
    Field{"beta_f", "1/V", 1, 0, 40, "diode, forward exponent"},
    Field{"alpha_r", "A", 0, 0, 1, "diode, reverse current"},
    Field{"beta_r", "1/V", 1, 0, 40, "diode, reverse exponent"},
    Field{"drive", "V", 0.25, 0.01, 5, "rail voltage of programming; a memristor sees twice this"},
};

/// What one pulse does to every switch.
struct Switching {
  double rate_time = 0;   // (a + b) t
  double on_share = 0.5;  // a / (a + b)
  bool up = false;        // by a voltage above 0
};

class Mss final : public Memristor {
 public:
  explicit Mss(const MemristorSettings& settings) : Mss(FieldReader("mss", fields, settings)) {}

  [[nodiscard]] Switching switching(const Pulse& pulse) const {
    if (!published_ && std::abs(pulse.voltage) <= v_dead_) return {};
    const double slope = boltzmann * pulse.temperature / elementary_charge / gamma_;
    const double a = 1 / (1 + std::exp(-(pulse.voltage - v_on_) / slope)) / tau_;
    const double b = 1 / (1 + std::exp((pulse.voltage + v_off_) / slope)) / tau_;
    return {(a + b) * pulse.width, a / (a + b), pulse.voltage > 0};
  }
  [[nodiscard]] double switches() const { return switches_; }
  [[nodiscard]] bool exact() const { return !rounded_normals_; }
  [[nodiscard]] double current(const MemristorState& state, double voltage) const override {
    const double diode = alpha_f_ * std::exp(beta_f_ * voltage) - alpha_r_ * std::exp(-beta_r_ * voltage);
    return phi_ * voltage * conductance(state) + (1 - phi_) * diode;
  }
  void pulse(MemristorState& state, const Pulse& pulse, const Individual& self, Draws& draws) const override {
    const Switching how = switching(pulse);
    const double factor = self.factor(pulse.voltage > 0) * std::max(0.0, 1 + self.cycle);
    if (rounded_normals_) {
      const double part = how.rate_time * factor;
      const double off = rounded_normal((self.high - state.x) * switches_, how.on_share * part, draws);
      const double on = rounded_normal((state.x - self.low) * switches_, (1 - how.on_share) * part, draws);
      state.x = std::clamp(state.x + (off - on) / switches_, self.low, self.high);
      return;
    }
    const double moved = -std::expm1(-how.rate_time * factor);
    const double p01 = how.on_share * moved, p10 = (1 - how.on_share) * moved;
    if (switches_ == 0) {
      state.x += p01 * (self.high - state.x) - p10 * (state.x - self.low);
      return;
    }
    const double lowest_count = std::round(self.low * switches_), highest_count = std::round(self.high * switches_);
    const double n = std::clamp(std::round(state.x * switches_), lowest_count, highest_count);
    const double off = draws_of(highest_count - n, p01, draws), on = draws_of(n - lowest_count, p10, draws);
    state.x = (n + off - on) / switches_;
  }
  void idle(MemristorState& state, double seconds, double kelvin, const Individual& self, Draws& draws) const override {
    if (published_) pulse(state, {0, seconds, kelvin}, self, draws);
  }
  [[nodiscard]] Retention retention(double kelvin) const override {
    if (!published_) return Memristor::retention(kelvin);
    const Switching rest = switching({0, 1, kelvin});
    return {1 / rest.rate_time, rest.on_share};
  }
  [[nodiscard]] double width_for(double strength) const override {
    const Switching unit = switching({2 * drive(), 1});
    if (unit.rate_time <= 0)
      fail(Errc::Usage, "mss: twice the drive of {} V does not exceed v_dead; raise drive", drive());
    return -std::log1p(-std::min(strength / unit.on_share, 0.999)) / unit.rate_time;
  }

 private:
  explicit Mss(const FieldReader& value)
      : Memristor("mss", value("g_low"), value("g_high"), value("drive")),
        switches_(std::round(value("switches"))),
        tau_(value("tau")),
        v_on_(value("v_on")),
        v_off_(value("v_off")),
        gamma_(value("gamma")),
        published_(value("published") >= 0.5),
        rounded_normals_(value("sampler") >= 0.5),
        v_dead_(value("v_dead")),
        phi_(value("phi")),
        alpha_f_(value("alpha_f")),
        beta_f_(value("beta_f")),
        alpha_r_(value("alpha_r")),
        beta_r_(value("beta_r")) {
    if (rounded_normals_ && switches_ == 0)
      fail(Errc::Usage, "mss: sampler = 1 rounds to whole switches, and switches = 0 has none; set one of them");
  }

  [[nodiscard]] static double draws_of(double n, double p, Draws& draws) {
    return p > 0 && n > 0 ? binomial(static_cast<int>(n), p, draws) : 0;
  }
  /// Drawn whatever p, rounded half up; below 0 or above `n` too.
  [[nodiscard]] static double rounded_normal(double n, double p, Draws& draws) {
    const double variance = n * p * (1 - p), sigma = variance > 0 ? std::sqrt(variance) : 0;
    return std::floor(n * p + sigma * draws.normal() + 0.5);
  }

  double switches_, tau_, v_on_, v_off_, gamma_;
  bool published_, rounded_normals_;
  double v_dead_, phi_, alpha_f_, beta_f_, alpha_r_, beta_r_;
};

/// Cells of 255 switches: a byte each. Pulses that switch one way alone, and few at a time, are drawn a row at once in
/// single precision; all others one by one in double.
struct MssCell {
  using Code = std::uint8_t;
  static constexpr Code top = 255;
  static constexpr bool continuous = false;
  using Device = ByteDevice;
  using Step = Switching;

  Mss memristor;

  [[nodiscard]] const Mss& law() const { return memristor; }
  [[nodiscard]] Device device(const Individual& self, const CodeScale& scale) const {
    return byte_device(self, scale, top);
  }
  [[nodiscard]] Device cycled(const Device& device, double cycle) const { return cycled_byte(device, cycle); }
  [[nodiscard]] Step prepare(const Pulse& pulse) const { return memristor.switching(pulse); }
  [[nodiscard]] Step prepare_idle(double seconds, double kelvin) const { return prepare({0, seconds, kelvin}); }
  [[nodiscard]] double mean_move(const Step& step, double code, const CodeScale&) const {
    const double moved = -std::expm1(-step.rate_time);
    return (255 - code) * step.on_share * moved - code * (1 - step.on_share) * moved;
  }
  [[nodiscard]] Code pulse(Code n, const Step& step, const Device& device, const Chance& chance,
                           const CodeScale&) const {
    n = std::clamp(n, device.low, device.high);
    const double moved = -std::expm1(-step.rate_time * device.gain(step.up));
    const int off = std::max(0, device.high - n), on = std::max(0, n - device.low);
    const double p01 = step.on_share * moved, p10 = (1 - step.on_share) * moved;
    const bool up_first = p01 >= p10;
    int change = up_first ? binomial(off, p01, chance.u) : -binomial(on, p10, chance.u);
    if (const double opposite = std::min(p01, p10); opposite * 255 > never) {
      const auto again = philox(chance.spare, {1, 0, 0, 0});
      const double u = uniform53(again[0], again[1]);
      change += up_first ? -binomial(on, opposite, u) : binomial(off, opposite, u);
    }
    return static_cast<Code>(std::clamp(n + change, 0, 255));
  }

  [[nodiscard]] bool by_rows(const Step& step, float most_gain) const {
    constexpr double most_expected = 60;
    const double expected = 255 * step.rate_time * most_gain;
    return expected > 0 && expected < most_expected &&
           std::min(step.on_share, 1 - step.on_share) * std::min(expected, 255.0) < never;
  }
  template <typename Draw>
  void pulse_row(const MemristorRow& row, const Step& up, const Step& down, const Draw& draw) const {
    alignas(64) std::array<std::uint32_t, row_memristors> words;
    draw(words);
    switch_row(row, static_cast<float>(up.rate_time), static_cast<float>(down.rate_time), words);
  }
  [[nodiscard]] Code pulse_one(Code n, const Step& step, const Device& device, int direction,
                               std::uint32_t word) const {
    return reference::switch_one(n, device, direction, static_cast<float>(step.rate_time), word);
  }

 private:
  static constexpr double never = 1e-10;  // an opposite draw rarer than this per pulse is not made
};

}  // namespace

extern const MemristorKind mss_memristor;
const MemristorKind mss_memristor{
    "mss",
    "metastable switches, exact binomial pulses",
    "Nugent & Molter, PLOS ONE 2014, doi 10.1371/journal.pone.0085175",
    fields,
    [](const MemristorSettings& settings) -> std::unique_ptr<const Memristor> {
      return std::make_unique<const Mss>(settings);
    },
    [](const MemristorSettings& settings, const ArrayPlan& plan) -> std::unique_ptr<SynapseArray> {
      Mss law(settings);
      if (law.switches() == 255 && law.exact()) return std::make_unique<PairArray<MssCell>>(MssCell{law}, plan);
      return std::make_unique<PairArray<Quantised<Mss>>>(Quantised<Mss>(std::make_unique<const Mss>(law)), plan);
    }};

}  // namespace assimilaate
