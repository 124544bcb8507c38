#include "assimilaate/assimilation/calibration.hpp"

#include <cmath>

#include "assimilaate/assimilation/lone_reader.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

/// The ideal is set to zero at once; what is stuck refuses.
void zero_tile(LoneReader& reader, const CalibrationOptions& how, const SynapseSet* chosen) {
  SynapseTile& synapses = reader.synapses();
  Matrix<float> change(synapses.difference().rows(), tile_lanes);
  reader.each(chosen, [&](std::uint32_t r, std::uint16_t l) { change(r, l) = -synapses.difference()(r, l); });
  Events ignored;
  for (std::uint32_t r = 0; r < change.rows(); ++r) synapses.shift(r, change.row(r), ignored);
  reader.each(chosen, [&](std::uint32_t r, std::uint16_t l) {
    if (std::abs(synapses.difference()(r, l)) > how.refuses * synapses.sum()(r, l)) synapses.mask(r, l);
  });
}

void calibrate_tile(const LaneBank& bank, LoneReader& reader, const CalibrationOptions& how, const SynapseSet* chosen,
                    Events& events) {
  const SynapseArray& array = bank.synapses();
  const std::uint64_t first = moment_of_epoch(upkeep_moment, how.epoch);
  std::vector<Fire> fires;
  for (int round = 0; round < how.rounds; ++round) {
    const double progress = static_cast<double>(round) / how.rounds;
    const double width = array.width_for(anneal(how.strength_first, how.strength_last, progress));
    const std::uint64_t moment = first + static_cast<std::uint64_t>(round);
    fires.clear();
    reader.each(chosen, [&](std::uint32_t r, std::uint16_t l) {
      const double y = reader.ratio(r, l, moment);
      events.comparisons += 1;
      if (std::abs(y) > std::max(how.good_enough, reader.noise(l)))
        fires.push_back({r, l, static_cast<std::int16_t>(y > 0 ? -1 : 1)});
    });
    reader.pulse(fires, width, moment);
    reader.lines_read(1);
  }
  const std::uint64_t last = first + static_cast<std::uint64_t>(how.rounds);
  bool again = false;
  reader.each(chosen, [&](std::uint32_t r, std::uint16_t l) {
    events.comparisons += 1;
    if (std::abs(reader.ratio(r, l, last)) <= how.refuses) return;
    if (reader.noise(l) > 0) {
      again = true;
      events.comparisons += how.looks;
      if (std::abs(reader.ratio(r, l, last + 1, how.looks)) <= how.refuses) return;
    }
    reader.synapses().mask(r, l);
  });
  reader.lines_read(again ? 1 + how.looks : 1);
}

}  // namespace

CalibrationReport calibrate(LaneBank& bank, const CalibrationOptions& options, const SynapseSet* chosen) {
  CalibrationReport report;
  const std::size_t masked = bank.synapses().masked_synapses();
  std::vector<Events> happened(bank.synapses().tiles());
  std::vector<std::size_t> found(happened.size());
  parallel_for(happened.size(), [&](std::size_t t) {
    LoneReader reader(bank, t, happened[t]);
    reader.each(chosen, [&](std::uint32_t, std::uint16_t) { found[t] += 1; });
    if (bank.synapses().continuous())
      zero_tile(reader, options, chosen);
    else
      calibrate_tile(bank, reader, options, chosen, happened[t]);
  });
  for (const std::size_t count : found) report.synapses += count;
  report.masked = bank.synapses().masked_synapses() - masked;
  report.events = side_by_side(happened);
  return report;
}

}  // namespace assimilaate
