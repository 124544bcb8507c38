/// Imperfections against what they were asked for, and wires against Kirchhoff.

#include <algorithm>

#include "assimilaate/report/chart.hpp"
#include "assimilaate/substrate/internal/nodal.hpp"
#include "assimilaate/substrate/preset.hpp"
#include "assimilaate/substrate/specimen.hpp"
#include "assimilaate/substrate/wires.hpp"
#include "validation.hpp"

namespace assimilaate::validation {
namespace {

constexpr std::size_t memristors = 20'000;

std::vector<Individual> individuals(const Imperfections& how) {
  std::vector<Individual> all;
  const Random random(19, 0);
  for (std::size_t i = 0; i < memristors; ++i) all.push_back(individual(how, random, {i, i / 200, i % 200}, 0.1));
  return all;
}

template <typename Of>
std::vector<double> numbers(const std::vector<Individual>& all, const Of& of) {
  std::vector<double> found;
  for (const Individual& each : all) found.push_back(of(each));
  return found;
}

void variation(Section& section) {
  const auto gain = [](const Individual& each) { return each.gain; };
  const auto check = [&](std::string subject, std::string against, const std::vector<double>& found, double mean,
                         double variance) {
    const Moments moments(found);
    section.checks.push_back(sampled(std::move(subject), std::move(against),
                                     std::max(moments.mean_errors(mean, variance), moments.variance_errors(variance)),
                                     2, "20 000 memristors"));
  };
  check("`step_variation` = .2", "N(1, .2)", numbers(individuals({.step_variation = 0.2}), gain), 1, 0.04);
  check("`step_variation` = .4, `log_normal`", "ln of the factor: N(0, .4)",
        numbers(individuals({.step_variation = 0.4, .log_normal = 1}),
                [](const Individual& each) { return std::log(each.gain); }),
        0, 0.16);
  check("`asymmetry` = .05", "N(0, .05)",
        numbers(individuals({.asymmetry = 0.05}), [](const Individual& each) { return each.asymmetry; }), 0, 0.0025);
  check("`high_variation` = .05", "N(1, .05)",
        numbers(individuals({.high_variation = 0.05}), [](const Individual& each) { return each.high; }), 1, 0.0025);
  const auto faulty = individuals({.stuck = 0.05});
  const auto stuck = static_cast<double>(std::ranges::count_if(faulty, &Individual::stuck));
  section.checks.push_back(sampled("`stuck` = .05", "binomial count",
                                   std::abs(stuck - 0.05 * memristors) / std::sqrt(memristors * 0.05 * 0.95), 1,
                                   "20 000 memristors"));
  const auto law = make_memristor("constant_step", {});
  const double step = [&] {
    MemristorState state{.x = 0.5};
    MeanDraws draws;
    law->pulse(state, {1, 1e-6}, {}, draws);
    return state.x - 0.5;
  }();
  std::vector<double> steps;
  for (std::size_t i = 0; i < memristors; ++i) {
    Specimen one(*law, {.cycle_variation = 0.3}, Random(23, 0), {.place = i});
    one.set_state({.x = 0.5});
    one.pulse({1, 1e-6}, 1);
    steps.push_back((one.state().x - 0.5) / step);
  }
  check("`cycle_variation` = .3 on `constant_step`", "steps N(1, .3)", steps, 1, 0.09);
}

void time_and_wear(Section& section) {
  constexpr double boltzmann = 1.380649e-23, charge = 1.602176634e-19;
  const Imperfections layer{.retention = 1e6, .retention_energy = 1.1};
  const double slower = std::exp(1.1 * charge / boltzmann * (1 / 298.0 - 1 / 358.0));
  double worst = 0;
  for (const double t : {1e3, 1e6, 1e9})
    worst = std::max({worst, std::abs(forgotten(layer, t, 358) + std::expm1(-t / 1e6)),
                      std::abs(forgotten(layer, t, 298) + std::expm1(-t / 1e6 / slower))});
  section.checks.push_back(exact("`retention`, 358 and 298 K",
                                 fmt::format("1 − exp(−t/τ(T)); Arrhenius, 1.1 eV: {:.0f} "
                                             "times slower",
                                             slower),
                                 worst, 1e-12, "rounding"));
  const auto law = make_memristor("rs", {});
  Specimen one(*law, {.drift = 0.05}, Random(29, 0));
  const double before = one.conductance();
  worst = 0;
  double now = 0;
  for (const double t : {1.0, 1e2, 1e5, 1e8}) {
    one.idle(t - now, 298, 1);
    now = t;
    worst = std::max(worst, std::abs(one.conductance() / before / std::pow(1 + t, -one.self().drift) - 1));
  }
  section.checks.push_back(exact("`drift`, up to 10⁸ s in four parts", "G (1 + t/1 s)^−ν", worst, 1e-12, "rounding"));
  Specimen worn(*law, {.endurance = 1000}, Random(31, 0));
  double high = 0;
  for (std::uint64_t k = 1; k <= 1000; ++k) {
    worn.pulse({k % 2 == 1 ? 2.0 : -2.0, 1}, k);
    if (k == 999) high = worn.state().x;
  }
  const double range = high - worn.state().x;
  section.checks.push_back(exact("`endurance` = 1 000, full strokes of `rs`",
                                 "range (e^−.998 + e^−.999)/2: wear of the pulses before",
                                 std::abs(range - (std::exp(-0.998) + std::exp(-0.999)) / 2), 1e-12, "rounding"));
}

/// What a crossbar loses: exact, by closed form, and what that does to y.
struct Lost {
  double current = 0, closed = 0, moved = 0, swept = 0, rms = 0, difference = 0;
  Lost(std::size_t selected, double highest, double segment) {
    constexpr std::size_t size = 256, seeds = 3;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const nodal::Crossbar crossbar(seed, size, size, selected, highest);
      const auto ideal = crossbar.ideal();
      const auto exact = nodal::column_currents(crossbar.distance, crossbar.conductance.view(), segment);
      const auto sweeps = wired_currents(segment, crossbar.distance, crossbar.conductance.view());
      double mean = 0;
      for (const double g : crossbar.conductance.values()) mean += g / static_cast<double>(crossbar.conductance.size());
      auto formula = ideal;
      for (std::size_t j = 0; j < size; ++j)
        formula[j] *= 1 - column_loss(segment, mean, j, size, column_reach(crossbar.distance));
      const auto y = nodal::ratios(ideal);
      const std::vector<double> nothing(y.size(), 0);
      const double part = 1.0 / seeds;
      current += part * nodal::lost(ideal, exact);
      closed += part * nodal::lost(ideal, formula);
      moved += part * nodal::distance_rms(nodal::ratios(exact), y);
      swept += part * nodal::distance_rms(nodal::ratios(sweeps), y);
      rms += part * nodal::distance_rms(y, nothing);
      std::vector<double> right(y.size()), read(y.size());
      for (std::size_t l = 0; l < y.size(); ++l)
        right[l] = ideal[2 * l] - ideal[2 * l + 1], read[l] = exact[2 * l] - exact[2 * l + 1];
      difference += part * nodal::distance_rms(read, right) / nodal::distance_rms(right, nothing);
    }
  }
};

}  // namespace

