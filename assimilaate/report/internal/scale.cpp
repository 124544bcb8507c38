#include "assimilaate/report/internal/scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "assimilaate/report/quantity.hpp"

namespace assimilaate::report {
namespace {

/// 1, 2 or 5 times a power of ten, about a `wanted`-th of the span.
double round_step(double span, int wanted) {
  const double raw = span / wanted;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  const double share = raw / power;
  return power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10);
}

void linear_ticks(Scale& scale, const Axis& axis, int wanted) {
  const double step = round_step(scale.high - scale.low, wanted);
  const double largest = std::max(std::abs(scale.low), std::abs(scale.high));
  const bool prefixed =
      (!axis.unit.empty() && axis.unit != "%") || (axis.unit.empty() && (largest >= 2e4 || largest < 1e-3));
  const int exponent = prefixed ? si_exponent(largest * 0.999) : 0;
  const double unit = std::pow(10.0, exponent);
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step / unit) - 1e-9)), 0, 12);
  const std::string_view suffix = axis.unit.empty() ? si_prefix(exponent) : "";
  const double first = std::ceil(scale.low / step - 1e-9);
  for (double i = first; i * step <= scale.high + 1e-9 * step; ++i) {
    const double value = i == 0 ? 0 : i * step;
    scale.ticks.push_back({value, fmt::format("{}{:.{}f}{}", value < 0 ? "−" : "", std::abs(value) / unit, decimals,
                                              value == 0 ? "" : suffix)});
  }
  scale.title = axis.label;
  if (!axis.unit.empty()) scale.title += fmt::format(" [{}{}]", si_prefix(exponent), axis.unit);
}

std::string log_tick_text(double value, double largest, const std::string& unit) {
  if (!unit.empty() && unit != "%") return si_text(value, unit);
  if (unit == "%" || (value >= 1e-2 && largest < 2e4)) return fmt::format("{:g}", value);
  const int exponent = si_exponent(value);
  return fmt::format("{:g}{}", value / std::pow(10.0, exponent), si_prefix(exponent));
}

/// Ticks of times that outlast an hour: powers of a thousand up to a second, then what people count in.
void time_ticks(Scale& scale, const Axis& axis) {
  constexpr double day = 86'400, year = 365.25 * day;
  struct Named {
    double seconds;
    const char* text;
  };
  constexpr std::array<Named, 11> named{{{1e-12, "1 ps"},
                                         {1e-9, "1 ns"},
                                         {1e-6, "1 µs"},
                                         {1e-3, "1 ms"},
                                         {1, "1 s"},
                                         {60, "1 min"},
                                         {3600, "1 h"},
                                         {day, "1 d"},
                                         {30 * day, "30 d"},
                                         {10 * year, "10 yr"},
                                         {1000 * year, "1000 yr"}}};
  for (const Named& each : named)
    if (each.seconds >= scale.low * (1 - 1e-9) && each.seconds <= scale.high * (1 + 1e-9))
      scale.ticks.push_back({each.seconds, each.text});
  scale.title = axis.label;
}

void log_ticks(Scale& scale, const Axis& axis, int wanted) {
  constexpr double hour = 3600;
  if (axis.unit == "s" && scale.high > hour) return time_ticks(scale, axis);
  const double decades = std::log10(scale.high / scale.low);
  const double first = std::floor(std::log10(scale.low)), last = std::ceil(std::log10(scale.high));
  const double stride = std::max(1.0, std::ceil(decades / wanted));
  std::vector<double> steps{1};
  if (decades <= 1.3)
    steps = {1, 2, 5};
  else if (decades * 2 <= wanted)
    steps = {1, 3};
  for (double power = first; power <= last; power += stride)
    for (const double step : steps) {
      const double value = step * std::pow(10.0, power);
      if (value < scale.low * (1 - 1e-9) || value > scale.high * (1 + 1e-9)) continue;
      scale.ticks.push_back({value, log_tick_text(value, scale.high, axis.unit)});
    }
  scale.title = axis.label + (axis.unit == "%" ? " [%]" : "");
}

}  // namespace

void Extent::add(double value) {
  low = std::min(low, value);
  high = std::max(high, value);
}

bool drawable(double value, bool log) {
  return std::isfinite(value) && std::abs(value) < 1e100 && (log ? value > 1e-100 : true);
}

double Scale::place(double value) const {
  const double share = log ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
  return from + (to - from) * std::clamp(share, -10.0, 10.0);
}

Scale make_scale(const Axis& axis, Extent extent, double from, double to, int wanted, bool tight) {
  Scale scale{.log = axis.log, .from = from, .to = to, .ticks = {}, .title = {}};
  if (extent.empty()) extent = axis.log ? Extent{1, 10} : Extent{0, 1};
  double low = extent.low, high = extent.high;
  if (axis.low && drawable(*axis.low, axis.log)) low = *axis.low;
  if (axis.high && drawable(*axis.high, axis.log)) high = *axis.high;
  if (!(low < high) || high - low < 1e-9 * std::max(std::abs(low), std::abs(high))) {
    const double middle = 0.5 * (extent.low + extent.high);
    const double room = middle == 0 ? 1 : 0.1 * std::abs(middle);
    low = axis.log ? middle / 2 : middle - room;
    high = axis.log ? middle * 2 : middle + room;
  }
  const double room = tight ? 0 : 0.04;
  if (axis.log) {
    const double factor = std::pow(high / low, room);
    scale.low = axis.low ? low : low / factor;
    scale.high = axis.high ? high : high * factor;
    log_ticks(scale, axis, wanted);
    if (scale.ticks.size() < 2) {
      scale.ticks.clear();
      linear_ticks(scale, axis, std::max(2, wanted / 2));
    }
  } else {
    const double pad = (high - low) * room;
    scale.low = axis.low ? low : (low >= 0 && low < pad ? 0 : low - pad);
    scale.high = axis.high ? high : high + pad;
    linear_ticks(scale, axis, wanted);
  }
  return scale;
}

}  // namespace assimilaate::report
