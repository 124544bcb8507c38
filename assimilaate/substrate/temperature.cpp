#include "assimilaate/substrate/temperature.hpp"

#include <charconv>
#include <cmath>

#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

bool read_number(std::string_view text, double& value) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
}

}  // namespace

TemperatureProfile parse_temperature_profile(std::string_view text) {
  TemperatureProfile profile;
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    const std::string_view step = rest.substr(0, comma);
    const auto at = step.find('@');
    TemperatureStep found{};
    if (at == std::string_view::npos || !read_number(step.substr(0, at), found.seconds) ||
        !read_number(step.substr(at + 1), found.kelvin) || found.seconds < 0 || found.kelvin <= 0)
      fail(Errc::Usage, "temperature profile '{}': '{}' is not seconds@kelvin, such as 3600@358", text, step);
    profile.push_back(found);
    if (comma == std::string_view::npos) return profile;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace assimilaate
