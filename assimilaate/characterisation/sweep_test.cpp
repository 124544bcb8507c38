#include "assimilaate/characterisation/sweep.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace assimilaate {
namespace {

constexpr std::size_t samples = 200;

struct Sine {
  std::vector<double> time, voltage;
  Sine(double amplitude, double frequency) {
    for (std::size_t i = 0; i < samples; ++i) {
      time.push_back(static_cast<double>(i) / samples / frequency);
      voltage.push_back(amplitude * std::sin(2 * std::numbers::pi * static_cast<double>(i) / samples));
    }
  }
};

const Settings wsdc{{"g_low", 1 / 80.9e3}, {"g_high", 1 / 2.11e3}, {"tau", 55.2e-6}, {"v_on", 0.352},
                    {"v_off", 0.229},      {"switches", 0},        {"published", 1}};

std::vector<double> loop_of(const Memristor& law, const Sine& sine, const LoopOptions& options) {
  std::vector<double> current(samples);
  MemristorState state{.x = 0.1};
  sweep_loop(law, state, sine.time, sine.voltage, current, options);
  return current;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  const auto [low, high] = std::ranges::minmax(a);
  return largest / (high - low);
}

TEST(DeviceVoltage, DividesByOhmsLaw) {
  const auto law = make_memristor("float", {});
  const MemristorState state{.x = 0.3};
  const double r = 1 / law->conductance(state);
  for (const double applied : {-2.0, -0.1, 0.0, 0.7})
    EXPECT_NEAR(device_voltage(*law, state, applied, 5e3), applied * r / (r + 5e3), 1e-12);
  EXPECT_EQ(device_voltage(*law, state, 0.7, 0), 0.7);
}

TEST(DeviceVoltage, ObeysKirchhoffWithDiodesAndHyperbolicSines) {
  for (const auto& [name, settings] :
       {std::pair<std::string, Settings>{"yakopcic", {{"b", 4}}},
        {"stanford_pku", {}},
        {"mss", {{"phi", 0.55}, {"alpha_f", 1e-9}, {"beta_f", 8.5}, {"alpha_r", 22e-9}, {"beta_r", 6.2}}}}) {
    const auto law = make_memristor(name, {settings, {}});
    for (const double applied : {-2.0, -0.3, 0.0, 0.05, 1.0, 3.0})
      for (const double resistance : {1.0, 5e3, 1e6}) {
        const MemristorState state{.x = 0.6};
        const double v = device_voltage(*law, state, applied, resistance);
        EXPECT_NEAR(v + resistance * law->current(state, v), applied, 1e-9) << name << ' ' << applied;
      }
  }
}

TEST(SweepLoop, AgreesWithAPlainIntegrationInTinySteps) {
  // Euler's method in 4 million steps of dx/dt = a(V)(1 - x) - b(V) x with V from Ohm's law: its error is of the order
  // of one step's move, 1e-5; ours, of (.02)^2 and of the .16 % by which rates err over 5 mV. A fiftieth of the noise
  // that loops are fitted under bounds both.
  const double vt = 1.380649e-23 * 298 / 1.602176634e-19, frequency = 100;
  const Sine sine(0.8, frequency);
  const auto law = make_memristor("mss", {wsdc, {}});
  const auto ours = loop_of(*law, sine, {.series_resistance = 5e3});
  std::vector<double> plain(samples);
  double x = 0.1;
  constexpr std::size_t fine = 20'000;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto divided = [&](double v) {
      return v / (1 + 5e3 * (law->lowest() + x * (law->highest() - law->lowest())));
    };
    plain[i] = (sine.voltage[i] - divided(sine.voltage[i])) / 5e3;
    if (i + 1 == samples) break;
    const double step = (sine.time[i + 1] - sine.time[i]) / fine;
    for (std::size_t k = 0; k < fine; ++k) {
      const double share = (static_cast<double>(k) + 0.5) / fine;
      const double v = divided(sine.voltage[i] + share * (sine.voltage[i + 1] - sine.voltage[i]));
      const double a = 1 / (1 + std::exp(-(v - 0.352) / vt)) / 55.2e-6,
                   b = 1 / (1 + std::exp((v + 0.229) / vt)) / 55.2e-6;
      x += step * (a * (1 - x) - b * x);
    }
  }
  EXPECT_LT(largest_difference(ours, plain), 2e-4);
}

TEST(SweepLoop, IsPinchedAndChangesLittleWhenItsStepsAreATenthAsLong) {
  for (const double frequency : {1.0, 10.0, 100.0, 1000.0}) {
    const Sine sine(0.8, frequency);
    const auto law = make_memristor("mss", {wsdc, {}});
    const auto coarse = loop_of(*law, sine, {.series_resistance = 5e3});
    const auto fine =
        loop_of(*law, sine,
                {.series_resistance = 5e3, .largest_move = 0.002, .largest_rise = 0.0005, .most_substeps = 10'000'000});
    EXPECT_LT(largest_difference(coarse, fine), 5e-4) << frequency;
    EXPECT_LT(std::abs(coarse[0]), 1e-12);
  }
}

TEST(SweepLoop, HasAnAreaThatVanishesAtHighFrequency) {
  const auto law = make_memristor("mss", {wsdc, {}});
  const auto area = [&](double frequency) {
    const Sine sine(0.8, frequency);
    const auto current = loop_of(*law, sine, {.series_resistance = 5e3});
    double sum = 0;
    for (std::size_t i = 1; i <= samples / 2; ++i)
      sum += 0.5 * (current[i] + current[i - 1]) * (sine.voltage[i] - sine.voltage[i - 1]);
    return std::abs(sum);
  };
  // Once a period is far below tau = 55 us, x moves in proportion to its length, and so does the area.
  EXPECT_GT(area(1e2), 100 * area(1e7));
  EXPECT_NEAR(area(1e7) / area(1e8), 10, 0.5);
}

TEST(SweepLoop, GivesUpOnALawThatWouldTakeForEver) {
  const auto law = make_memristor("mss", {wsdc, {}});
  const Sine sine(0.8, 1);
  EXPECT_TRUE(std::isnan(loop_of(*law, sine, {.series_resistance = 5e3, .most_substeps = 10}).back()));
}

TEST(SweepPulses, IsTheStaircaseOfTheLaw) {
  const auto law = make_memristor("rs", {});
  MemristorState state{.x = 0.2};
  const std::vector<Pulse> pulses(20, {1, 1e-8});
  std::vector<double> conductance(20);
  sweep_pulses(*law, state, pulses, conductance);
  // dx = alpha (V - .25) dt (1 - x) = .0075 (1 - x) a pulse.
  for (std::size_t k = 0; k < 20; ++k) {
    const double x = 1 - 0.8 * std::pow(1 - 0.0075, static_cast<double>(k) + 1);
    EXPECT_NEAR(conductance[k], law->lowest() + x * (law->highest() - law->lowest()), 1e-12);
  }
}

}  // namespace
}  // namespace assimilaate
