/// A memristor model of one's own, and a synapse of it under pulses.

// begin model
/// Soft-bounds memristor: a pulse moves it by a part of the room that is left ahead of it, so that it never hits a wall
/// (Fusi & Abbott, Nature Neuroscience 2007, doi 10.1038/nn1859). The part is 1 - exp(-rate |V| t / 1 us): k equal
/// pulses are one of k times the width. What falls between two codes is rounded at random, without bias.

#include "assimilaate/substrate/pair_array.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"g_low", "S", 1e-6, 1e-9, 1, "lowest conductance"},
    Field{"g_high", "S", 1e-4, 1e-9, 1, "highest conductance"},
    Field{"rate", "1/V", 0.05, 1e-6, 10, "exponent of a pulse of one volt for 1 us"},
    Field{"drive", "V", 0.5, 0.01, 5, "rail voltage of programming; a memristor sees twice this"},
};

constexpr double unit_width = 1e-6;  // [s]

struct SoftBounds {
  using Code = std::uint8_t;
  static constexpr bool continuous = false;
  using Step = double;  // exponent of the pulse, negative downwards

  double g_low, g_high, rate, volts;

  [[nodiscard]] double lowest() const { return g_low; }
  [[nodiscard]] double highest() const { return g_high; }
  [[nodiscard]] double drive() const { return volts; }
  [[nodiscard]] double width_for(double strength) const {
    return -std::log1p(-strength) / (rate * 2 * volts) * unit_width;
  }
  [[nodiscard]] Step prepare(Pulse pulse) const { return rate * pulse.voltage * pulse.width / unit_width; }
  [[nodiscard]] double mean_move(Step step, double code) const {
    const double part = -std::expm1(-std::abs(step));
    return step > 0 ? part * (255 - code) : -part * code;
  }
  [[nodiscard]] Code pulse(Code code, Step step, const Device<Code>& device, const Chance& chance) const {
    const double part = -std::expm1(-std::abs(step) * device.gain);
    const double bound = step > 0 ? device.high : device.low;
    return static_cast<Code>(std::clamp(std::floor(code + part * (bound - code) + chance.u), 0.0, 255.0));
  }
};

std::unique_ptr<SynapseArray> make(const Settings& settings, const ArrayPlan& plan) {
  const auto value = [&](std::string_view name) { return field_value("soft_bounds", fields, settings, name); };
  const SoftBounds model{value("g_low"), value("g_high"), value("rate"), value("drive")};
  if (model.g_high <= model.g_low)
    fail(Errc::Usage, "soft_bounds: g_high {} S must lie above g_low {} S", model.g_high, model.g_low);
  return std::make_unique<PairArray<SoftBounds>>(model, plan);
}

}  // namespace

extern const MemristorKind soft_bounds_memristor;
const MemristorKind soft_bounds_memristor{"soft_bounds", "moves by a part of the room ahead; retentive",
                                          "Fusi & Abbott, Nature Neuroscience 2007", fields, make};

}  // namespace assimilaate
// end model

int main() {
  using namespace assimilaate;
  // begin try
  const auto array =
      soft_bounds_memristor.make({}, {.rows = 1, .lanes = 1, .random = Random(1, 0), .imperfections = {}});
  const auto tile = array->open(0);
  const double width = array->width_for(0.1);
  Events events;
  double before = -1;
  for (std::uint64_t event = 0; event < 8; ++event) {
    const auto [a, b] = array->conductances(0, 0);
    const double y = (a - b) / (a + b);
    fmt::print("Ga {:.3g} S, Gb {:.3g} S, y {:+.3f}\n", a, b, y);
    if (y <= before) return 1;
    before = y;
    const Fire up{.row = 0, .lane = 0, .count = 1};
    tile->pulse({&up, 1}, width, event, events);
  }
  // end try
}
