/// Pulses of every model whose law has a closed form, written down here a second time.

#include <array>

#include "assimilaate/report/chart.hpp"
#include "assimilaate/substrate/preset.hpp"
#include "validation.hpp"

namespace assimilaate::validation {
namespace {

constexpr double boltzmann = 1.380649e-23, charge = 1.602176634e-19;
constexpr std::size_t memristors = 10'000;

using Law = std::unique_ptr<const Memristor>;

/// Probabilities of one switch in a pulse, from the paper's rates.
struct SwitchRates {
  double up, down;  // [1/s]
  SwitchRates(double volts, double v_on, double v_off, double tau) {
    const double slope = boltzmann * 298 / charge;
    up = 1 / (1 + std::exp(-(volts - v_on) / slope)) / tau;
    down = 1 / (1 + std::exp((volts + v_off) / slope)) / tau;
  }
  [[nodiscard]] double rest() const { return up / (up + down); }
  /// Chance to be on after `seconds`, when it was `on` before.
  [[nodiscard]] double on(double before, double seconds) const {
    return rest() + (before - rest()) * std::exp(-(up + down) * seconds);
  }
};

std::vector<double> after(const Memristor& law, double start, const Pulse& pulse, std::uint64_t event) {
  std::vector<double> x;
  const Random random(7, 0);
  for (std::size_t i = 0; i < memristors; ++i) {
    MemristorState state{.x = start};
    HashedDraws draws(random, Purpose::Pulse, i, event);
    law.pulse(state, pulse, {}, draws);
    x.push_back(state.x);
  }
  return x;
}

/// 40 pulses up and 40 down on 10 000 memristors of 255 switches against two populations of independent switches.
void staircase(Section& section, Pictures& pictures) {
  constexpr double switches = 255, n0 = 26, volts = 0.5, width = 4e-7;
  constexpr int each_way = 40;
  const Law law = make_memristor("mss", {});
  const Random random(7, 0);
  std::vector<MemristorState> states(memristors, {.x = n0 / switches});
  double q_on = 1, q_off = 0, worst_mean = 0, worst_variance = 0;  // chances of those that began on, off
  Series line{.name = "closed form", .x = {0}, .y = {n0 / switches}, .colour = 0};
  Series above{.x = {}, .y = {}, .dashed = true, .faint = false, .colour = 0}, below = above;
  Series points{.name = "10 000 memristors", .x = {}, .y = {}, .kind = Series::Kind::Points, .colour = 1};
  above.name = "± sigma";
  for (int k = 1; k <= 2 * each_way; ++k) {
    const Pulse pulse{k <= each_way ? volts : -volts, width};
    for (std::size_t i = 0; i < memristors; ++i) {
      HashedDraws draws(random, Purpose::Pulse, i, static_cast<std::uint64_t>(k));
      law->pulse(states[i], pulse, {}, draws);
    }
    const SwitchRates rates(pulse.voltage, 0.27, 0.27, 1e-5);
    q_on = rates.on(q_on, width), q_off = rates.on(q_off, width);
    const double mean = (n0 * q_on + (switches - n0) * q_off) / switches;
    const double variance = (n0 * q_on * (1 - q_on) + (switches - n0) * q_off * (1 - q_off)) / (switches * switches);
    std::vector<double> x;
    for (const MemristorState& state : states) x.push_back(state.x);
    const Moments found(x);
    worst_mean = std::max(worst_mean, found.mean_errors(mean, variance));
    worst_variance = std::max(worst_variance, found.variance_errors(variance));
    line.x.push_back(k), line.y.push_back(mean);
    above.x.push_back(k), above.y.push_back(mean + std::sqrt(variance));
    below.x.push_back(k), below.y.push_back(mean - std::sqrt(variance));
    if (k % 4 != 0) continue;
    points.x.push_back(k), points.y.push_back(found.mean);
    points.low.push_back(found.mean - std::sqrt(found.variance));
    points.high.push_back(found.mean + std::sqrt(found.variance));
  }
  section.checks.push_back(sampled("`mss`, 255 switches: mean along 40 pulses up and 40 down",
                                   "x∞ + (x − x∞) exp(−(a + b) t) from pulse to pulse", worst_mean, 2 * each_way,
                                   "10 000 memristors"));
  section.checks.push_back(sampled("`mss`: variance along the same pulses", "binomials of two populations",
                                   worst_variance, 2 * each_way, "10 000 memristors, Var s² = 2σ⁴/n"));
  pictures["validation-staircase.svg"] =
      to_svg({.title = "Staircase of metastable switches",
              .subtitle = "255 switches, pulses of ±.5 V and 400 ns: mean and sigma over memristors",
              .figures = {{.x = {"pulse"},
                           .y = {"x"},
                           .series = {std::move(below), std::move(above), std::move(line), std::move(points)},
                           .legend = true}},
              .figure_width = 660});
}

/// Two pulses of t/2 against one of t: largest distance of the distributions against that of chance.
void semigroup(Section& section) {
  const Law law = make_memristor("mss", {});
  const Pulse whole{0.45, 4e-6};
  std::array<std::vector<double>, 2> x{after(*law, 0.2, whole, 1), {}};
  const Random random(7, 0);
  for (std::size_t i = 0; i < memristors; ++i) {
    MemristorState state{.x = 0.2};
    for (const std::uint64_t event : {2u, 3u}) {
      HashedDraws draws(random, Purpose::Pulse, i, event);
      law->pulse(state, {whole.voltage, whole.width / 2}, {}, draws);
    }
    x[1].push_back(state.x);
  }
  double distance = 0;
  for (int n = 0; n <= 255; ++n) {
    std::array<double, 2> share{};
    for (int i = 0; i < 2; ++i)
      for (const double each : x[static_cast<std::size_t>(i)])
        share[static_cast<std::size_t>(i)] += each <= (n + 0.5) / 255 ? 1.0 / memristors : 0;
    distance = std::max(distance, std::abs(share[0] - share[1]));
  }
  const double limit = 1.628 * std::sqrt(2.0 / memristors);
  section.checks.push_back({"`mss`: two pulses of t/2", "one pulse of t", fmt::format("KS distance {:.4f}", distance),
                            fmt::format("{:.4f}", limit), "Kolmogorov–Smirnov, 1 %, twice 10 000 memristors",
                            distance < limit});
}

void boltzmann_rest(Section& section) {
  const Law law = make_memristor("mss", {{{"published", 1}, {"v_dead", 0}}, {}});
  double worst = 0;
  for (const double volts : {0.0, 0.05, -0.03}) {
    const SwitchRates rates(volts, 0.27, 0.27, 1e-5);
    const Moments found(after(*law, 0.2, {volts, 40 / (rates.up + rates.down)}, 9));
    const double variance = rates.rest() * (1 - rates.rest()) / 255;
    worst = std::max({worst, found.mean_errors(rates.rest(), variance), found.variance_errors(variance)});
  }
  section.checks.push_back(sampled("`mss`: rest at 0, 50 and −30 mV, mean and variance",
                                   "a/(a + b), binomial of 255 switches", worst, 6, "10 000 memristors"));
  const Law mean_field = make_memristor("mss", {{{"published", 1}, {"switches", 0}}, {}});
  MemristorState state{.x = 0.2};
  MeanDraws draws;
  mean_field->pulse(state, {0.05, 1e6}, {}, draws);
  // ln(a/b) = 2 q V / kT and a correction of the logistic, exp(-(.27 - .05)/V_S) = 2e-4.
  const SwitchRates rates(0.05, 0.27, 0.27, 1e-5);
  section.checks.push_back(exact("`mss`: ln(x/(1 − x)) at 50 mV",
                                 fmt::format("ln(a/b) = {:.4f}; 2qV/kT = {:.4f}", std::log(rates.up / rates.down),
                                             2 * charge * 0.05 / boltzmann / 298),
                                 std::abs(std::log(state.x / (1 - state.x)) - std::log(rates.up / rates.down)), 1e-12,
                                 "rounding"));
}

/// Largest distance of a law's walk of equal pulses from what `expected(k)` says x is.
template <typename Expected>
double walk(const Memristor& law, double start, const Pulse& pulse, int pulses, const Expected& expected) {
  MemristorState state{.x = start};
  MeanDraws draws;
  double worst = 0;
  for (int k = 1; k <= pulses; ++k) {
    law.pulse(state, pulse, {}, draws);
    worst = std::max(worst, std::abs(state.x - expected(k)));
  }
  return worst;
}

void deterministic(Section& section) {
  constexpr double tolerance = 1e-12;
  const std::string rounding = "rounding: 400 sums of half a unit in the last place, 400 · 1.1e-16, and room";
  const auto add = [&](std::string subject, std::string against, double error) {
    section.checks.push_back(exact(std::move(subject), std::move(against), error, tolerance, rounding));
  };
  const Law rs = make_memristor("rs", {});
  add("`rs`", "x = 1 − (1 − x₀)(1 − α(V − .25 V)t)^k",
      walk(*rs, 0.1, {1, 1e-8}, 400, [](int k) { return 1 - 0.9 * std::pow(1 - 1e6 * 0.75 * 1e-8, k); }));
  const Law ideal = make_memristor("float", {});
  add("`float`", "ΔG = η V", walk(*ideal, 0.1, {1, 1e-6}, 400, [](int k) { return 0.1 + 1e-4 * k / (1e-1 - 4e-4); }));
  const Law byte = make_memristor("byte", {});
  add("`byte`", "±1 from .5 V, ±2 from 1.5 V",
      walk(*byte, 10 / 254., {1.5, 1e-6}, 100, [](int k) { return (10. + 2 * k) / 254; }));

  constexpr double dw = 0.01, b = 0.6;  // from w = 0 to the bound b; x = (w + b) / 2b
  const auto x = [](double w) { return (w + b) / (2 * b); };
  const Settings bounds{{"dw", dw}, {"w_min", -b}, {"w_max", b}};
  const auto step = [&](std::string_view model, Settings more) {
    more.insert(bounds.begin(), bounds.end());
    return make_memristor(model, {more, {}});
  };
  const Pulse unit{1, 1e-6};
  add("`constant_step`", "w = k Δ up to the bound",
      walk(*step("constant_step", {}), 0.5, unit, 400, [&](int k) { return x(std::min(dw * k, b)); }));
  add("`soft_bounds`", "w = b(1 − (1 − Δ/b)^k)",
      walk(*step("soft_bounds", {}), 0.5, unit, 400, [&](int k) { return x(b * (1 - std::pow(1 - dw / b, k))); }));
  add("`linear_step`, γ = .4", "w = (b/γ)(1 − (1 − γΔ/b)^k) up to the bound",
      walk(*step("linear_step", {{"gamma_up", 0.4}, {"gamma_spread", 0}}), 0.5, unit, 400,
           [&](int k) { return x(std::min(b / 0.4 * (1 - std::pow(1 - 0.4 * dw / b, k)), b)); }));
  add("`pow_step`, γ = 1", "room b − w falls by (1 − Δ/2b)^k",
      walk(*step("pow_step", {}), 0.5, unit, 400, [&](int k) { return x(b * (1 - std::pow(1 - dw / (2 * b), k))); }));
  add("`piecewise`, steps from 1.5 to .5 Δ", "the line through its nodes: w = b(1 − (1 − Δ/2b)^k)·2 up to the bound",
      walk(*step("piecewise", {}), 0.5, unit, 400,
           [&](int k) { return x(std::min(2 * b * (1 - std::pow(1 - dw / (2 * b), k)), b)); }));
  // Steps of exp_step at gamma = 0 are equal; its curves are compared with aihwkit below.
  add("`exp_step`, γ = 0", "w = k Δ(1 − A) up to the bound",
      walk(*step("exp_step", {{"a_up", 0.25}, {"gamma_up", 0}}), 0.5, unit, 400,
           [&](int k) { return x(std::min(0.75 * dw * k, b)); }));

  const Law vteam = make_memristor("vteam", {});
  const double speed = 10 * std::pow(0.25 / 0.2 - 1, 3) / 3e-9;  // of s [1/s]
  add("`vteam`", "R falls linearly under a constant voltage", walk(*vteam, 0, {0.25, 1e-11}, 400, [&](int k) {
        const double resistance = std::max(1000 - 950 * speed * 1e-11 * k, 50.0);
        return (1 / resistance - 1e-3) / (2e-2 - 1e-3);
      }));
  const Law yakopcic = make_memristor("yakopcic", {});
  const double rate = 4000 * (std::exp(0.5) - std::exp(0.16));
  section.checks.push_back(exact("`yakopcic`", "s = A(e^V − e^V_p) t below x_p",
                                 walk(*yakopcic, 0, {0.5, 1e-7}, 400,
                                      [&](int k) {
                                        const double s = 0.01 + rate * 1e-7 * k;
                                        return s < 0.3 ? (s - 0.01) / 0.99 : std::numeric_limits<double>::quiet_NaN();
                                      }),
                                 1e-12, "rounding; with f = 1 nothing is left to the integrator"));
  // No closed form: as the integrator must have it, one pulse is a hundred short ones.
  const Law stanford = make_memristor("stanford_pku", {});
  const double width = stanford->width_for(0.5);
  MemristorState one{.x = 0.3}, hundred{.x = 0.3};
  MeanDraws draws;
  stanford->pulse(one, {2 * stanford->drive(), width}, {}, draws);
  for (int i = 0; i < 100; ++i) stanford->pulse(hundred, {2 * stanford->drive(), width / 100}, {}, draws);
  section.checks.push_back(
      exact("`stanford_pku`", "one pulse of t: a hundred of t/100", std::abs(one.x - hundred.x), 1e-6,
            "of the integrator: 1e-10 of the gap a step, some hundred steps, six times that in conductance"));
}

}  // namespace

Section pulses(Pictures& pictures) {
  Section section{.title = "Pulses against closed forms",
                  .text =
                      "Laws with chance in them are sampled, those without must agree to rounding; x is the place "
                      "within the range of conductance.",
                  .pictures = {"validation-staircase.svg"}};
  staircase(section, pictures);
  semigroup(section);
  boltzmann_rest(section);
  deterministic(section);
  return section;
}

}  // namespace assimilaate::validation
