#include "assimilaate/assimilation/calibration.hpp"

#include <cmath>

#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

/// Calibration has its own moments, far from those of presentations.
constexpr std::uint64_t first_moment = std::uint64_t{1} << 62;

void calibrate_tile(LaneBank& bank, std::size_t tile, const CalibrationOptions& how, Events& events) {
  TileReader reader(bank, tile);
  SynapseTile& synapses = reader.synapses();
  const auto& array = bank.synapses();
  const double heat =
      array.code_conductance() * bank.profile().read.voltage * bank.profile().read.voltage * bank.profile().read.width;
  std::vector<Fire> fires;
  const auto ratio = [&](std::size_t r, std::size_t l) {
    const float sum = synapses.sum()(r, l);
    events.synapse_reads += 1;
    events.read_dissipation += sum * heat;
    return sum > 0 ? static_cast<double>(synapses.difference()(r, l)) / sum : 0.0;
  };
  const auto each = [&](const auto& visit) {
    for (std::uint32_t r = 0; r < array.rows(); ++r)
      for (std::uint16_t l = 0; l < reader.lanes(); ++l)
        if (synapses.sum()(r, l) > 0) visit(r, l);
  };
  for (int round = 0; round < how.rounds; ++round) {
    const double progress = static_cast<double>(round) / how.rounds;
    const double width = array.width_for(anneal(how.strength_first, how.strength_last, progress));
    fires.clear();
    each([&](std::uint32_t r, std::uint16_t l) {
      const double y = ratio(r, l);
      events.comparisons += 1;
      if (std::abs(y) > how.good_enough) fires.push_back({r, l, static_cast<std::int16_t>(y > 0 ? -1 : 1)});
    });
    synapses.pulse(fires, width, first_moment + static_cast<std::uint64_t>(round), events);
    events.pulse_seconds += programming_seconds(fires, width);
    events.read_seconds += bank.profile().read.width * static_cast<double>(array.rows());
  }
  each([&](std::uint32_t r, std::uint16_t l) {
    if (std::abs(ratio(r, l)) > how.refuses) synapses.mask(r, l);
  });
}

}  // namespace

CalibrationReport calibrate(LaneBank& bank, const CalibrationOptions& options) {
  CalibrationReport report;
  report.synapses = bank.synapses().rows() * bank.synapses().lanes();
  if (bank.synapses().continuous()) {
    // The ideal is set to zero at once; what is stuck refuses.
    parallel_for(bank.synapses().tiles(), [&](std::size_t t) {
      TileReader reader(bank, t);
      std::vector<float> change(tile_lanes);
      Events ignored;
      for (std::uint32_t r = 0; r < bank.synapses().rows(); ++r) {
        for (std::size_t l = 0; l < tile_lanes; ++l) change[l] = -reader.synapses().difference()(r, l);
        reader.synapses().shift(r, change, ignored);
        for (std::uint16_t l = 0; l < reader.lanes(); ++l)
          if (const float sum = reader.synapses().sum()(r, l);
              sum > 0 && std::abs(reader.synapses().difference()(r, l)) > options.refuses * sum)
            reader.synapses().mask(r, l);
      }
    });
    report.masked = bank.synapses().masked_synapses();
    return report;
  }
  std::vector<Events> happened(bank.synapses().tiles());
  parallel_for(happened.size(), [&](std::size_t t) { calibrate_tile(bank, t, options, happened[t]); });
  report.events = side_by_side(happened);
  report.masked = bank.synapses().masked_synapses();
  return report;
}

}  // namespace assimilaate
