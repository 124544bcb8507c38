#include "assimilaate/report/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace assimilaate {
namespace {

constexpr std::array<std::string_view, 13> prefixes{"a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E"};

}  // namespace

int si_exponent(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  const auto thirds = static_cast<int>(std::floor(std::log10(std::abs(value)) / 3 + 1e-12));
  return 3 * std::clamp(thirds, -6, 6);
}

std::string_view si_prefix(int exponent) {
  return prefixes[static_cast<std::size_t>(std::clamp(exponent / 3, -6, 6) + 6)];
}

std::string si_text(double value, std::string_view unit, int digits) {
  if (std::isnan(value)) return "n/a";
  if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
  digits = std::clamp(digits, 1, 15);
  const std::string plain = fmt::format("{:.{}g}", value, digits);
  const double rounded = std::stod(plain);
  const double magnitude = std::abs(rounded);
  const bool bare = unit.empty() && magnitude < 1e4 && (magnitude >= 1e-3 || magnitude == 0);
  const int exponent = bare || unit == "%" ? 0 : si_exponent(rounded);
  const double scaled = rounded / std::pow(10.0, exponent);
  const int whole = magnitude > 0 ? static_cast<int>(std::floor(std::log10(std::abs(scaled)) + 1e-12)) + 1 : 1;
  return fmt::format("{}{:.{}g}{}{}{}", scaled < 0 ? "−" : "", std::abs(scaled), std::clamp(whole, digits, 15),
                     unit.empty() ? "" : " ", si_prefix(exponent), unit);
}

}  // namespace assimilaate
