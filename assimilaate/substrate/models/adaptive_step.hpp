#pragma once
/// Explicit integration of one state variable within a pulse.

#include <algorithm>
#include <cmath>

namespace assimilaate {

/// y after `span` of dy/dt = rate(y), kept within [low, high]: classical Runge-Kutta, each step against two of half its
/// length, error per step below `tolerance` and extrapolated away to fifth order. Stops early where y no longer moves.
template <typename Rate>
[[nodiscard]] double integrate(Rate&& rate, double y, double span, double low, double high, double tolerance = 1e-10) {
  const auto bounded = [&](double v) { return rate(std::clamp(v, low, high)); };
  const auto runge_kutta = [&](double from, double k1, double h) {
    const double k2 = bounded(from + 0.5 * h * k1), k3 = bounded(from + 0.5 * h * k2), k4 = bounded(from + h * k3);
    return from + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
  };
  const double width = high - low;
  double step = span;
  for (double left = span; left > 0;) {
    const double k1 = bounded(y);
    if (k1 == 0 || std::abs(k1) * left < 1e-14 * width) return y;
    if (std::abs(k1) > 1e200) return k1 > 0 ? high : low;
    if ((k1 > 0 && y >= high) || (k1 < 0 && y <= low)) return y;
    // So little that one step is exact to rounding: a pulse among the many of a loop or a train.
    if (std::abs(k1) * left < 1e-4 * width) return std::clamp(runge_kutta(y, k1, left), low, high);
    // Never more than an eighth of the range at once: windows change over such distances.
    step = std::min({step, left, 0.125 * width / std::abs(k1)});
    double error = 0, fine = y;
    for (;; step *= std::clamp(0.9 * std::pow(tolerance * width / error, 0.2), 0.1, 0.5)) {
      const double half = runge_kutta(y, k1, 0.5 * step);
      fine = runge_kutta(half, bounded(half), 0.5 * step);
      const double coarse = runge_kutta(y, k1, step);
      error = std::abs(fine - coarse) / 15;
      fine += (fine - coarse) / 15;
      if (error <= tolerance * width) break;
    }
    y = std::clamp(fine, low, high);
    left -= step;
    step *= error > 0 ? std::clamp(0.9 * std::pow(tolerance * width / error, 0.2), 0.5, 4.0) : 4.0;
  }
  return y;
}

}  // namespace assimilaate
