#include "assimilaate/assimilation/lane_bank.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "assimilaate/assimilation/internal/coherence.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

/// The emission a profile asks for, or what suits its rule. @throws Error{Usage} when the two want unlike lanes.
std::unique_ptr<Emission> emission_for(const TransformPlan& transform, const Profile& profile, const Rule& rule) {
  const auto name = [](bool regression) { return regression ? "nearest" : "winner"; };
  auto emission = make_emission(profile.emission.empty() ? name(rule.regression()) : profile.emission,
                                profile.emission_settings, transform.output);
  if (emission->layout().regression() != rule.regression())
    fail(Errc::Usage, "transform {}: rule {} teaches {} lanes, emission {} reads {} lanes (use {}, or another rule)",
         transform.name, profile.rule, rule.regression() ? "regression" : "winner", profile.emission,
         rule.regression() ? "winner" : "regression", name(rule.regression()));
  return emission;
}

/// Steps of a drive of 1; 0: any size.
double drive_steps(const ReadSettings& read) {
  if (read.drive == LineDrive::Count) return read.unit_pulses;
  return read.drive == LineDrive::Planes ? std::exp2(read.planes) : 0;
}

}  // namespace

LaneBank::LaneBank(const TransformPlan& transform, const Profile& profile)
    : transform_(transform),
      profile_(profile),
      random_(profile.seed, profile.target),
      organisation_(make_organisation(profile.organisation, {transform.input->shape(), transform.input, transform.glue},
                                      profile.organisation_settings)),
      rule_(make_rule(profile.rule, profile.rule_settings)),
      emission_(emission_for(transform, profile, *rule_)),
      synapses_(make_synapses(profile.memristor, profile.memristor_settings,
                              {organisation_->rows(), layout().lanes(), random_, transform.bank, profile.imperfections,
                               profile.read.temperature})) {
  if (profile.spares >= organisation_->copies())
    fail(Errc::Usage, "spares {}: organisation {} has {} a line, at least one must work (say redundant:{}/{})",
         profile.spares, profile.organisation, organisation_->copies(), profile.spares + 1, profile.organisation);
  if (!layout().regression()) return;
  const Codec& codec = *transform_.output;
  const auto stretch = static_cast<float>(1 / (1 - std::min(codec.distortion(), 0.5)));
  for (std::uint32_t m = 0; m < codec.shape().spaces(); ++m) {
    const auto centroids = codec.centroids(m);
    for (std::size_t k = 0; k < centroids.cols(); ++k) {
      const float mean = codec.mean()[wanted_.size()];
      std::vector<float> asks(centroids.rows());
      for (std::size_t a = 0; a < asks.size(); ++a) asks[a] = mean + stretch * (centroids(a, k) - mean);
      wanted_.emplace_back(m, std::move(asks));
    }
  }
}

std::size_t LaneBank::rows_read() const {
  return organisation_->selects() ? transform_.input->shape().spaces() * organisation_->copies()
                                  : organisation_->rows();
}

std::size_t LaneBank::nodes() const {
  const std::size_t rows = organisation_->rows(), lines = profile_.read.node_lines;
  return lines == 0 || lines >= rows ? 1 : (rows + lines - 1) / lines;
}

