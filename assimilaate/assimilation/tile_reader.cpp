#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "assimilaate/assimilation/lane_bank.hpp"
#include "assimilaate/substrate/lanes.hpp"
#include "assimilaate/substrate/telegraph.hpp"
#include "assimilaate/substrate/wires.hpp"

namespace assimilaate {
namespace {

/// Selected rows that lie on a node; they are in rising order.
std::span<const std::uint32_t> selected_on(const std::vector<std::uint32_t>& rows, std::size_t from, std::size_t to) {
  const auto first = std::ranges::lower_bound(rows, from), last = std::ranges::lower_bound(rows, to);
  return {first, last};
}

/// The binary digit of a drive that is worth `digit` = 2^-k, with its sign: -1, 0 or 1.
float digit_of(float g, float digit) {
  return (static_cast<int>(std::abs(g) / digit) & 1) != 0 ? std::copysign(1.0F, g) : 0.0F;
}

/// Converters are bought by the noise at their input: energy as 1/sigma^2 from that of 300 uV on.
constexpr double plain_comparator = 300e-6;  // [V]

}  // namespace

TileReader::TileReader(LaneBank& bank, std::size_t tile)
    : bank_(bank),
      index_(tile),
      lanes_(std::min(tile_lanes, bank.layout().lanes() - tile * tile_lanes)),
      tile_(bank.synapses().open(tile)),
      averaged_(bank.profile().read.averaged()),
      absolute_(absolute_noise()),
      parts_(parts()) {}

std::vector<TileReader::Part> TileReader::parts() const {
  const std::size_t rows = bank_.organisation().rows(), nodes = bank_.nodes(), planes = bank_.planes();
  const std::size_t lines = nodes == 1 ? rows : bank_.profile().read.node_lines;
  std::vector<Part> parts;
  for (std::size_t k = 0; k < planes; ++k)
    for (std::size_t first = 0; first < rows; first += lines)
      parts.push_back(
          {first, std::min(rows, first + lines), planes == 1 ? 1.0F : std::exp2(-static_cast<float>(k + 1))});
  return parts;
}

TileReader::AbsoluteNoise TileReader::absolute_noise() const {
  const SynapseArray& array = bank_.synapses();
  const auto square = [](double x) { return x * x; };
  const auto law = [&](const ReadSigma& one, bool squared) {
    // Both laws fall as 1/sqrt(sum): what they give for 1 S says it all.
    const double codes = 1 / array.code_conductance();
    return AbsoluteNoise{square(one.comparator), square(one.thermal) * codes, square(one.flicker) * codes, squared};
  };
  switch (bank_.profile().noise.law) {
    case ReadNoise::Law::Off:
    case ReadNoise::Law::Relative:
      return {};
    case ReadNoise::Law::Emulator:
      return law(emulator_sigma(0, 1, array.highest_conductance(), averaged_), true);
    case ReadNoise::Law::Physical:
      return law(physical_sigma(0, 1, array.highest_conductance(), averaged_), false);
  }
  return {};
}

double TileReader::variance(double y, double sum) const {
  if (sum <= 0) return absolute_.comparator;
  const double rest = 1 - y * y;
  return absolute_.comparator +
         (absolute_.thermal + absolute_.flicker * (absolute_.squared ? rest * rest : rest)) / sum;
}

double TileReader::noise(std::size_t lane) const {
  const ReadNoise& law = bank_.profile().noise;
  if (law.law == ReadNoise::Law::Relative) return law.amount * bank_.spread()[index_ * tile_lanes + lane];
  const double nodes = static_cast<double>(bank_.nodes()), all = tile_->total()[lane];
  if (bank_.planes() == 1) return bank_.full_scale() * std::sqrt(variance(0, all / nodes) / nodes);
  // Half of the energy of the drives lies in their digits, and a third of a node's lines is driven in a plane.
  const auto rows = static_cast<double>(bank_.organisation().rows());
  const double driven = std::max(1.0, rows / nodes / 3);
  return bank_.full_scale() / rows * std::sqrt(0.5 * bank_.least_energy() * driven * variance(0, all / rows * driven));
}

void TileReader::add_up(const DriveBlock& block) {
  const std::size_t size = parts_.size() * block.size();
  if (numerators_.rows() != size) {
    numerators_ = Matrix<float>(size, tile_lanes);
    denominators_ = Matrix<float>(size, tile_lanes);
    weights_ = Matrix<float>(parts_.size(), block.size());
  }
  lines_.assign(block.size(), 0);
  if (bank_.organisation().selects())
    add_up_selected(block);
  else if (bank_.planes() > 1)
    add_up_planes(block);
  else
    add_up_graded(block);
}

void TileReader::add_up_selected(const DriveBlock& block) {
  for (std::size_t b = 0; b < block.size(); ++b) {
    lines_[b] = static_cast<std::uint32_t>(block.rows[b].size());
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      const auto chosen = selected_on(block.rows[b], parts_[p].first, parts_[p].last);
      weights_(p, b) = lines_[b] > 0 ? static_cast<float>(chosen.size()) / static_cast<float>(lines_[b]) : 0;
      const std::size_t at = p * block.size() + b;
      read_rows(tile_->difference(), tile_->sum(), chosen, numerators_.row(at), denominators_.row(at));
    }
  }
}

