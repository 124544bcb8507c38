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

struct Float {
  using Code = float;
  static constexpr bool continuous = true;
  using Step = double;  // codes

  double g_low, g_high, eta, volts;

  [[nodiscard]] double lowest() const { return g_low; }
  [[nodiscard]] double highest() const { return g_high; }
  [[nodiscard]] double drive() const { return volts; }
  [[nodiscard]] double code() const { return (g_high - g_low) / 255; }
  [[nodiscard]] double width_for(double strength) const {
    return strength * 127.5 * code() / (eta * 2 * volts) * unit_width;
  }
  [[nodiscard]] Step prepare(Pulse pulse) const {
    return std::abs(pulse.voltage) < dead_zone ? 0 : eta * pulse.voltage * pulse.width / unit_width / code();
  }
  [[nodiscard]] double mean_move(Step step, double) const { return step; }
  [[nodiscard]] Code pulse(Code c, Step step, const Device<Code>& device, const Chance&) const {
    return std::clamp(static_cast<float>(c + step * device.gain), device.low, device.high);
  }
};

std::unique_ptr<SynapseArray> make(const Settings& settings, const ArrayPlan& plan) {
  const auto value = [&](std::string_view name) { return field_value("float", fields, settings, name); };
  const Float model{value("g_low"), value("g_high"), value("eta"), value("drive")};
  if (model.g_high <= model.g_low)
    fail(Errc::Usage, "float: g_high {} S must lie above g_low {} S", model.g_high, model.g_low);
  return std::make_unique<PairArray<Float>>(model, plan);
}

}  // namespace

extern const MemristorKind float_memristor;
const MemristorKind float_memristor{"float", "any conductance, moved by any amount: the ideal",
                                    "ktram-neural-core, model float", fields, make};

}  // namespace assimilaate
