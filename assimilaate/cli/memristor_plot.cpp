#include "assimilaate/cli/memristor_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "assimilaate/core/parallel.hpp"
#include "assimilaate/report/quantity.hpp"
#include "assimilaate/substrate/specimen.hpp"

namespace assimilaate::cli {
namespace {

constexpr double room_temperature = 298.15, hot = 358.15;  // [K]
constexpr std::size_t specimens_shown = 6, loop_samples = 400, most_pulses = 2000;

/// True when a pulse ten times as long does no more: a step is a step.
bool timeless(const Memristor& law) { return law.width_for(0.3) == law.width_for(0.03); }

std::vector<Specimen> population(const Memristor& law, const Preset& preset, const MemristorPlotOptions& options) {
  std::vector<Specimen> all;
  all.reserve(options.memristors);
  const Random random(options.seed, 0);
  constexpr std::size_t columns = 32;
  for (std::size_t i = 0; i < options.memristors; ++i)
    all.emplace_back(law, preset.imperfections, random, Cell{i, i / columns, i % columns});
  return all;
}

/// What each memristor of a target goes through on its own, [memristors][steps].
using Traces = std::vector<std::vector<double>>;
template <typename Walk>
Traces traces(std::vector<Specimen>& all, const Walk& walk) {
  Traces found(all.size());
  parallel_for(all.size(), [&](std::size_t i) { found[i] = walk(all[i]); });
  return found;
}

std::vector<double> mean_of(const Traces& traces) {
  std::vector<double> mean(traces[0].size());
  for (const auto& trace : traces)
    for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += trace[k] / static_cast<double>(traces.size());
  return mean;
}

std::vector<double> column(const Traces& traces, std::size_t k) {
  std::vector<double> values;
  for (const auto& trace : traces) values.push_back(trace[k]);
  return values;
}

std::vector<double> counted(std::size_t steps) {
  std::vector<double> x(steps);
  for (std::size_t k = 0; k < steps; ++k) x[k] = static_cast<double>(k);
  return x;
}

Figure loop_figure(const Memristor& law, const MemristorPlotOptions& options) {
  Figure figure{.title = "Hysteresis loop",
                .caption = "One memristor without imperfections under a sine voltage, third period.",
                .x = {"voltage", "V"},
                .y = {"current", "A"},
                .legend = true};
  for (Loop& loop : hysteresis(law, options)) {
    const std::string name =
        loop.frequency > 0 ? si_text(loop.frequency, "Hz") : fmt::format("{} pulses a period", loop.pulses);
    figure.series.push_back({.name = name, .x = std::move(loop.voltage), .y = std::move(loop.current)});
  }
  if (timeless(law)) figure.caption += " This law takes no notice of how long a pulse is.";
  return figure;
}

/// @param frequency  0 for laws without time [Hz]
Loop loop_of(const Memristor& law, double amplitude, double frequency, std::size_t pulses, std::uint64_t seed) {
  Loop loop{.frequency = frequency, .pulses = pulses, .voltage = {}, .current = {}};
  const double width = frequency > 0 ? 1 / (frequency * static_cast<double>(pulses)) : law.width_for(0.3);
  const double step = 2 * std::numbers::pi / static_cast<double>(pulses);
  Specimen one(law, Imperfections{}, Random(seed, 0));
  double least = 1, most = 0;
  for (std::size_t i = 0; i <= 3 * pulses; ++i) {
    const double voltage = i % pulses == 0 ? 0 : amplitude * std::sin(step * static_cast<double>(i));
    if (i >= 2 * pulses) {
      loop.voltage.push_back(voltage);
      loop.current.push_back(one.current(voltage));
      least = std::min(least, one.state().x);
      most = std::max(most, one.state().x);
    }
    one.pulse({amplitude * std::sin(step * (static_cast<double>(i) + 0.5)), width, room_temperature}, i);
  }
  loop.swing = most - least;
  return loop;
}

/// Distributions before, after the up and after the down pulses, filled while the staircase climbs.
struct Trained {
  Figure staircase;
  std::array<std::vector<double>, 3> conductance;  // [S]
};

Trained trained(const Memristor& law, const Preset& preset, const MemristorPlotOptions& options) {
  const PulseTrain train = pulse_train(law, options);
  auto all = population(law, preset, options);
  Trained result{
      {.title = "Staircase of pulses",
       .caption = fmt::format("{} pulses of ±{}, {} each, up and then down from the lowest conductance: mean "
                              "of {} memristors, and {} of them.",
                              train.count, si_text(train.voltage, "V"), si_text(train.width, "s"), all.size(),
                              std::min(all.size(), specimens_shown)),
       .x = {"pulse"},
       .y = {"conductance", "S"}},
      {}};
  for (const Specimen& each : all) result.conductance[0].push_back(each.conductance());
  const Traces walked = traces(all, [&](Specimen& each) {
    if (!each.self().stuck) each.set_state(law.at(law.lowest() + each.self().low * (law.highest() - law.lowest())));
    std::vector<double> trace{each.conductance()};
    for (std::size_t k = 1; k <= 2 * train.count; ++k) {
      each.pulse({k <= train.count ? train.voltage : -train.voltage, train.width, room_temperature}, k);
      trace.push_back(each.conductance());
    }
    return trace;
  });
  result.conductance[1] = column(walked, train.count);
  result.conductance[2] = column(walked, 2 * train.count);
  const auto steps = counted(2 * train.count + 1);
  for (std::size_t i = 0; i < std::min(walked.size(), specimens_shown); ++i)
    result.staircase.series.push_back({.x = steps, .y = walked[i], .faint = true, .colour = 5});
  result.staircase.series.push_back({.name = "mean", .x = steps, .y = mean_of(walked), .colour = 0});
  return result;
}

Figure distribution_figure(const Trained& trained, std::size_t memristors) {
  Figure figure{.title = "Distribution over memristors",
                .caption = fmt::format("{} memristors of one target: as they start, after the up pulses of the "
                                       "staircase, and after its down pulses.",
                                       memristors),
                .x = {"conductance", "S"},
                .y = {"memristors"},
                .legend = true};
  constexpr std::array names{"start", "after up", "after down"};
  constexpr std::size_t bins = 48;
  double low = trained.conductance[0][0], high = low;
  for (const auto& values : trained.conductance)
    for (const double g : values) low = std::min(low, g), high = std::max(high, g);
  if (high <= low) high = low * (1 + 1e-6);
  const double width = (high - low) / static_cast<double>(bins);
  for (std::size_t i = 0; i < names.size(); ++i) {
    Series series{.name = names[i], .kind = Series::Kind::Bars};
    std::array<double, bins> count{};
    for (const double g : trained.conductance[i])
      count[std::min(bins - 1, static_cast<std::size_t>((g - low) / width))] += 1;
    for (std::size_t b = 0; b < bins; ++b) {
      series.x.push_back(low + (static_cast<double>(b) + 0.5) * width);
      series.y.push_back(count[b]);
    }
    figure.series.push_back(std::move(series));
  }
  return figure;
}

/// Mean conductance along idle time of a target that pulses of one direction brought where they go.
Series forgetting(const Memristor& law, const Preset& preset, const MemristorPlotOptions& options, bool up,
                  double kelvin, const std::vector<double>& times) {
  const PulseTrain train = pulse_train(law, options);
  auto all = population(law, preset, options);
  const Traces walked = traces(all, [&](Specimen& each) {
    for (std::size_t k = 1; k <= train.count; ++k)
      each.pulse({up ? train.voltage : -train.voltage, train.width, kelvin}, k);
    std::vector<double> trace;
    double before = 0;
    for (const double now : times) {
      each.idle(now - before, kelvin, train.count + 1 + trace.size());
      before = now;
      trace.push_back(each.conductance());
    }
    return trace;
  });
  return {.name = fmt::format("{}, {:.0f} °C", up ? "high" : "low", kelvin - 273.15),
          .x = times,
          .y = mean_of(walked),
          .dashed = kelvin > room_temperature,
          .colour = up ? 0 : 1};
}

/// Powers of ten, eight steps each, up to ten years. @param from  [s]
std::vector<double> idle_times(double from) {
  constexpr double ten_years = 3.2e8;
  std::vector<double> times{from};
  while (times.back() < ten_years) times.push_back(from * std::pow(10.0, static_cast<double>(times.size()) / 8));
  return times;
}

Figure retention_figure(const Memristor& law, const Preset& preset, MemristorPlotOptions options) {
  options.memristors = std::min<std::size_t>(options.memristors, 100);
  const double hottest = law.retention(hot).seconds;
  const double from = hottest < 1 ? std::pow(10.0, std::floor(std::log10(std::max(hottest / 100, 1e-9)))) : 1e-3;
  const auto times = idle_times(from);
  Figure figure{.title = "Retention",
                .caption = fmt::format("Mean of {} memristors at 0 V, after the up pulses of the staircase and after "
                                       "its down pulses.",
                                       options.memristors),
                .x = {.label = "idle time", .unit = "s", .log = true},
                .y = {"conductance", "S"},
                .legend = true};
  for (const bool up : {true, false})
    for (const double kelvin : {room_temperature, hot})
      figure.series.push_back(forgetting(law, preset, options, up, kelvin, times));
  const bool holds = std::isinf(hottest) && preset.imperfections.retention <= 0 && preset.imperfections.drift <= 0 &&
                     std::ranges::all_of(figure.series, [](const Series& s) { return s.y.front() == s.y.back(); });
  if (holds) figure.caption += " This one holds: neither its law nor a layer forgets.";
  return figure;
}

}  // namespace

PulseTrain pulse_train(const Memristor& law, const MemristorPlotOptions& options) {
  PulseTrain train{options.pulses, options.voltage > 0 ? options.voltage : 2 * law.drive(), law.width_for(0.03)};
  if (train.count > 0) return train;
  Specimen one(law, Imperfections{}, Random(options.seed, 0));
  one.set_state(law.at(law.lowest()));
  const double goal = law.lowest() + 0.9 * (law.highest() - law.lowest());
  std::size_t needed = 0;
  while (needed < most_pulses && one.conductance() < goal)
    one.pulse({train.voltage, train.width, room_temperature}, ++needed);
  for (const std::size_t round : {20u, 50u, 100u, 200u, 500u, 1000u, 2000u})
    if (train.count = round; round >= needed + needed / 5) break;
  return train;
}

std::vector<Loop> hysteresis(const Memristor& law, const MemristorPlotOptions& options) {
  double amplitude = options.voltage > 0 ? options.voltage : 2 * law.drive();
  std::vector<Loop> loops;
  if (timeless(law)) {
    const auto most = static_cast<double>(4 * pulse_train(law, options).count);
    for (const double fewer : {1.0, 10.0, 100.0})
      loops.push_back(loop_of(law, amplitude, 0, static_cast<std::size_t>(std::max(16.0, most / fewer)), options.seed));
    return loops;
  }
  // A sine is near its peak for a third of each half period; laws of a steep voltage need longer than that suggests.
  double slowest = options.frequency > 0 ? options.frequency : 1 / (20 * law.width_for(0.6));
  loops.push_back(loop_of(law, amplitude, slowest, loop_samples, options.seed));
  // What moves from twice the drive on, and not below, needs a sine that rises above it.
  if (options.voltage <= 0 && loops[0].swing == 0)
    loops[0] = loop_of(law, amplitude *= 1.2, slowest, loop_samples, options.seed);
  for (int i = 0; i < 8 && options.frequency <= 0 && loops[0].swing < 0.6; ++i)
    loops[0] = loop_of(law, amplitude, slowest /= 2, loop_samples, options.seed);
  for (const double faster : {10.0, 100.0})
    loops.push_back(loop_of(law, amplitude, slowest * faster, loop_samples, options.seed));
  return loops;
}

std::vector<Figure> memristor_figures(const Preset& preset, const MemristorPlotOptions& options) {
  const auto law = preset.make();
  std::vector<Figure> figures{loop_figure(*law, options)};
  Trained both = trained(*law, preset, options);
  figures.push_back(std::move(both.staircase));
  figures.push_back(distribution_figure(both, options.memristors));
  figures.push_back(retention_figure(*law, preset, options));
  return figures;
}

}  // namespace assimilaate::cli