void TileReader::add_up_graded(const DriveBlock& block) {
  const std::size_t size = block.size();
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    const auto [first, last, digit] = parts_[p];
    read_tile(tile_->difference().slice(first, last - first), block.drives.view(), numerators_.slice(p * size, size),
              first);
    std::array<double, tile_lanes> all{};
    if (parts_.size() == 1) {
      std::ranges::copy(tile_->total(), all.begin());
    } else {
      for (std::size_t r = first; r < last; ++r)
        for (std::size_t l = 0; l < tile_lanes; ++l) all[l] += tile_->sum()(r, l);
    }
    for (std::size_t b = 0; b < size; ++b) {
      const auto sums = denominators_.row(p * size + b);
      for (std::size_t l = 0; l < tile_lanes; ++l) sums[l] = static_cast<float>(all[l]);
      std::size_t lines = last - first;
      for (const auto space : block.silent[b]) {
        const auto [from, to] = bank_.organisation().rows_of(space);
        for (std::size_t r = std::max<std::size_t>(from, first); r < std::min<std::size_t>(to, last); ++r, --lines)
          for (std::size_t l = 0; l < tile_lanes; ++l) sums[l] -= tile_->sum()(r, l);
      }
      weights_(p, b) = static_cast<float>(lines);
      lines_[b] += static_cast<std::uint32_t>(lines);
    }
  }
  for (std::size_t p = 0; p < parts_.size(); ++p)
    for (std::size_t b = 0; b < size; ++b) weights_(p, b) /= std::max(1.0F, static_cast<float>(lines_[b]));
}

void TileReader::add_up_planes(const DriveBlock& block) {
  const std::size_t size = block.size(), rows = bank_.organisation().rows(), nodes = bank_.nodes();
  if (digits_.rows() != size) digits_ = sizes_ = Matrix<float>(size, rows);
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    const auto [first, last, digit] = parts_[p];
    if (p % nodes == 0)
      for (std::size_t i = 0; i < digits_.size(); ++i) {
        digits_.values()[i] = digit_of(block.drives.data()[i], digit);
        sizes_.values()[i] = std::abs(digits_.values()[i]);
      }
    read_tile(tile_->difference().slice(first, last - first), digits_.view(), numerators_.slice(p * size, size), first);
    read_tile(tile_->sum().slice(first, last - first), sizes_.view(), denominators_.slice(p * size, size), first);
    for (std::size_t b = 0; b < size; ++b) {
      const auto driven = sizes_.row(b).subspan(first, last - first);
      const float lines = std::accumulate(driven.begin(), driven.end(), 0.0F);
      weights_(p, b) = digit * lines / static_cast<float>(rows);
      lines_[b] += static_cast<std::uint32_t>(lines);
    }
  }
}

void TileReader::add_up_restless(const DriveBlock& block, std::size_t b, std::size_t part, std::uint64_t moment) {
  const bool selects = bank_.organisation().selects(), planes = bank_.planes() > 1;
  const Imperfections& how = bank_.profile().imperfections;
  const std::size_t all_lanes = bank_.synapses().lanes();
  const auto [first, last, digit] = parts_[part];
  const auto y = numerators_.row(part * block.size() + b), sums = denominators_.row(part * block.size() + b);
  std::ranges::fill(y, 0.0F);
  if (selects || planes) std::ranges::fill(sums, 0.0F);
  const auto read_row = [&](std::size_t r, float drive) {
    for (std::size_t l = 0; l < lanes_; ++l) {
      const float sum = tile_->sum()(r, l), difference = tile_->difference()(r, l);
      if (sum <= 0) continue;
      const std::uint64_t place =
          (std::uint64_t{bank_.transform().bank} << 40) + 2 * (r * all_lanes + index_ * tile_lanes + l);
      const double a = 0.5 * (sum + difference) * read_factor(how, bank_.random(), place, moment);
      const double c = 0.5 * (sum - difference) * read_factor(how, bank_.random(), place + 1, moment);
      y[l] += drive * static_cast<float>(a - c);
      sums[l] += static_cast<float>(a + c) - (selects || planes ? 0 : sum);
    }
  };
  if (selects) {
    for (const auto r : selected_on(block.rows[b], first, last)) read_row(r, 1);
    return;
  }
  for (std::size_t r = first; r < last; ++r) {
    const float g = block.drives(b, r);
    if (const float drive = planes ? digit_of(g, digit) : g; drive != 0) read_row(r, drive);
  }
}

