/// Current-voltage loops of known memristors, fitted as if they were measured: 20 mean-field mss memristors, a sine of
/// .8 V through 5 kOhm, 1 Hz to 1 kHz, noise of 1 % of the range of current. Prints the residual of every fit and how
/// often the stated 95 % intervals hold the truth.
///   bench_loop_fit [loops] [seed]

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <numbers>

#include "assimilaate/characterisation/fit.hpp"
#include "assimilaate/characterisation/sweep.hpp"

namespace {

using namespace assimilaate;

constexpr std::size_t samples = 200;
constexpr double noise = 0.01;

struct Case {
  Settings truth;
  double frequency;
  Measurement measured;
};

/// Around the three chips of `physics.md` 3.2, log-normal or normal about their middle.
Case draw(std::uint64_t seed, std::uint64_t which) {
  const Random random(seed, 1);
  const auto u = [&](std::uint64_t i) { return random.uniform(Purpose::Variation, i, which); };
  Case c;
  c.truth = {{"g_low", 1 / (24e3 * std::pow(80e3 / 24e3, u(0)))},
             {"g_high", 1 / (1.7e3 * std::pow(2.0, u(1)))},
             {"tau", 8e-6 * std::pow(7.0, u(2))},
             {"v_on", 0.34 + 0.1 * u(3)},
             {"v_off", 0.12 + 0.11 * u(4)},
             {"switches", 0},
             {"published", 1}};
  c.frequency = std::pow(10.0, static_cast<double>(which % 4));
  IvLoop& loop = c.measured.loop;
  c.measured.kind = MeasurementKind::IvLoop;
  c.measured.source = fmt::format("loop {}", which);
  loop.series_resistance = 5e3;
  for (std::size_t i = 0; i < samples; ++i) {
    loop.time.push_back(static_cast<double>(i) / samples / c.frequency);
    loop.voltage.push_back(0.8 * std::sin(2 * std::numbers::pi * static_cast<double>(i) / samples));
  }
  loop.current.resize(samples);
  const auto law = make_memristor("mss", {c.truth, {}});
  MemristorState state = law->at(law->lowest() + 0.2 * (law->highest() - law->lowest()));
  // Twice: the first period leads in.
  for (int period = 0; period < 2; ++period)
    sweep_loop(*law, state, loop.time, loop.voltage, loop.current,
               {.series_resistance = 5e3, .largest_move = 0.002, .largest_rise = 0.0005, .most_substeps = 10'000'000});
  const auto [low, high] = std::ranges::minmax(loop.current);
  for (std::size_t i = 0; i < samples; ++i)
    loop.current[i] += noise * (high - low) * random.normal(Purpose::Read, i, which);
  return c;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t loops = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  int inside = 0, stated = 0, open = 0;
  double worst = 0;
  std::map<std::string, std::array<int, 2>> by_name;
  fmt::print(
      "loop   Hz     NRMSE %  seconds   parameters (truth inside its 95 % interval: +, outside: -, not determined: "
      "?)\n");
  for (std::uint64_t i = 0; i < loops; ++i) {
    const Case c = draw(seed, i);
    const auto begin = std::chrono::steady_clock::now();
    const ModelFit fit = fit_model(c.measured, "mss", {.seed = seed});
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    worst = std::max(worst, fit.nrmse);
    fmt::print("{:4} {:5g}  {:7.3f}  {:7.2f}  ", i, c.frequency, 100 * fit.nrmse, seconds);
    for (const FittedParameter& p : fit.parameters) {
      const double truth = c.truth.at(p.name);
      const bool holds = truth >= p.low && truth <= p.high, told = p.determined && !p.at_bound;
      fmt::print(" {} {:.3g} ({:.3g}..{:.3g}) {}", p.name, p.value, p.low, p.high, !told ? '?' : holds ? '+' : '-');
      if (!told) {
        ++open;
        continue;
      }
      ++stated, inside += holds;
      ++by_name[p.name][1], by_name[p.name][0] += holds;
    }
    fmt::print("\n");
  }
  fmt::print("worst NRMSE {:.3f} % of the range of current (noise put in: {} %)\n", 100 * worst, 100 * noise);
  fmt::print("truth inside the stated 95 % interval: {} of {} ({:.1f} %), {} not determined\n", inside, stated,
             100.0 * inside / std::max(1, stated), open);
  for (const auto& [name, counts] : by_name) fmt::print("  {}: {} of {}\n", name, counts[0], counts[1]);
  return 0;
}
