#include "assimilaate/characterisation/sweep.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace assimilaate {
namespace {

const Individual nominal{};

/// Root of a function that changes its sign within [a, b], to a value of at most `tolerance` (Illinois variant of the
/// false position).
template <typename F>
double root(F f, double a, double fa, double b, double fb, double tolerance) {
  for (int i = 0; i < 200; ++i) {
    const double c = (a * fb - b * fa) / (fb - fa), fc = f(c);
    if (std::abs(fc) <= tolerance) return c;
    if ((fc > 0) == (fb > 0)) {
      fa *= 0.5;
    } else {
      a = b, fa = fb;
    }
    b = c, fb = fc;
  }
  return b;
}

/// The state after `seconds` under a voltage that depends on the middle state: x' = pulse(x; V((x + x')/2)).
class Stepper {
 public:
  Stepper(const Memristor& law, const LoopOptions& options) : law_(law), options_(options) {}

  /// False when the step is too long to be trusted.
  bool step(const MemristorState& from, double applied, double seconds, MemristorState& to) {
    double guess = from.x, reached = moved(from, guess, applied, seconds, to);
    double error = reached - guess;
    // Secant iteration on g(guess) - guess, from the explicit step.
    double last = guess, last_error = error;
    guess = reached;
    for (int i = 0; i < 8; ++i) {
      if (std::abs(guess - from.x) > 4 * options_.largest_move) return false;
      reached = moved(from, guess, applied, seconds, to);
      error = reached - guess;
      if (std::abs(error) < 1e-10) return std::abs(reached - from.x) <= options_.largest_move;
      if (error == last_error) return false;
      const double next = guess - error * (guess - last) / (error - last_error);
      last = guess, last_error = error;
      guess = std::clamp(next, 0.0, 1.0);
    }
    return false;
  }

 private:
  double moved(const MemristorState& from, double guess, double applied, double seconds, MemristorState& to) {
    MemristorState middle = from;
    middle.x = 0.5 * (from.x + guess);
    const double v = device_voltage(law_, middle, applied, options_.series_resistance);
    to = from;
    law_.pulse(to, {v, seconds, options_.temperature}, nominal, draws_);
    return to.x;
  }

  const Memristor& law_;
  const LoopOptions& options_;
  MeanDraws draws_;
};

}  // namespace

void sweep_pulses(const Memristor& law, MemristorState& state, std::span<const Pulse> pulses,
                  std::span<double> conductance) {
  MeanDraws draws;
  for (std::size_t i = 0; i < pulses.size(); ++i) {
    law.pulse(state, pulses[i], nominal, draws);
    conductance[i] = law.conductance(state);
  }
}

double device_voltage(const Memristor& law, const MemristorState& state, double applied, double resistance) {
  if (resistance <= 0) return applied;
  const auto excess = [&](double v) { return v + resistance * law.current(state, v) - applied; };
  const double tolerance = 1e-12 * std::max(1e-3, std::abs(applied));
  // Exact where current is proportional to voltage, a good first guess elsewhere.
  const double short_circuit = law.current(state, applied);
  double guess = applied;
  if (applied != 0 && short_circuit / applied > 0) guess = applied / (1 + resistance * short_circuit / applied);
  const double miss = excess(guess);
  if (std::abs(miss) <= tolerance) return guess;
  double low = std::min(0.0, applied), high = std::max(0.0, applied), reach = 0.1;
  double below = excess(low), above = excess(high);
  for (; below > 0 && reach < 1e6; reach *= 2) below = excess(low -= reach);  // laws that drive a current at 0 V
  for (reach = 0.1; above < 0 && reach < 1e6; reach *= 2) above = excess(high += reach);
  if (miss > 0) return root(excess, low, below, guess, miss, tolerance);
  return root(excess, guess, miss, high, above, tolerance);
}

void sweep_loop(const Memristor& law, MemristorState& state, std::span<const double> time,
                std::span<const double> voltage, std::span<double> current, const LoopOptions& options) {
  Stepper stepper(law, options);
  int left = options.most_substeps;
  double wanted = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < time.size(); ++i) {
    if (i > 0) {
      const double whole = time[i] - time[i - 1], slope = (voltage[i] - voltage[i - 1]) / whole;
      const double longest = slope == 0 ? whole : std::min(whole, options.largest_rise / std::abs(slope));
      for (double at = 0; at < whole && left > 0; --left) {
        const double step = std::min({wanted, longest, whole - at}), rest = whole - at - step;
        MemristorState next;
        if (!stepper.step(state, voltage[i - 1] + slope * (at + 0.5 * step), step, next)) {
          wanted = 0.5 * step;
          continue;
        }
        const bool gentle = std::abs(next.x - state.x) < 0.4 * options.largest_move;
        state = next;
        at = rest > 1e-12 * whole ? at + step : whole;
        if (gentle) wanted = 2 * std::max(step, std::min(wanted, whole));
      }
    }
    current[i] = left > 0 ? law.current(state, device_voltage(law, state, voltage[i], options.series_resistance))
                          : std::numeric_limits<double>::quiet_NaN();
  }
}

}  // namespace assimilaate