void TileReader::read(const DriveBlock& block, std::span<const std::uint64_t> moments, MatrixView<float> outputs,
                      Events& events) {
  const bool selects = bank_.organisation().selects();
  const Profile& profile = bank_.profile();
  const bool noisy = profile.noise.law != ReadNoise::Law::Off;
  const std::size_t size = block.size();
  add_up(block);
  double warmth = 0;
  for (std::size_t b = 0; b < size; ++b) {
    std::array<double, tile_lanes> ratio{}, spread{};
    double heat = 0;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      const auto y = numerators_.row(p * size + b), sums = denominators_.row(p * size + b);
      if (profile.imperfections.restless()) add_up_restless(block, b, p, moments[b]);
      if (profile.imperfections.wire_resistance > 0)
        apply_wires(LaneWiring::DividerAlong,
                    heated_wire(profile.imperfections.wire_resistance, profile.read.temperature), wired(block, b, p),
                    bank_.synapses().code_conductance(), y.first(lanes_), sums.first(lanes_));
      const double weight = weights_(p, b);
      for (std::size_t l = 0; l < lanes_; ++l) {
        const double sum = sums[l], here = sum > 0 ? y[l] / sum : 0;
        ratio[l] += weight * here;
        heat += sum * (1 - here * here);
        if (noisy && weight > 0) spread[l] += weight * weight * variance(here, sum);
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
    warmth += heat * (selects || bank_.planes() > 1            ? 1
                      : profile.read.drive == LineDrive::Level ? block.energy[b] / all
                                                               : block.magnitude[b] / all);
  }
  count(block, warmth, events);
}

WiredRows TileReader::wired(const DriveBlock& block, std::size_t b, std::size_t part) const {
  const std::size_t first = parts_[part].first, last = parts_[part].last;
  if (bank_.organisation().selects())
    return wired_rows(selected_on(block.rows[b], first, last), bank_.organisation().rows());
  const auto drives = block.drives.row(b).subspan(first, last - first);
  if (bank_.planes() == 1) return wired_rows(drives);
  std::vector<float> driven(drives.size());
  std::ranges::transform(drives, driven.begin(), [&](float g) { return digit_of(g, parts_[part].digit); });
  return wired_rows(driven);
}

void TileReader::count(const DriveBlock& block, double warmth, Events& events) const {
  const bool selects = bank_.organisation().selects();
  const ReadSettings& read = bank_.profile().read;
  const std::size_t samples = read.repeats, rows = bank_.organisation().rows(), n = block.size();
  for (std::size_t b = 0; b < n; ++b) {
    events.silent_entries += block.silent[b].size();
    const std::size_t lines = selects || bank_.planes() > 1 ? lines_[b] : rows;
    const bool counted = !selects && read.drive == LineDrive::Count;
    events.lines_driven +=
        samples *
        (counted ? static_cast<std::size_t>(std::lround(block.magnitude[b] * static_cast<float>(read.unit_pulses)))
                 : lines);
    if (!selects && read.drive == LineDrive::Level) events.levels_driven += samples * lines;
    events.synapse_reads += samples * lanes_ * lines;
  }
  if (bank_.converts()) {
    const double effort = std::max(1.0, std::pow(plain_comparator / std::max(read.comparator, 1e-9), 2));
    events.conversions +=
        static_cast<std::uint64_t>(std::ceil(effort * static_cast<double>(n * lanes_ * parts_.size() * samples)));
  }
  const double heat =
      bank_.synapses().code_conductance() * read.voltage * read.voltage * read.width * static_cast<double>(samples);
  events.read_dissipation += warmth * heat;
  events.lane_reads += n * lanes_;
  events.read_seconds += static_cast<double>(n * samples * bank_.planes()) * read.width;
}

}  // namespace assimilaate