void LaneBank::tune(const ExampleBlock& examples) {
  organisation_->centre(examples.input);
  const std::size_t lanes = layout().lanes();
  offset_.assign(lanes, 0);
  spread_.assign(lanes, 0);
  if (!layout().regression()) {
    full_scale_ = least_energy_ = 1;
    return;
  }
  const auto mean = transform_.output->mean();
  std::copy(mean.begin(), mean.end(), offset_.begin());

  std::vector<std::uint32_t> order(examples.size());
  std::iota(order.begin(), order.end(), 0U);
  DriveBlock block;
  std::vector<float> energies;
  internal::Coherence coherence(organisation_->rows(), examples.size());
  std::vector<double> square(lanes);
  std::vector<float> wanted(lanes);
  for (const auto& i : order) {
    drive(examples.input.entries.view(), std::span(&i, 1), block);
    energies.push_back(block.energy[0]);
    coherence.add(block);
    desired(examples.output[i], 0, wanted);
    for (std::size_t l = 0; l < lanes; ++l)
      square[l] += std::isnan(wanted[l]) ? 0 : std::pow(wanted[l] - offset_[l], 2);
  }
  const double energy = std::accumulate(energies.begin(), energies.end(), 0.0) / static_cast<double>(energies.size());
  coherence_ = static_cast<float>(coherence.value());
  const auto middle = energies.begin() + static_cast<std::ptrdiff_t>(energies.size() / 2);
  std::ranges::nth_element(energies, middle);
  least_energy_ = std::max(*middle, 1e-12F);
  double variance = 0;
  for (std::size_t l = 0; l < lanes; ++l) {
    spread_[l] = static_cast<float>(std::sqrt(square[l] / static_cast<double>(examples.size())));
    variance += square[l] / static_cast<double>(examples.size() * lanes);
  }
  // A pair at full difference weighs `full_scale` root-mean-square weights, shared between the copies of a line.
  const double copies = static_cast<double>(organisation_->copies()), at_work = copies - profile_.spares;
  const double weight =
      profile_.full_scale * std::sqrt(std::max(variance, 1e-12) / std::max(energy / copies, 1e-12)) / at_work;
  const double offset = synapses_->lowest_conductance() / synapses_->code_conductance();
  full_scale_ = weight * static_cast<double>(rows_at_work()) * (255 + 2 * offset) / 255;
}

std::size_t LaneBank::at_once(const Rule& rule) const {
  const auto most = static_cast<double>(rule.block());
  return static_cast<std::size_t>(coherence_ * most > 2 ? std::max(1.0, std::floor(2.0 / coherence_)) : most);
}

void LaneBank::desired(Aat expected, std::size_t first, std::span<float> lanes) const {
  const std::size_t count = std::min(lanes.size(), wanted_.size() - first);
  for (std::size_t l = 0; l < count; ++l) {
    const auto& [space, asks] = wanted_[first + l];
    lanes[l] = expected[space] == None ? std::numeric_limits<float>::quiet_NaN()
                                       : asks[static_cast<std::size_t>(expected[space])];
  }
  std::fill(lanes.begin() + static_cast<std::ptrdiff_t>(count), lanes.end(), std::numeric_limits<float>::quiet_NaN());
}

void LaneBank::drive(MatrixView<const Address> inputs, std::span<const std::uint32_t> order, DriveBlock& block) const {
  const std::size_t rows = organisation_->rows(), count = order.size();
  const bool selects = organisation_->selects(), spreads = organisation_->spreads();
  if (spreads && (block.writes.rows() != count || block.writes.cols() != rows))
    block.writes = Matrix<float>(count, rows);
  if (!selects && (block.drives.rows() != count || block.drives.cols() != rows))
    block.drives = Matrix<float>(count, rows);
  block.rows.resize(selects ? count : 0);
  block.energy.resize(count);
  block.magnitude.resize(count);
  block.silent.resize(count);
  for (std::size_t b = 0; b < count; ++b) {
    const Aat aat = inputs.row(order[b]);
    block.silent[b].clear();
    for (std::size_t m = 0; m < aat.size(); ++m)
      if (aat[m] == None) block.silent[b].push_back(m);
    if (selects) {
      block.rows[b].clear();
      organisation_->select(aat, block.rows[b]);
      block.energy[b] = block.magnitude[b] = static_cast<float>(block.rows[b].size());
    } else {
      const auto drives = block.drives.row(b);
      organisation_->drive(aat, drives);
      if (const double steps = drive_steps(profile_.read); steps > 0)
        for (float& g : drives) {
          const auto whole = static_cast<float>(steps);
          const float most = profile_.read.drive == LineDrive::Planes ? whole - 1 : whole;
          g = std::clamp(std::nearbyint(g * whole), -most, most) / whole;
        }
      block.energy[b] = std::inner_product(drives.begin(), drives.end(), drives.begin(), 0.0F);
      block.magnitude[b] =
          std::accumulate(drives.begin(), drives.end(), 0.0F, [](float sum, float g) { return sum + std::abs(g); });
    }
    if (spreads) {
      const auto writes = block.writes.row(b);
      organisation_->teach(aat, writes);
      block.energy[b] = 0;
      if (selects)
        for (const auto r : block.rows[b]) block.energy[b] += writes[r];
      else
        block.energy[b] = std::inner_product(writes.begin(), writes.end(), block.drives.row(b).begin(), 0.0F);
    }
  }
}

