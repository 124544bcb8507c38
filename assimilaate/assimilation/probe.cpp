#include "assimilaate/assimilation/probe.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "assimilaate/assimilation/lone_reader.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

/// A synapse under suspicion, with sums over its probes so far, in y.
struct Suspect {
  std::uint32_t row;
  std::uint16_t lane;
  double answers = 0, nominal = 0;  // its own, and a nominal one's
};

/// Probes are read at moments of their own, behind those of calibration.
constexpr std::uint64_t behind_calibration = std::uint64_t{1} << 20, most_looks = 1024;

/// How far couples move a nominal synapse, in y, by how far out it stands.
class NominalAnswer {
 public:
  NominalAnswer(const SynapseArray& array, double width)
      : sum_(255 + 2 * array.lowest_conductance() / array.code_conductance()) {
    for (std::size_t i = 0; i < steps_.size(); ++i)
      steps_[i] = array.couple_step(width, -255 * static_cast<double>(i) / (steps_.size() - 1)) / sum_;
  }
  /// One couple towards zero from y.
  [[nodiscard]] double operator()(double y) const {
    const double out = std::min(std::abs(y) * sum_ / 255, 1.0) * (steps_.size() - 1);
    return steps_[static_cast<std::size_t>(std::lround(out))];
  }

 private:
  double sum_;
  std::array<double, 65> steps_{};
};

class TileProbe {
 public:
  TileProbe(LaneBank& bank, std::size_t tile, const ProbeOptions& how, Events& events)
      : bank_(bank), reader_(bank, tile, events), how_(how), events_(events) {}

  void run(const SynapseSet* chosen, ProbeReport& report) {
    const SynapseArray& array = bank_.synapses();
    const double width = array.continuous() ? 0 : array.width_for(how_.strength);
    if (!array.continuous()) nominal_.emplace(array, width);
    std::vector<Suspect> suspects;
    reader_.each(chosen, [&](std::uint32_t r, std::uint16_t l) { suspects.push_back({r, l}); });
    report.probed = suspects.size();
    for (int attempt = 1; attempt <= how_.tries && !suspects.empty(); ++attempt) {
      ask(suspects, width);
      std::erase_if(suspects, [&](const Suspect& s) { return s.answers >= how_.responds * s.nominal; });
    }
    for (const Suspect& s : suspects) reader_.synapses().mask(s.row, s.lane);
    report.masked = suspects.size();
  }

 private:
  void ask(std::vector<Suspect>& suspects, double width) {
    const std::uint64_t moment = moment_of_epoch(upkeep_moment, how_.epoch) + behind_calibration * ++moments_;
    const std::size_t looks = looks_needed();
    std::vector<double> before(suspects.size()), between(suspects.size());
    const auto read = [&](std::vector<double>& y, std::uint64_t when) {
      for (std::size_t i = 0; i < suspects.size(); ++i)
        y[i] = reader_.ratio(suspects[i].row, suspects[i].lane, moment + when * most_looks, looks);
      events_.conversions += looks * suspects.size();
      reader_.lines_read(looks);
    };
    read(before, 0);
    move(suspects, before, -1, width, moment);
    read(between, 1);
    move(suspects, before, +1, width, moment + 1);
    std::vector<double> after(suspects.size());
    read(after, 2);
    for (std::size_t i = 0; i < suspects.size(); ++i) {
      const double towards_zero = before[i] > 0 ? -1 : 1;
      suspects[i].answers += towards_zero * (2 * between[i] - before[i] - after[i]);
      suspects[i].nominal += 2 * (nominal_ ? (*nominal_)(before[i]) : how_.strength);  // there and back
    }
  }
  /// One couple each, away from zero (+1) or towards it (-1).
  void move(const std::vector<Suspect>& suspects, const std::vector<double>& y, int away, double width,
            std::uint64_t moment) {
    if (bank_.synapses().continuous()) {
      Matrix<float> change(bank_.synapses().rows(), tile_lanes);
      for (std::size_t i = 0; i < suspects.size(); ++i) {
        const auto [row, lane, answers, nominal] = suspects[i];
        const auto size = static_cast<float>(how_.strength * reader_.synapses().sum()(row, lane));
        change(row, lane) = (y[i] > 0 ? 1.0F : -1.0F) * static_cast<float>(away) * size;
      }
      for (std::uint32_t r = 0; r < change.rows(); ++r) reader_.synapses().shift(r, change.row(r), events_);
      return;
    }
    std::vector<Fire> fires;
    for (std::size_t i = 0; i < suspects.size(); ++i)
      fires.push_back({suspects[i].row, suspects[i].lane, static_cast<std::int16_t>(y[i] > 0 ? away : -away)});
    reader_.pulse(fires, width, moment);
  }
  /// Reads whose mean tells, at three sigmas, an answer from none: the answer is a sum of reads with weights 1, 2, 1.
  [[nodiscard]] std::size_t looks_needed() const {
    double noise = 0;
    for (std::uint16_t l = 0; l < reader_.lanes(); ++l) noise = std::max(noise, reader_.noise(l));
    if (noise <= 0 || !nominal_) return 1;
    const double limit = how_.responds * 2 * (*nominal_)(0);
    const double looks = std::ceil(6 * std::pow(3 * noise / limit, 2));
    return static_cast<std::size_t>(std::clamp(looks, 1.0, static_cast<double>(most_looks)));
  }

  LaneBank& bank_;
  LoneReader reader_;
  const ProbeOptions& how_;
  Events& events_;
  std::optional<NominalAnswer> nominal_;
  std::uint64_t moments_ = 0;
};

}  // namespace

ProbeReport probe(LaneBank& bank, const ProbeOptions& options, const SynapseSet* chosen) {
  std::vector<Events> happened(bank.synapses().tiles());
  std::vector<ProbeReport> found(happened.size());
  parallel_for(happened.size(), [&](std::size_t t) { TileProbe(bank, t, options, happened[t]).run(chosen, found[t]); });
  ProbeReport report;
  for (const ProbeReport& one : found) report.probed += one.probed, report.masked += one.masked;
  report.events = side_by_side(happened);
  return report;
}

}  // namespace assimilaate