Section layers(Pictures&) {
  Section section{.title = "Imperfections against what was asked for",
                  .text = "Device-to-device layers are sampled; time and wear follow their laws to rounding."};
  variation(section);
  time_and_wear(section);
  return section;
}

Section wires(Pictures& pictures) {
  Section section{.title = "Wires against Kirchhoff",
                  .text =
                      "256 × 256 cells, 2.1 Ω a segment, conductances uniform from .1 to 1 of the highest, three draws "
                      "each. The exact solution is that of all nodes. A ratio read, y = (Ia − Ib)/(Ia + Ib) of "
                      "neighbouring columns, forgives what both have lost; their difference does not.",
                  .pictures = {"validation-wires.svg"}};
  section.lines = {"| highest G | rows on | current lost | closed form | rms of y | rms of δy | by two sweeps |",
                   "|---|---|---|---|---|---|---|"};
  constexpr double segment = 2.1;
  for (const auto& [highest, selected] :
       {std::pair{1e-5, std::size_t{8}}, {1e-5, std::size_t{256}}, {1e-4, std::size_t{8}}}) {
    const Lost found(selected, highest, segment);
    section.lines.push_back(fmt::format("| {:.0f} µS | {} | {:.2f} % | {:.2f} % | {:.4f} | {:.5f} | {:.5f} |",
                                        1e6 * highest, selected, 100 * found.current, 100 * found.closed, found.rms,
                                        found.moved, found.swept));
    if (selected != 8 || highest != 1e-5) continue;
    const double loss = std::abs(found.closed / found.current - 1), moved = std::abs(found.swept / found.moved - 1);
    section.checks.push_back({"8 of 256 rows at 10 µS: current lost", "exact nodal solution",
                              fmt::format("{:.1f} %", 100 * loss), "4 %", "asked of the closed form", loss < 0.04});
    section.checks.push_back({"the same: rms of δy", "exact nodal solution", fmt::format("{:.1f} %", 100 * moved),
                              "4 %", "asked of two sweeps", moved < 0.04});
  }
  Figure figure{.x = {.label = "highest conductance", .unit = "S", .log = true},
                .y = {.label = "relative error", .unit = "", .log = true},
                .series = {},
                .legend = true};
  std::array<Series, 3> series{Series{.name = "share of current lost"}, Series{.name = "difference read Ia − Ib"},
                               Series{.name = "ratio read y"}};
  for (double exponent = -6; exponent < -2.9; exponent += 0.25) {
    const double highest = std::pow(10, exponent);
    const Lost found(8, highest, segment);
    const std::array values{found.current, found.difference, found.moved / found.rms};
    for (std::size_t i = 0; i < series.size(); ++i) series[i].x.push_back(highest), series[i].y.push_back(values[i]);
  }
  for (Series& each : series) figure.series.push_back(std::move(each));
  pictures["validation-wires.svg"] =
      to_svg({.title = "Why the ratio read forgives wires",
              .subtitle = "8 of 256 rows on, 256 columns, 2.1 Ω a segment; rms over lanes",
              .figures = {std::move(figure)},
              .figure_width = 660});
  return section;
}

}  // namespace assimilaate::validation
