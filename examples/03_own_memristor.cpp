/// A memristor model of one's own, and a synapse of it under pulses.

// begin model
/// Square-root memristor: the rate of a pulse grows with the square root of the voltage above a threshold of .3 V, and
/// the step with the room that is left ahead, so that it never hits a wall. The part of the room that a pulse takes is
/// 1 - exp(-rate sqrt((|V| - .3 V) / 1 V) t / 1 us): k equal pulses are one of k times the width. Made up for this
/// page.

#include "assimilaate/substrate/quantised.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"g_low", "S", 1e-6, 1e-9, 1, "lowest conductance"},
    Field{"g_high", "S", 1e-4, 1e-9, 1, "highest conductance"},
    Field{"rate", "1", 0.05, 1e-6, 10, "exponent of a pulse of 1.3 V for 1 us"},
    Field{"drive", "V", 0.5, 0.16, 5, "rail voltage of programming; a memristor sees twice this"},
};

constexpr double unit_width = 1e-6, threshold = 0.3;  // [s], [V]

class SquareRoot final : public Memristor {
 public:
  explicit SquareRoot(const MemristorSettings& settings) : SquareRoot(FieldReader("square_root", fields, settings)) {}

  void pulse(MemristorState& state, const Pulse& pulse, const Individual& self, Draws&) const override {
    const bool up = pulse.voltage > 0;
    const double factor = self.factor(up) * std::max(0.0, 1 + self.cycle);
    const double part = -std::expm1(-exponent(pulse.voltage) * pulse.width * factor);
    state.x += part * ((up ? self.high : self.low) - state.x);
  }
  [[nodiscard]] double width_for(double strength) const override {
    return -std::log1p(-strength) / exponent(2 * drive());
  }

 private:
  explicit SquareRoot(const FieldReader& value)
      : Memristor("square_root", value("g_low"), value("g_high"), value("drive")), rate_(value("rate")) {}
  [[nodiscard]] double exponent(double voltage) const {  // [1/s]
    return rate_ * std::sqrt(std::max(0.0, std::abs(voltage) - threshold)) / unit_width;
  }
  double rate_;
};

}  // namespace

extern const MemristorKind square_root_memristor;
const MemristorKind square_root_memristor =
    quantised_kind<SquareRoot>("square_root", "moves by a part of the room ahead; retentive", "made up", fields);

}  // namespace assimilaate
// end model

int main() {
  using namespace assimilaate;
  // begin try
  const auto array =
      square_root_memristor.make_array({}, {.rows = 1, .lanes = 1, .random = Random(1, 0), .imperfections = {}});
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
