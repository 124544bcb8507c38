#pragma once
/// What cells of arrays keep and are told: codes, what makes one memristor unlike the next, chance.

#include <algorithm>
#include <array>
#include <cmath>

#include "assimilaate/substrate/imperfections.hpp"
#include "assimilaate/substrate/pulse_rows.hpp"

namespace assimilaate {

/// How codes stand for positions in the nominal range: x = low + code * step.
struct CodeScale {
  double low = 0, step = 1.0 / 255;
  [[nodiscard]] double x(double code) const { return low + code * step; }
  [[nodiscard]] double code(double x) const { return (x - low) / step; }
};

/// What models that think in bytes keep of a memristor.
[[nodiscard]] inline ByteDevice byte_device(const Individual& self, const CodeScale& scale, std::uint8_t top) {
  const auto within = [&](double x) {
    return static_cast<std::uint8_t>(std::clamp<double>(std::round(scale.code(x)), 0, top));
  };
  const auto fixed = [](double gain) {
    return static_cast<std::uint16_t>(std::clamp(std::round(gain * ByteDevice::one), 0.0, 65535.0));
  };
  return {fixed(self.factor(true)), fixed(self.factor(false)), within(self.low), within(self.high), self.stuck};
}
/// The same for one pulse whose step strays by `cycle`.
[[nodiscard]] inline ByteDevice cycled_byte(ByteDevice device, double cycle) {
  const auto times = [&](std::uint16_t gain) {
    return static_cast<std::uint16_t>(std::clamp(std::round(gain * (1 + cycle)), 0.0, 65535.0));
  };
  device.up = times(device.up);
  device.down = times(device.down);
  return device;
}

/// Random bits for one pulse on one memristor: a 53-bit uniform, and more on demand from the same counter.
struct Chance {
  double u;
  std::array<std::uint32_t, 2> spare;  ///< for a second, rarer draw
};

}  // namespace assimilaate
