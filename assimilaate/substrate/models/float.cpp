/// Float memristor: a conductance of any value, moved in proportion to voltage and, lumping equal pulses of 1 us, to
/// width: dG = eta V t/1us above a dead zone of .25 V (ktram-neural-core, model "float"). Deterministic. Its lanes are
/// the ideal that the others are held against: they take any change at once and need no counter.

#include "assimilaate/substrate/pair_array.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"g_low", "S", 4e-4, 1e-9, 1, "lowest conductance"},
    Field{"g_high", "S", 1e-1, 1e-9, 1, "highest conductance"},
    Field{"eta", "S/V", 1e-4, 1e-12, 1, "conductance moved by one volt for 1 us"},
    Field{"drive", "V", 1, 0.13, 5, "rail voltage of programming; a memristor sees twice this"},
};

constexpr double dead_zone = 0.25;   // [V]
constexpr double unit_width = 1e-6;  // [s]

class Float final : public Memristor {
 public:
  explicit Float(const MemristorSettings& settings) : Float(FieldReader("float", fields, settings)) {}
  /// Change of x by a pulse.
  [[nodiscard]] double step(const Pulse& pulse) const {
    return std::abs(pulse.voltage) < dead_zone
               ? 0
               : eta_ * pulse.voltage * (pulse.width / unit_width) / (highest() - lowest());
  }
  void pulse(MemristorState& state, const Pulse& pulse, const Individual& self, Draws&) const override {
    const double factor = self.factor(pulse.voltage > 0) * std::max(0.0, 1 + self.cycle);
    state.x = std::clamp(state.x + step(pulse) * factor, self.low, self.high);
  }
  [[nodiscard]] double width_for(double strength) const override {
    return strength * 0.5 * (highest() - lowest()) / (eta_ * 2 * drive()) * unit_width;
  }

 private:
  explicit Float(const FieldReader& value)
      : Memristor("float", value("g_low"), value("g_high"), value("drive")), eta_(value("eta")) {}
  double eta_;  // [S/V]
};

/// Its cells keep a float code.
struct FloatCell {
  using Code = float;
  static constexpr Code top = 255;
  static constexpr bool continuous = true;
  struct Device {
    float up = 1, down = 1, low = 0, high = 0;
    bool stuck = false;
  };
  using Step = double;  // codes

  Float memristor;

  [[nodiscard]] const Float& law() const { return memristor; }
  [[nodiscard]] Device device(const Individual& self, const CodeScale& s) const {
    const auto within = [&](double x) { return static_cast<float>(std::clamp<double>(s.code(x), 0, top)); };
    return {static_cast<float>(self.factor(true)), static_cast<float>(self.factor(false)), within(self.low),
            within(self.high), self.stuck};
  }
  [[nodiscard]] Device cycled(Device device, double cycle) const {
    device.up *= static_cast<float>(std::max(0.0, 1 + cycle));
    device.down *= static_cast<float>(std::max(0.0, 1 + cycle));
    return device;
  }
  [[nodiscard]] Step prepare(const Pulse& pulse) const { return memristor.step(pulse); }
  [[nodiscard]] Step prepare_idle(double, double) const { return 0; }
  [[nodiscard]] double mean_move(Step step, double, const CodeScale& s) const { return step / s.step; }
  [[nodiscard]] Code pulse(Code code, Step step, const Device& device, const Chance&, const CodeScale& s) const {
    return std::clamp(static_cast<float>(code + step / s.step * (step > 0 ? device.up : device.down)), device.low,
                      device.high);
  }
};

}  // namespace

extern const MemristorKind float_memristor;
const MemristorKind float_memristor{
    "float",
    "any conductance, moved by any amount: the ideal",
    "ktram-neural-core, model float",
    fields,
    [](const MemristorSettings& settings) -> std::unique_ptr<const Memristor> {
      return std::make_unique<const Float>(settings);
    },
    [](const MemristorSettings& settings, const ArrayPlan& plan) -> std::unique_ptr<SynapseArray> {
      return std::make_unique<PairArray<FloatCell>>(FloatCell{Float(settings)}, plan);
    }};

}  // namespace assimilaate
