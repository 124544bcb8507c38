#include "assimilaate/characterisation/fit_noise.hpp"

#include <algorithm>
#include <cmath>

namespace assimilaate {
namespace {

/// The typical pulse of a direction, none where there is none.
std::optional<Pulse> typical(const PulseResponse& measured, bool up) {
  std::vector<double> voltages, widths;
  for (const Pulse& pulse : measured.pulses)
    if ((pulse.voltage > 0) == up) voltages.push_back(pulse.voltage), widths.push_back(pulse.width);
  if (voltages.empty()) return std::nullopt;
  const auto middle = static_cast<std::ptrdiff_t>(voltages.size() / 2);
  std::ranges::nth_element(voltages, voltages.begin() + middle);
  std::ranges::nth_element(widths, widths.begin() + middle);
  return Pulse{voltages[static_cast<std::size_t>(middle)], widths[static_cast<std::size_t>(middle)]};
}

/// Move of x by one pulse.
double step_at(const Memristor& law, double x, const Pulse& pulse) {
  MemristorState state = law.at(law.lowest() + x * (law.highest() - law.lowest()));
  const double before = state.x;
  MeanDraws draws;
  law.pulse(state, pulse, Individual{}, draws);
  return state.x - before;
}

void find_symmetric_point(const Memristor& law, const PulseResponse& measured, ResponseNoise& noise) {
  const auto up = typical(measured, true), down = typical(measured, false);
  double at = 0.5;
  if (up && down) {
    const auto balance = [&](double x) { return step_at(law, x, *up) + step_at(law, x, *down); };
    double low = 1e-3, high = 1 - 1e-3;
    if (balance(low) > 0 && balance(high) < 0) {
      for (int i = 0; i < 60; ++i) {
        at = 0.5 * (low + high);
        (balance(at) > 0 ? low : high) = at;
      }
      noise.symmetric_point = law.lowest() + at * (law.highest() - law.lowest());
    }
  }
  const double step = std::abs(step_at(law, at, up ? *up : *down));
  if (step > 0) noise.states = 1 / step;
}

/// Variance of the noise and of one step of the walk that `left` is the sum of: a line through the mean square change
/// over k, each k weighted by what it is known to, 1/k^2 where a walk rules.
std::pair<double, double> write_and_walk(const std::vector<double>& left) {
  const std::size_t n = left.size(), longest = std::clamp<std::size_t>(n / 10, 2, 40);
  const std::size_t first = std::max<std::size_t>(1, longest / 8);  // leaves out noise that lasts a few pulses
  double weights = 0, mean_k = 0, mean_v = 0, mean_kk = 0, mean_kv = 0;
  for (std::size_t k = first; k <= longest; ++k) {
    double square = 0;
    for (std::size_t i = k; i < n; ++i) square += (left[i] - left[i - k]) * (left[i] - left[i - k]);
    const double at = static_cast<double>(k), weight = 1 / (at * at), v = square / static_cast<double>(n - k);
    weights += weight, mean_k += weight * at, mean_v += weight * v, mean_kk += weight * at * at,
        mean_kv += weight * at * v;
  }
  mean_k /= weights, mean_v /= weights, mean_kk /= weights, mean_kv /= weights;
  const double spread = mean_kk - mean_k * mean_k, slope = (mean_kv - mean_k * mean_v) / spread;
  // Of white noise alone a mean square change strays by sqrt(3/n) of itself: a slope that twice as much would make,
  // over the spread of k, is none.
  const double blur = 2 * mean_v * std::sqrt(3 / static_cast<double>(n) / spread);
  const double walk = slope > blur ? slope : 0;
  return {std::max(0.0, 0.5 * (mean_v - walk * mean_k)), walk};
}

}  // namespace

double neighbour_correlation(const std::vector<double>& residual) {
  double square = 0, product = 0;
  for (std::size_t i = 0; i < residual.size(); ++i) {
    square += residual[i] * residual[i];
    if (i > 0) product += residual[i] * residual[i - 1];
  }
  return residual.size() < 3 || square == 0 ? 0 : std::clamp(product / square, -0.999, 0.999);
}

ResponseNoise response_noise(const Memristor& law, const PulseResponse& measured, const std::vector<double>& curve) {
  const double range = law.highest() - law.lowest();
  ResponseNoise noise;
  find_symmetric_point(law, measured, noise);
  std::vector<double> left;
  double steps = 0, per_switch = 0;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    left.push_back((measured.conductance[i] - curve[i]) / range);
    if (i == 0) continue;
    const double step = (curve[i] - curve[i - 1]) / range, x = (curve[i - 1] - law.lowest()) / range;
    steps += step * step;
    // N (1 - x) switches are off, each going on with p: the mean moves by `step`, its variance is p (1 - p)(1 - x)/N.
    const double room = step > 0 ? 1 - x : x, p = room > 0 ? std::min(1.0, std::abs(step) / room) : 0;
    per_switch += room * p * (1 - p);
  }
  const auto [write, stray] = write_and_walk(left);
  const double moves = static_cast<double>(curve.size() - 1);
  noise.write_noise = std::sqrt(write);
  if (steps > 0) noise.cycle_variation = std::sqrt(stray * moves / steps);
  if (stray > 0 && per_switch > 0) noise.switches = per_switch / moves / stray;
  const double single = noise.states > 0 ? 1 / noise.states : 0;
  noise.levels = 1 + 1 / std::max({2 * std::sqrt(write + stray), single, 1e-12});
  return noise;
}

}  // namespace assimilaate
