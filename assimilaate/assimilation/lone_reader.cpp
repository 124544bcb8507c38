#include "assimilaate/assimilation/lone_reader.hpp"

#include <cmath>

#include "assimilaate/substrate/telegraph.hpp"

namespace assimilaate {

LoneReader::LoneReader(LaneBank& bank, std::size_t tile, Events& events)
    : bank_(bank),
      reader_(bank, tile),
      tile_(tile),
      events_(events),
      heat_(bank.synapses().code_conductance() * bank.profile().read.voltage * bank.profile().read.voltage *
            bank.profile().read.width) {}

double LoneReader::sigma(double y, double sum, std::uint16_t lane) const {
  const ReadNoise& law = bank_.profile().noise;
  if (law.law == ReadNoise::Law::Off) return 0;
  if (law.law != ReadNoise::Law::Relative) return std::sqrt(reader_.variance(y, sum));
  // What the law adds to a lane, whatever of it is driven. Before winner lanes have a spread there is nothing to add.
  const auto spread = bank_.spread();
  return spread.empty() ? 0 : law.amount * spread[tile_ * tile_lanes + lane] / bank_.full_scale();
}

double LoneReader::noise(std::uint16_t lane) const {
  const SynapseArray& array = bank_.synapses();
  return sigma(0, 255 + 2 * array.lowest_conductance() / array.code_conductance(), lane);
}

double LoneReader::ratio(std::uint32_t row, std::uint16_t lane, std::uint64_t moment, std::size_t looks) {
  const double sum = synapses().sum()(row, lane), difference = synapses().difference()(row, lane);
  const Imperfections& how = bank_.profile().imperfections;
  const std::size_t here = row * bank_.synapses().lanes() + tile_ * tile_lanes + lane;
  const std::uint64_t bank = std::uint64_t{bank_.transform().bank} << 40, lone = std::uint64_t{1} << 39;
  double mean = 0;
  for (std::size_t k = 0; k < looks; ++k) {
    double y = difference / sum;
    if (how.restless()) {
      const double a = (sum + difference) * read_factor(how, bank_.random(), bank + 2 * here, moment + k);
      const double b = (sum - difference) * read_factor(how, bank_.random(), bank + 2 * here + 1, moment + k);
      y = (a - b) / (a + b);
    }
    if (const double s = sigma(y, sum, lane); s > 0)
      y = std::clamp(y + s * bank_.random().normal(Purpose::Read, bank + lone + here, moment + k), -1.0, 1.0);
    mean += y / static_cast<double>(looks);
  }
  const std::size_t samples = looks * bank_.profile().read.repeats;
  events_.synapse_reads += samples;
  events_.read_dissipation += sum * heat_ * static_cast<double>(samples);
  return mean;
}

void LoneReader::pulse(std::span<const Fire> fires, double width, std::uint64_t moment) {
  if (fires.empty()) return;
  synapses().pulse(fires, width, moment, events_);
  events_.pulse_seconds += programming_seconds(fires, width);
}

void LoneReader::lines_read(std::size_t looks) {
  const ReadSettings& read = bank_.profile().read;
  events_.read_seconds += read.width * static_cast<double>(bank_.synapses().rows() * looks * read.repeats);
}

}  // namespace assimilaate
