#include "assimilaate/assimilation/spares.hpp"

#include "assimilaate/assimilation/calibration.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

/// visit(tile, first row, lane within it, copies at work) for every line of every lane; tiles side by side.
template <typename Visit>
void each_line(LaneBank& bank, const Visit& visit) {
  const std::size_t copies = bank.organisation().copies(), rows = bank.synapses().rows();
  parallel_for(bank.synapses().tiles(), [&](std::size_t t) {
    const auto tile = bank.synapses().open(t);
    const std::size_t lanes = std::min(tile_lanes, bank.synapses().lanes() - t * tile_lanes);
    for (std::uint32_t first = 0; first < rows; first += static_cast<std::uint32_t>(copies))
      for (std::uint16_t l = 0; l < lanes; ++l) {
        std::size_t working = 0;
        for (std::size_t r = first; r < first + copies; ++r) working += tile->sum()(r, l) > 0;
        visit(t, *tile, first, l, working);
      }
  });
}

}  // namespace

void set_spares_aside(LaneBank& bank) {
  const std::size_t spares = bank.profile().spares, copies = bank.organisation().copies();
  if (spares == 0) return;
  each_line(bank, [&](std::size_t, SynapseTile& tile, std::uint32_t first, std::uint16_t lane, std::size_t working) {
    for (std::size_t r = first + copies; r-- > first && working > copies - spares;)
      if (tile.sum()(r, lane) > 0) {
        tile.mask(static_cast<std::uint32_t>(r), lane);
        --working;
      }
  });
}

RecruitReport recruit_spares(LaneBank& bank, std::uint32_t epoch) {
  RecruitReport report;
  const std::size_t spares = bank.profile().spares, copies = bank.organisation().copies();
  if (spares == 0) return report;
  SynapseSet tried(bank.synapses());
  for (;;) {
    SynapseSet called(bank.synapses());
    std::vector<std::size_t> missing(bank.synapses().tiles(), 0);
    each_line(bank,
              [&](std::size_t t, SynapseTile& tile, std::uint32_t first, std::uint16_t lane, std::size_t working) {
                for (std::size_t r = first; r < first + copies && working < copies - spares; ++r) {
                  const std::size_t l = t * tile_lanes + lane;
                  if (tile.sum()(r, lane) > 0 || tried.contains(r, l)) continue;
                  tile.unmask(static_cast<std::uint32_t>(r), lane);
                  called.insert(r, l);
                  tried.insert(r, l);
                  ++working;
                }
                missing[t] += copies - spares - std::min(working, copies - spares);
              });
    report.missing = 0;
    for (const std::size_t count : missing) report.missing += count;
    if (called.size() == 0) return report;
    const auto calibration = calibrate(bank, {.epoch = epoch}, &called);
    report.recruited += calibration.synapses - calibration.masked;
    report.events += calibration.events;
  }
}

}  // namespace assimilaate