Matrix<float> LaneBank::outputs(MatrixView<const Address> inputs, std::uint64_t moment, Events& events) {
  if (!tuned())
    fail(Errc::Usage, "transform {}: it has learnt nothing yet; assimilate its stream first", transform_.name);
  constexpr std::size_t small = 16, at_once = 32;  // examples of a block; blocks whose drives are made together
  const std::size_t n = inputs.rows(), tiles = synapses_->tiles();
  Matrix<float> result(n, layout().lanes());
  std::vector<std::unique_ptr<TileReader>> readers(tiles);
  std::vector<Events> happened(tiles);
  parallel_for(tiles, [&](std::size_t t) { readers[t] = std::make_unique<TileReader>(*this, t); });
  std::vector<DriveBlock> blocks(std::min(at_once, (n + small - 1) / small));
  for (std::size_t begin = 0; begin < n; begin += small * at_once) {
    const std::size_t end = std::min(n, begin + small * at_once), count = (end - begin + small - 1) / small;
    parallel_for(count, [&](std::size_t k) {
      std::vector<std::uint32_t> order(std::min(small, end - begin - k * small));
      std::iota(order.begin(), order.end(), static_cast<std::uint32_t>(begin + k * small));
      drive(inputs, order, blocks[k]);
    });
    parallel_for(tiles, [&](std::size_t t) {
      for (std::size_t k = 0; k < count; ++k) {
        const std::size_t first = begin + k * small;
        Matrix<float> read(blocks[k].size(), tile_lanes);
        std::vector<std::uint64_t> moments(blocks[k].size());
        std::iota(moments.begin(), moments.end(), moment + first);
        readers[t]->read(blocks[k], moments, read.view(), happened[t]);
        for (std::size_t b = 0; b < blocks[k].size(); ++b)
          std::copy_n(read.row(b).begin(), readers[t]->lanes(),
                      result.row(first + b).begin() + static_cast<std::ptrdiff_t>(t * tile_lanes));
      }
    });
  }
  events += side_by_side(happened);
  events.presentations += n;
  return result;
}

double LaneBank::drive_share() const {
  const auto rows = static_cast<double>(organisation_->rows());
  return organisation_->selects() ? static_cast<double>(rows_read()) / rows
                                  : std::min(1.0, std::sqrt(least_energy_ / rows));
}

Elapsed LaneBank::felt(double programming, double reading, std::uint64_t moment) const {
  const double share = drive_share();
  return {.idle = reading * (1 - share),
          .programming = programming,
          .reading = reading * share,
          .voltage = profile_.read.voltage,
          .temperature = profile_.read.temperature,
          .event = moment};
}

AatBlock LaneBank::emit(MatrixView<const float> outputs) const {
  AatBlock aats(transform_.output->shape(), outputs.rows());
  emission_->emit(outputs, aats.entries.view());
  return aats;
}

AatBlock LaneBank::infer(const AatBlock& inputs, std::uint64_t moment, Events& events) {
  const auto read = outputs(inputs.entries.view(), moment, events);
  if (!converts()) events.comparisons += inputs.size() * emission_->decisions() * profile_.read.repeats;
  return emit(read.view());
}

void LaneBank::save(ByteWriter& out) const {
  out.put(full_scale_);
  out.put(least_energy_);
  out.put(coherence_);
  out.put_array(std::span<const float>(offset_));
  out.put_array(std::span<const float>(spread_));
  const auto tuning = organisation_->tuning();
  out.put_array(std::span<const float>(tuning));
  synapses_->save(out);
}

void LaneBank::restore(ByteReader& in) {
  full_scale_ = in.get<double>();
  least_energy_ = in.get<float>();
  coherence_ = in.get<float>();
  offset_ = in.get_array<float>();
  spread_ = in.get_array<float>();
  if (full_scale_ > 0 && (offset_.size() != layout().lanes() || spread_.size() != layout().lanes()))
    fail(Errc::Format, "target: bank {} has {} lanes, {} offsets and {} spreads are stored (corrupt file?)",
         transform_.name, layout().lanes(), offset_.size(), spread_.size());
  const auto tuning = in.get_array<float>();
  organisation_->set_tuning(tuning);
  synapses_->restore(in);
}

}  // namespace assimilaate
