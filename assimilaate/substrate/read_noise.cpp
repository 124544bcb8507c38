#include "assimilaate/substrate/read_noise.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "assimilaate/core/error.hpp"

namespace assimilaate {

ReadNoise ReadNoise::parse(std::string_view text) {
  if (text == "off") return {};
  if (text == "emulator") return {Law::Emulator, 0};
  constexpr std::string_view relative = "relative:";
  if (text.starts_with(relative)) {
    double amount = 0;
    const auto number = text.substr(relative.size());
    const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), amount);
    if (problem == std::errc{} && end == number.data() + number.size() && amount >= 0 && amount <= 10)
      return {Law::Relative, amount};
  }
  fail(Errc::Usage, "read noise '{}' is none of off, relative:0…10, emulator", text);
}

std::string ReadNoise::text() const {
  switch (law) {
    case Law::Off:
      return "off";
    case Law::Relative:
      return fmt::format("relative:{}", amount);
    case Law::Emulator:
      return "emulator";
  }
  return {};
}

double emulator_sigma(double y, double sum, double highest, const ReadSettings& read) {
  constexpr double r = 0.02, thermal_weight = 0.1, reference_voltage = 0.05, reference_width = 1e-6;
  constexpr double comparator = 300e-6;  // [V], code 10 of the comparator's 256
  const double decades = 6 * std::log(10.0);
  if (sum <= 0) return comparator / read.voltage;
  const double size = std::sqrt(highest / sum);
  const double thermal = r * thermal_weight * std::sqrt(read.temperature / 298) * (reference_voltage / read.voltage) *
                         size * std::sqrt(reference_width / read.width);
  const double flicker =
      r * (1 - y * y) * size * std::sqrt(std::max(0.0, decades + std::log(reference_width / read.width)) / decades);
  return std::sqrt(thermal * thermal + flicker * flicker + std::pow(comparator / read.voltage, 2));
}

}  // namespace assimilaate
