#include <algorithm>
#include <array>
#include <cmath>

#include "assimilaate/assimilation/lane_bank.hpp"
#include "assimilaate/substrate/lanes.hpp"
#include "assimilaate/substrate/telegraph.hpp"
#include "assimilaate/substrate/wires.hpp"

namespace assimilaate {
namespace {

/// Rows of a node.
struct NodeRows {
  std::size_t first, last;
};

NodeRows rows_of_node(const LaneBank& bank, std::size_t node) {
  const std::size_t rows = bank.organisation().rows(), nodes = bank.nodes();
  const std::size_t lines = nodes == 1 ? rows : bank.profile().read.node_lines;
  return {node * lines, std::min(rows, (node + 1) * lines)};
}

/// Selected rows that lie on a node; they are in rising order.
std::span<const std::uint32_t> selected_on(const std::vector<std::uint32_t>& rows, const NodeRows& node) {
  const auto first = std::ranges::lower_bound(rows, node.first), last = std::ranges::lower_bound(rows, node.last);
  return {first, last};
}

/// Converters are bought by the noise at their input: energy as 1/sigma^2 from that of 300 uV on.
constexpr double plain_comparator = 300e-6;  // [V]

}  // namespace

TileReader::TileReader(LaneBank& bank, std::size_t tile)
    : bank_(bank),
      index_(tile),
      lanes_(std::min(tile_lanes, bank.layout().lanes() - tile * tile_lanes)),
      tile_(bank.synapses().open(tile)),
      averaged_(bank.profile().read.averaged()) {}

double TileReader::variance(double y, double sum) const {
  const SynapseArray& array = bank_.synapses();
  switch (bank_.profile().noise.law) {
    case ReadNoise::Law::Off:
    case ReadNoise::Law::Relative:
      return 0;
    case ReadNoise::Law::Emulator:
      return std::pow(emulator_sigma(y, sum * array.code_conductance(), array.highest_conductance(), averaged_), 2);
    case ReadNoise::Law::Physical:
      return std::pow(physical_sigma(y, sum * array.code_conductance(), array.highest_conductance(), averaged_), 2);
  }
  return 0;
}

double TileReader::noise(std::size_t lane) const {
  const ReadNoise& law = bank_.profile().noise;
  if (law.law == ReadNoise::Law::Relative) return law.amount * bank_.spread()[index_ * tile_lanes + lane];
  const auto nodes = static_cast<double>(bank_.nodes());
  return bank_.full_scale() * std::sqrt(variance(0, tile_->total()[lane] / nodes) / nodes);
}

void TileReader::add_up(const DriveBlock& block) {
  const bool selects = bank_.organisation().selects();
  const std::size_t nodes = bank_.nodes(), size = block.size();
  if (numerators_.rows() != nodes * size) {
    numerators_ = Matrix<float>(nodes * size, tile_lanes);
    denominators_ = Matrix<float>(nodes * size, tile_lanes);
    lines_.assign(nodes * size, 0);
  }
  for (std::size_t s = 0; s < nodes; ++s) {
    const NodeRows rows = rows_of_node(bank_, s);
    if (selects) {
      for (std::size_t b = 0; b < size; ++b) {
        const auto chosen = selected_on(block.rows[b], rows);
        lines_[s * size + b] = static_cast<std::uint32_t>(chosen.size());
        read_rows(tile_->difference(), tile_->sum(), chosen, numerators_.row(s * size + b),
                  denominators_.row(s * size + b));
      }
      continue;
    }
    read_tile(tile_->difference().slice(rows.first, rows.last - rows.first), block.drives.view(),
              numerators_.slice(s * size, size), rows.first);
    std::array<double, tile_lanes> all{};
    if (nodes == 1) {
      std::ranges::copy(tile_->total(), all.begin());
    } else {
      for (std::size_t r = rows.first; r < rows.last; ++r)
        for (std::size_t l = 0; l < tile_lanes; ++l) all[l] += tile_->sum()(r, l);
    }
    for (std::size_t b = 0; b < size; ++b) {
      const auto sums = denominators_.row(s * size + b);
      for (std::size_t l = 0; l < tile_lanes; ++l) sums[l] = static_cast<float>(all[l]);
      std::size_t lines = rows.last - rows.first;
      for (const auto space : block.silent[b]) {
        const auto [first, last] = bank_.organisation().rows_of(space);
        const std::size_t from = std::max<std::size_t>(first, rows.first), to = std::min<std::size_t>(last, rows.last);
        for (std::size_t r = from; r < to; ++r) {
          for (std::size_t l = 0; l < tile_lanes; ++l) sums[l] -= tile_->sum()(r, l);
          --lines;
        }
      }
      lines_[s * size + b] = static_cast<std::uint32_t>(lines);
    }
  }
}

void TileReader::add_up_restless(const DriveBlock& block, std::size_t b, std::size_t node, std::uint64_t moment) {
  const bool selects = bank_.organisation().selects();
  const Imperfections& how = bank_.profile().imperfections;
  const std::size_t all_lanes = bank_.synapses().lanes();
  const NodeRows rows = rows_of_node(bank_, node);
  const auto y = numerators_.row(node * block.size() + b), sums = denominators_.row(node * block.size() + b);
  std::ranges::fill(y, 0.0F);
  if (selects) std::ranges::fill(sums, 0.0F);
  const auto read_row = [&](std::size_t r, float drive) {
    for (std::size_t l = 0; l < lanes_; ++l) {
      const float sum = tile_->sum()(r, l), difference = tile_->difference()(r, l);
      if (sum <= 0) continue;
      const std::uint64_t place =
          (std::uint64_t{bank_.transform().bank} << 40) + 2 * (r * all_lanes + index_ * tile_lanes + l);
      const double a = 0.5 * (sum + difference) * read_factor(how, bank_.random(), place, moment);
      const double c = 0.5 * (sum - difference) * read_factor(how, bank_.random(), place + 1, moment);
      y[l] += drive * static_cast<float>(a - c);
      sums[l] += static_cast<float>(a + c) - (selects ? 0 : sum);
    }
  };
  if (selects)
    for (const auto r : selected_on(block.rows[b], rows)) read_row(r, 1);
  else
    for (std::size_t r = rows.first; r < rows.last; ++r)
      if (const float drive = block.drives(b, r); drive != 0) read_row(r, drive);
}

void TileReader::read(const DriveBlock& block, std::span<const std::uint64_t> moments, MatrixView<float> outputs,
                      Events& events) {
  const bool selects = bank_.organisation().selects();
  const Profile& profile = bank_.profile();
  const bool noisy = profile.noise.law != ReadNoise::Law::Off;
  const std::size_t nodes = bank_.nodes(), size = block.size();
  add_up(block);
  double warmth = 0;
  for (std::size_t b = 0; b < size; ++b) {
    std::array<double, tile_lanes> ratio{}, spread{};
    double lines = 0, heat = 0;
    for (std::size_t s = 0; s < nodes; ++s) lines += lines_[s * size + b];
    for (std::size_t s = 0; s < nodes; ++s) {
      const std::size_t at = s * size + b;
      const auto y = numerators_.row(at), sums = denominators_.row(at);
      const NodeRows rows = rows_of_node(bank_, s);
      if (profile.imperfections.restless()) add_up_restless(block, b, s, moments[b]);
      if (profile.imperfections.wire_resistance > 0)
        apply_wires(LaneWiring::DividerAlong,
                    heated_wire(profile.imperfections.wire_resistance, profile.read.temperature),
                    selects ? wired_rows(selected_on(block.rows[b], rows), bank_.organisation().rows())
                            : wired_rows(block.drives.row(b).subspan(rows.first, rows.last - rows.first)),
                    bank_.synapses().code_conductance(), y.first(lanes_), sums.first(lanes_));
      const double weight = lines > 0 ? lines_[at] / lines : 0;
      for (std::size_t l = 0; l < lanes_; ++l) {
        const double sum = sums[l], here = sum > 0 ? y[l] / sum : 0;
        ratio[l] += weight * here;
        heat += sum * (1 - here * here);
        if (noisy) spread[l] += weight * weight * variance(here, sum);
      }
    }
    const auto y = outputs.row(b);
    std::ranges::fill(y, 0.0F);
    std::array<double, 2> z{};
    for (std::size_t l = 0; l < lanes_; ++l) {
      const std::size_t lane = index_ * tile_lanes + l;
      if (noisy) {
        if (l % 2 == 0)
          z = bank_.random().normals(Purpose::Read, (std::uint64_t{bank_.transform().bank} << 40) + lane, moments[b]);
        const double sigma = profile.noise.law == ReadNoise::Law::Relative
                                 ? profile.noise.amount * bank_.spread()[lane] / bank_.full_scale()
                                 : std::sqrt(spread[l]);
        ratio[l] = std::clamp(ratio[l] + sigma * z[l % 2], -1.0, 1.0);
      }
      y[l] = bank_.offset()[lane] + static_cast<float>(bank_.full_scale() * ratio[l]);
    }
    // Graded lines are driven for a part |g| of the read, or at g times its voltage.
    const auto all = static_cast<double>(bank_.organisation().rows());
    warmth += heat * (selects                                   ? 1
                      : profile.read.drive == LineDrive::Level ? block.energy[b] / all
                                                               : block.magnitude[b] / all);
  }
  count(block, warmth, events);
}

void TileReader::count(const DriveBlock& block, double warmth, Events& events) const {
  const bool selects = bank_.organisation().selects();
  const ReadSettings& read = bank_.profile().read;
  const std::size_t nodes = bank_.nodes(), samples = read.repeats;
  for (std::size_t b = 0; b < block.size(); ++b) {
    events.silent_entries += block.silent[b].size();
    const std::size_t lines = selects ? block.rows[b].size() : bank_.organisation().rows();
    events.lines_driven +=
        samples * (!selects && read.drive == LineDrive::Count
                       ? static_cast<std::size_t>(std::lround(block.magnitude[b] * static_cast<float>(read.unit_pulses)))
                       : lines);
    if (!selects && read.drive == LineDrive::Level) events.levels_driven += samples * lines;
    events.synapse_reads += samples * lanes_ * lines;
  }
  if (nodes > 1) {
    const double effort = std::max(1.0, std::pow(plain_comparator / std::max(read.comparator, 1e-9), 2));
    events.conversions += static_cast<std::uint64_t>(
        std::ceil(effort * static_cast<double>(block.size() * lanes_ * nodes * samples)));
  }
  const double heat =
      bank_.synapses().code_conductance() * read.voltage * read.voltage * read.width * static_cast<double>(samples);
  events.read_dissipation += warmth * heat;
  events.lane_reads += block.size() * lanes_;
  events.read_seconds += static_cast<double>(block.size() * samples) * read.width;
}

}  // namespace assimilaate
