/// Byte memristor: an integer 1 … 255, moved by one step per volt, rounded (ktram-neural-core, model "byte").
/// Deterministic; ignores the width of a pulse, but takes one of k us for k lumped pulses.

#include "assimilaate/substrate/pair_array.hpp"
#include "assimilaate/substrate/pulse_rows_reference.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"g_step", "S", 4e-6, 1e-12, 1e-2, "conductance of one step (assumed: the source has no unit)"},
    Field{"drive", "V", 1, 0.5, 5, "rail voltage of programming; a memristor sees twice this"},
};

constexpr double unit_width = 1e-6;  // [s]
constexpr double steps = 254;        // from byte 1 to byte 255

class Byte final : public Memristor {
 public:
  explicit Byte(const MemristorSettings& settings) : Byte(FieldReader("byte", fields, settings)) {}
  [[nodiscard]] static double moved(const Pulse& pulse) {
    return std::floor(pulse.voltage + 0.5) * std::clamp(std::round(pulse.width / unit_width), 1.0, 255.0);
  }
  void pulse(MemristorState& state, const Pulse& pulse, const Individual& self, Draws&) const override {
    const double factor = self.factor(pulse.voltage > 0) * std::max(0.0, 1 + self.cycle);
    const double byte = std::round(state.x * steps) + std::round(moved(pulse) * factor);
    state.x = std::clamp(byte / steps, self.low, self.high);
  }
  [[nodiscard]] double width_for(double) const override { return unit_width; }

 private:
  explicit Byte(const FieldReader& value) : Memristor("byte", value("g_step"), 255 * value("g_step"), value("drive")) {}
};

struct ByteCell {
  using Code = std::uint8_t;
  static constexpr Code top = 254;  // code c is byte c + 1
  static constexpr bool continuous = false;
  using Device = ByteDevice;
  using Step = float;

  Byte memristor;

  [[nodiscard]] const Byte& law() const { return memristor; }
  [[nodiscard]] Device device(const Individual& self, const CodeScale& scale) const {
    return byte_device(self, scale, top);
  }
  [[nodiscard]] Device cycled(const Device& device, double cycle) const { return cycled_byte(device, cycle); }
  [[nodiscard]] Step prepare(const Pulse& pulse) const { return static_cast<float>(Byte::moved(pulse)); }
  [[nodiscard]] Step prepare_idle(double, double) const { return 0; }
  [[nodiscard]] double mean_move(Step step, double, const CodeScale&) const { return step; }
  [[nodiscard]] Code pulse(Code code, Step step, const Device& device, const Chance&, const CodeScale&) const {
    return reference::step_one(code, device, step);
  }
  [[nodiscard]] bool by_rows(Step, float) const { return true; }
  template <typename Draw>
  void pulse_row(const MemristorRow& row, Step up, Step down, const Draw&) const {
    step_row(row, up, down);
  }
  [[nodiscard]] Code pulse_one(Code code, Step step, const Device& device, int, std::uint32_t) const {
    return reference::step_one(code, device, step);
  }
};

}  // namespace

extern const MemristorKind byte_memristor;
const MemristorKind byte_memristor{
    "byte",
    "an integer that moves by one step per volt; deterministic",
    "ktram-neural-core, model byte",
    fields,
    [](const MemristorSettings& settings) -> std::unique_ptr<const Memristor> {
      return std::make_unique<const Byte>(settings);
    },
    [](const MemristorSettings& settings, const ArrayPlan& plan) -> std::unique_ptr<SynapseArray> {
      return std::make_unique<PairArray<ByteCell>>(ByteCell{Byte(settings)}, plan);
    }};

}  // namespace assimilaate
