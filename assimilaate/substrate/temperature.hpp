#pragma once
/// Time at a temperature, and a course of such times: what a target lies through between two uses.

#include <string_view>
#include <vector>

namespace assimilaate {

struct TemperatureStep {
  double seconds, kelvin;

  bool operator==(const TemperatureStep&) const = default;
};

/// One after the other.
using TemperatureProfile = std::vector<TemperatureStep>;

/// Read `seconds@kelvin`, parted by commas: `3600@358,86400@298`.
/// @throws Error{Usage} for a text that is no such list, for times below 0 and temperatures not above 0.
[[nodiscard]] TemperatureProfile parse_temperature_profile(std::string_view text);

}  // namespace assimilaate
