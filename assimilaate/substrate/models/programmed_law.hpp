#pragma once
/// What memristors have in common whose source describes them after programming and takes programming for granted
/// (write and verify): a plain law of pulses, assumed by us. Above `drive`, k unit pulses move x by the part
/// 1 - exp(-rate k) of the room ahead; k equal pulses are one of k times the width.

#include <algorithm>
#include <array>
#include <cmath>

#include "assimilaate/substrate/quantised.hpp"

namespace assimilaate {

template <std::size_t More>
[[nodiscard]] constexpr std::array<Field, 5 + More> programmed_fields(double g_low, double g_high,
                                                                      const std::array<Field, More>& more) {
  std::array<Field, 5 + More> fields{
      Field{"g_low", "S", g_low, 1e-12, 1, "lowest conductance"},
      Field{"g_high", "S", g_high, 1e-9, 1, "highest conductance, g_max of the source"},
      Field{"rate", "1", 0.05, 1e-6, 10, "part of the room ahead that a unit pulse moves by; assumed"},
      Field{"unit_width", "s", 1e-7, 1e-12, 1, "width of a unit pulse; assumed"},
      Field{"drive", "V", 0.5, 0.01, 10, "rail voltage of programming; what is not above it moves nothing"},
  };
  for (std::size_t i = 0; i < More; ++i) fields[5 + i] = more[i];
  return fields;
}

class ProgrammedLaw : public Memristor {
 public:
  [[nodiscard]] double width_for(double strength) const override {
    return -std::log1p(-std::min(strength, 0.999)) / rate_ * unit_width_;
  }

 protected:
  ProgrammedLaw(std::string_view name, const FieldReader& value)
      : Memristor(name, value("g_low"), value("g_high"), value("drive")),
        rate_(value("rate")),
        unit_width_(value("unit_width")) {}
  [[nodiscard]] bool programs(const Pulse& pulse) const { return std::abs(pulse.voltage) > drive() && pulse.width > 0; }
  void program(MemristorState& state, const Pulse& pulse, const Individual& self) const {
    const bool up = pulse.voltage > 0;
    const double factor = self.factor(up) * std::max(0.0, 1 + self.cycle);
    const double part = -std::expm1(-rate_ * factor * pulse.width / unit_width_);
    state.x = std::clamp(state.x + part * ((up ? self.high : self.low) - state.x), self.low, self.high);
  }
  [[nodiscard]] double range() const { return highest() - lowest(); }

 private:
  double rate_, unit_width_;
};

}  // namespace assimilaate
