/// Byte memristor: an integer 1 … 255, moved by one step per volt, rounded (ktram-neural-core, model "byte").
/// Deterministic; ignores the width of a pulse, but takes one of k us for k lumped pulses.

#include "assimilaate/substrate/pair_array.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"g_step", "S", 4e-6, 1e-12, 1e-2, "conductance of one step (assumed: the source has no unit)"},
    Field{"drive", "V", 1, 0.5, 5, "rail voltage of programming; a memristor sees twice this"},
};

constexpr double unit_width = 1e-6;  // [s]

struct Byte {
  using Code = std::uint8_t;
  static constexpr bool continuous = false;
  static constexpr Code top = 254;  // code c is byte c + 1
  using Step = int;

  double g_step, volts;

  [[nodiscard]] double lowest() const { return g_step; }
  [[nodiscard]] double highest() const { return 256 * g_step; }  // of code 255, which no byte reaches
  [[nodiscard]] double drive() const { return volts; }
  [[nodiscard]] double width_for(double) const { return unit_width; }
  [[nodiscard]] Step prepare(Pulse pulse) const {
    const double pulses = std::clamp(std::round(pulse.width / unit_width), 1.0, 255.0);
    return static_cast<int>(std::floor(pulse.voltage + 0.5) * pulses);
  }
  [[nodiscard]] double mean_move(Step step, double) const { return step; }
  [[nodiscard]] Code pulse(Code code, Step step, const Device<Code>& device, const Chance&) const {
    const int moved = code + static_cast<int>(std::lround(static_cast<float>(step) * device.gain));
    return static_cast<Code>(std::clamp<int>(moved, device.low, device.high));
  }
};

std::unique_ptr<SynapseArray> make(const Settings& settings, const ArrayPlan& plan) {
  const auto value = [&](std::string_view name) { return field_value("byte", fields, settings, name); };
  return std::make_unique<PairArray<Byte>>(Byte{value("g_step"), value("drive")}, plan);
}

}  // namespace

extern const MemristorKind byte_memristor;
const MemristorKind byte_memristor{"byte", "an integer that moves by one step per volt; deterministic",
                                   "ktram-neural-core, model byte", fields, make};

}  // namespace assimilaate
