#include "assimilaate/assimilation/session.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>

#include "assimilaate/assimilation/calibration.hpp"
#include "assimilaate/assimilation/internal/lesson.hpp"
#include "assimilaate/assimilation/lone_reader.hpp"
#include "assimilaate/assimilation/pupils.hpp"
#include "assimilaate/assimilation/spares.hpp"

namespace assimilaate {
namespace {

/// Moments of held-out reads lie apart from those of presentations.
constexpr std::uint64_t validation_moment = std::uint64_t{1} << 61;
/// Its time, and that of calibration.
constexpr std::uint64_t after_validation = std::uint64_t{1} << 58, after_calibration = std::uint64_t{1} << 59;

ExampleBlock read_all(ExampleSource& source) {
  ExampleBlock all{AatBlock(source.input_shape(), 0), AatBlock(source.output_shape(), 0)};
  for (auto block = source.next(4096); block.size() > 0; block = source.next(4096)) {
    const std::size_t before = all.size();
    all.input.entries.resize_rows(before + block.size());
    all.output.entries.resize_rows(before + block.size());
    std::ranges::copy(block.input.entries.values(), all.input.entries.row(before).begin());
    std::ranges::copy(block.output.entries.values(), all.output.entries.row(before).begin());
  }
  return all;
}

}  // namespace

std::size_t default_passes(std::size_t examples) {
  return std::clamp<std::size_t>(40'000 / std::max<std::size_t>(examples, 1), 2, 200);
}

Convergence assimilate(LaneBank& bank, ExampleSource& source, const HeldOut& held_out, const SessionOptions& options,
                       Progress* progress, std::stop_token stop) {
  const TransformPlan& transform = bank.transform();
  if (source.input_shape() != transform.input->shape() || source.output_shape() != transform.output->shape())
    fail(Errc::Mismatch, "transform {}: examples are {} -> {}, the bank is {} -> {} (another stream's codecs?)",
         transform.name, source.input_shape().text(), source.output_shape().text(), transform.input->shape().text(),
         transform.output->shape().text());
  if (bank.rule().unsupervised())
    fail(Errc::Usage, "transform {}: rule {} learns from no examples; teach with another and use adapt afterwards",
         transform.name, bank.profile().rule);
  const ExampleBlock examples = read_all(source);
  if (examples.size() == 0) fail(Errc::Format, "transform {}: the source has no examples", transform.name);
  check_addresses(transform.input->shape(), examples.input.entries.view());
  check_addresses(transform.output->shape(), examples.output.entries.view());

  Convergence report = options.report;
  report.transform = transform.name;
  report.examples = examples.size();
  if (!bank.tuned()) {
    bank.tune(examples);
    if (bank.profile().calibrate) {
      const Events events = calibrate(bank).events;
      // Rows are read one at a time.
      const double share = 1 / static_cast<double>(bank.synapses().rows());
      Elapsed time = bank.felt(events.pulse_seconds, 0, after_calibration);
      time.reading = share * events.read_seconds;
      time.idle = (1 - share) * events.read_seconds;
      bank.synapses().elapse(time);
      report.events += events;
    }
    set_spares_aside(bank);
  }
  if (!(options.begin >= 0 && options.end > options.begin && options.end <= 3))
    fail(Errc::Usage, "session: annealing from {} to {}; it begins at 0 or later and ends after that, up to 3",
         options.begin, options.end);
  const std::uint64_t epoch = moment_of_epoch(0, options.epoch);
  const std::size_t n = examples.size();
  const std::size_t passes = options.passes > 0 ? options.passes : default_passes(n);
  const std::size_t rounds = std::clamp<std::size_t>(options.rounds, 1, passes);
  const Matrix<float> drives = internal::all_drives(bank, examples);
  const internal::Lesson lesson{bank,           bank.rule(),
                                examples,       drives,
                                passes,         epoch,
                                options.begin,  options.end,
                                options.pupils, options.pupils == nullptr ? 0 : row_energy(bank, examples.input)};
  std::atomic<std::size_t> passes_done = 0;
  std::mutex talk;
  const auto finish = [&] {
    report.synapses = bank.synapses().rows() * bank.synapses().lanes();
    report.masked = bank.synapses().masked_synapses();
    report.pulses_per_memristor =
        static_cast<double>(report.events.pulses) / (2.0 * static_cast<double>(report.synapses));
  };
  double before = options.rounds_done > 0 ? report.agreement : -1;
  for (std::size_t round = options.rounds_done; round < rounds && !report.converged; ++round) {
    const std::size_t first = round * passes / rounds, last = (round + 1) * passes / rounds;
    internal::measure_spread(bank, examples);
    const std::size_t tiles = bank.synapses().tiles();
    passes_done = first * tiles;
    report.events += internal::teach_round(lesson, first, last, stop, [&] {
      const std::size_t done = ++passes_done;
      if (progress == nullptr) return;
      const std::scoped_lock guard(talk);
      progress->update(transform.name, static_cast<double>(done), static_cast<double>(passes * tiles));
    });
    if (stop.stop_requested())
      fail(Errc::Interrupted, "transform {}: stopped in round {} of {}", transform.name, round + 1, rounds);
    report.presentations += (last - first) * n;
    report.events.presentations += (last - first) * n;
    internal::measure_spread(bank, examples);
    validate(bank, held_out, report);
    bank.synapses().elapse(bank.felt(
        0,
        static_cast<double>(held_out.size() * bank.profile().read.repeats * bank.planes()) * bank.profile().read.width,
        after_validation + epoch + first));
    finish();
    report.converged = report.agreement >= options.agreement ||
                       (options.plateau > 0 && before >= 0 && report.agreement - before < options.plateau);
    if (options.after_round) options.after_round(report, round + 1);
    if (report.converged) break;
    before = report.agreement;
  }
  finish();
  return report;
}

double normalised_error(const Matrix<float>& said, const Matrix<float>& meant) {
  double error = 0, variance = 0;
  const auto n = static_cast<double>(meant.rows());
  for (std::size_t d = 0; d < meant.cols(); ++d) {
    double mean = 0;
    for (std::size_t i = 0; i < meant.rows(); ++i) mean += meant(i, d) / n;
    for (std::size_t i = 0; i < meant.rows(); ++i) {
      error += std::pow(said(i, d) - meant(i, d), 2);
      variance += std::pow(meant(i, d) - mean, 2);
    }
  }
  return variance > 0 ? error / variance : 0;
}

void validate(LaneBank& bank, const HeldOut& held_out, Convergence& report) {
  report.held_out = held_out.size();
  report.nmse = std::numeric_limits<double>::quiet_NaN();
  if (held_out.size() == 0) return;
  const LaneLayout& layout = bank.layout();
  const Codec& codec = *bank.transform().output;
  const auto read = bank.outputs(held_out.inputs().entries.view(), validation_moment, report.events);
  AatBlock emitted = bank.emit(read.view());
  const AatBlock& expected = held_out.expected();
  const std::size_t n = held_out.size(), spaces = expected.shape.spaces();
  std::size_t right = 0, asked = 0;
  for (std::size_t i = 0; i < emitted.entries.size(); ++i) {
    if (expected.entries.values()[i] == None) {
      emitted.entries.values()[i] = None;  // what nobody asked is no error
      continue;
    }
    asked += 1;
    right += emitted.entries.values()[i] == expected.entries.values()[i];
  }
  report.agreement = asked > 0 ? static_cast<double>(right) / static_cast<double>(asked) : 0;

  if (codec.centroids(0).size() > 0) {
    Matrix<float> said(n, codec.dims()), meant(n, codec.dims());
    codec.decode(emitted.entries.view(), said.view());
    codec.decode(expected.entries.view(), meant.view());
    report.nmse = normalised_error(said, meant);
  }

  std::vector<double> margins;
  for (std::size_t i = 0; i < n; ++i) {
    const auto y = read.row(i);
    std::size_t lane = 0;
    for (std::size_t m = 0; m < spaces; ++m) {
      const Address a = expected[i][m];
      if (!layout.regression()) {
        if (a == None) continue;
        const auto group = y.subspan(layout.lane(m, 0), layout.group_size());
        float rival = -std::numeric_limits<float>::infinity();
        for (std::size_t k = 0; k < group.size(); ++k)
          if (static_cast<Address>(k) != a) rival = std::max(rival, group[k]);
        margins.push_back(group[static_cast<std::size_t>(a)] - rival);
        continue;
      }
      const auto centroids = codec.centroids(m);
      if (a != None && centroids.cols() == 1) {
        const auto k = static_cast<std::size_t>(a);
        double margin = std::numeric_limits<double>::infinity();
        if (k > 0) margin = std::min<double>(margin, y[lane] - 0.5 * (centroids(k - 1, 0) + centroids(k, 0)));
        if (k + 1 < centroids.rows())
          margin = std::min<double>(margin, 0.5 * (centroids(k, 0) + centroids(k + 1, 0)) - y[lane]);
        margins.push_back(margin / std::max(bank.spread()[lane], 1e-9F));
      }
      lane += centroids.cols();
    }
  }
  const auto quantile = [&](double q) {
    if (margins.empty()) return 0.0;
    const auto at = margins.begin() + static_cast<std::ptrdiff_t>(q * static_cast<double>(margins.size() - 1));
    std::ranges::nth_element(margins, at);
    return *at;
  };
  report.margin_p10 = quantile(0.1);
  report.margin_p50 = quantile(0.5);
}

}  // namespace assimilaate
