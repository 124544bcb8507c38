/// What is drawn when a memristor is programmed and while it rests, against the numbers of its source.

#include <algorithm>
#include <array>

#include "assimilaate/substrate/jump_table.hpp"
#include "assimilaate/substrate/preset.hpp"
#include "validation.hpp"

namespace assimilaate::validation {
namespace {

constexpr std::size_t memristors = 10'000;

/// State of each memristor after a pulse that the law takes for programming, aimed at `x`.
std::vector<MemristorState> programmed_at(const Memristor& law, double x) {
  std::vector<MemristorState> states;
  const Random random(11, 0);
  const double width = law.width_for(1e-6);  // moves x by next to nothing
  for (std::size_t i = 0; i < memristors; ++i) {
    states.push_back({.x = x});
    HashedDraws draws(random, Purpose::Pulse, i, 1);
    law.pulse(states.back(), {2 * law.drive(), width}, {}, draws);
  }
  return states;
}

double quartic(const std::array<double, 5>& of, double g) {
  return of[0] + g * (of[1] + g * (of[2] + g * (of[3] + g * of[4])));
}

void phase_change(Section& section) {
  const auto law = make_memristor("pcm", {});
  constexpr double g_max = 25, t0 = 20;  // [uS], [s]
  double worst = 0, worst_drift = 0;
  for (const double g : {0.3, 0.5, 0.8}) {
    const double x = (g * law->highest() - law->lowest()) / (law->highest() - law->lowest());
    auto states = programmed_at(*law, x);
    std::vector<double> fresh, exponent;
    for (MemristorState& state : states) {
      fresh.push_back(law->conductance(state) * 1e6);
      MeanDraws draws;
      const double before = law->conductance(state);
      law->idle(state, 1e4, 298, {}, draws);
      exponent.push_back(-std::log(law->conductance(state) / before) / std::log(1 + 1e4 / t0));
    }
    const double sigma = 0.26348 + 1.965 * g - 1.1731 * g * g;
    const Moments found(fresh), drift(exponent);
    worst = std::max({worst, found.mean_errors(g * g_max, sigma * sigma), found.variance_errors(sigma * sigma)});
    const double mean = std::clamp(-0.0155 * std::log(g) + 0.0244, 0.049, 0.1);
    const double spread = std::clamp(-0.0125 * std::log(g) - 0.0059, 0.008, 0.045);
    // |N| of a mean six sigmas above 0 is N itself.
    worst_drift =
        std::max({worst_drift, drift.mean_errors(mean, spread * spread), drift.variance_errors(spread * spread)});
  }
  section.checks.push_back(sampled("`pcm`: conductance after programming, g = .3, .5, .8",
                                   "σ = .26348 + 1.965 g − 1.1731 g² µS", worst, 6, "10 000 memristors"));
  section.checks.push_back(sampled("`pcm`: drift exponent over 10⁴ s, the same", "N(µ(g), σ(g)) of the source",
                                   worst_drift, 6, "10 000 memristors"));
}

void relaxation(Section& section) {
  const auto law = make_memristor("reram_relaxation", {});
  constexpr double day = 86'400;
  struct Fit {
    double seconds;
    std::array<double, 5> of;
  };
  constexpr std::array fits{Fit{1, {0.348, 16.030, -43.853, 45.393, -16.815}},
                            Fit{day, {0.701, 22.086, -50.773, 47.095, -16.458}},
                            Fit{2 * day, {0.782, 20.274, -43.507, 37.062, -11.934}}};
  double worst = 0;
  for (const double g : {0.25, 0.5, 0.75}) {
    const double x = (g * law->highest() - law->lowest()) / (law->highest() - law->lowest());
    for (const Fit& fit : fits) {
      std::vector<double> found;
      for (MemristorState state : programmed_at(*law, x)) {
        MeanDraws draws;
        law->idle(state, fit.seconds, 298, {}, draws);
        found.push_back(law->conductance(state) * 1e6);
      }
      const double sigma = quartic(fit.of, g);
      const Moments moments(found);
      worst = std::max({worst, moments.mean_errors(g * 40, sigma * sigma), moments.variance_errors(sigma * sigma)});
    }
  }
  section.checks.push_back(sampled("`reram_relaxation`: after 1 s, 1 day, 2 days at g = .25, .5, .75",
                                   "polynomials of the source, fitted to Wan et al. 2022", worst, 18,
                                   "10 000 memristors"));
}

/// A table made of a known law, steps N(.02 (1 - x), .01) of the range up and mirrored down, gives that law back.
void table(Section& section) {
  constexpr double low = 1e-5, high = 1e-4, range = high - low;
  std::vector<JumpEvent> events;
  const Random random(13, 0);
  const auto mean = [](double x, bool up) { return up ? 0.02 * (1 - x) : -0.02 * x; };
  constexpr std::size_t measured = 40'000;
  for (std::size_t i = 0; i < measured; ++i) {
    const double x = random.uniform(Purpose::Pulse, i, 1);
    const bool up = i % 2 == 0;
    events.push_back(
        {up ? 1.0 : -1.0, low + x * range, range * (mean(x, up) + 0.01 * random.normal(Purpose::Pulse, i, 2))});
  }
  const JumpTable made = jump_table_from_events(events, "made");
  const auto law = make_memristor("jump_table", {{}, made.numbers()});
  double worst = 0;
  for (const double volts : {1.0, -1.0})
    for (const double x : {0.25, 0.5, 0.75}) {
      std::vector<double> found;
      for (std::size_t i = 0; i < memristors; ++i) {
        MemristorState state = law->at(low + x * range);
        const double before = law->conductance(state);
        HashedDraws draws(random, Purpose::Pulse, i, 3);
        law->pulse(state, {volts, 1e-6}, {}, draws);
        found.push_back((law->conductance(state) - before) / range);
      }
      std::ranges::sort(found);
      for (std::size_t i = 0; i < found.size(); ++i) {
        const double p = 0.5 * std::erfc(-(found[i] - mean(x, volts > 0)) / 0.01 / std::sqrt(2.0));
        worst = std::max(worst, std::abs(p - (static_cast<double>(i) + 0.5) / memristors));
      }
    }
  // A row holds a sixteenth of the 20 000 pulses of its direction: 1.628 / sqrt(1250) for 1 % of chance; its window of
  // 1/16 of the range shifts the mean by at most .02 / 32, a sixteenth of sigma, or .4 / 16 of probability.
  const double limit = 1.628 / std::sqrt(measured / 2 / 16.0) + 0.4 / 16;
  section.checks.push_back({"`jump_table`: 40 000 pulses of a known law, resampled and drawn from",
                            "that law, at three conductances each way", fmt::format("KS distance {:.3f}", worst),
                            fmt::format("{:.3f}", limit),
                            "Kolmogorov–Smirnov of the 1 250 pulses of a row, 1 %, and the width of a row",
                            worst < limit});
}

}  // namespace

Section programmed(Pictures&) {
  Section section{.title = "Programming, drift and relaxation against their sources",
                  .text =
                      "Models of memristors after programming draw from distributions that their sources state; a "
                      "measured table must give back what was measured."};
  phase_change(section);
  relaxation(section);
  table(section);
  return section;
}

}  // namespace assimilaate::validation
