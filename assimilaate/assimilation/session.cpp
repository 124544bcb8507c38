#include "assimilaate/assimilation/session.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>

#include "assimilaate/assimilation/calibration.hpp"
#include "assimilaate/assimilation/lone_reader.hpp"
#include "assimilaate/assimilation/pupils.hpp"
#include "assimilaate/assimilation/spares.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/substrate/lanes.hpp"

namespace assimilaate {
namespace {

/// Moments of held-out reads lie apart from those of presentations.
constexpr std::uint64_t validation_moment = std::uint64_t{1} << 61;
/// Time that memristors feel reaches them every so many blocks; its moments lie apart too, and so do those after
/// validation and calibration.
constexpr std::size_t blocks_a_span = 16;
constexpr std::uint64_t time_moment = std::uint64_t{1} << 57, after_validation = std::uint64_t{1} << 58,
                        after_calibration = std::uint64_t{1} << 59;
constexpr std::size_t drives_kept = 64U << 20U;  // floats of drives held for a whole session, at most

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

/// The order of a pass: every example once, shuffled by the counter-based generator (Fisher-Yates).
std::vector<std::uint32_t> pass_order(const LaneBank& bank, std::size_t examples, std::size_t pass) {
  std::vector<std::uint32_t> order(examples);
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t i = examples; i > 1; --i) {
    const double u = bank.random().uniform(Purpose::Shuffle, i, pass);
    std::swap(order[i - 1], order[static_cast<std::size_t>(u * static_cast<double>(i))]);
  }
  return order;
}

/// What all tiles of a session share.
struct Lesson {
  LaneBank& bank;
  const ExampleBlock& examples;
  const Matrix<float>& drives;                            // every example's drives, or empty: made as needed
  const std::vector<std::vector<std::uint32_t>>& orders;  // of the passes of this round
  std::size_t first_pass, passes;                         // of this round; of the whole session
  double begin, end;                                      // of annealing
  std::uint64_t epoch;                                    // added to moments
  const SynapseSet* pupils;                               // null: all
  double row_energy;                                      // where there are pupils
  std::stop_token stop;
};

/// Teach one tile for one round. Counters are the tile's scratch: they start empty.
void teach_tile(const Lesson& lesson, std::size_t t, Events& events, const std::function<void()>& pass_done) {
  LaneBank& bank = lesson.bank;
  const Rule& rule = bank.rule();
  const Organisation& organisation = bank.organisation();
  const SynapseArray& array = bank.synapses();
  const LaneLayout& layout = bank.layout();
  TileReader reader(bank, t);
  const std::size_t n = lesson.examples.size(), rows = organisation.rows();
  const bool regression = layout.regression(), continuous = array.continuous();
  const auto [first_group, groups] = layout.groups(t);
  // A change in output units per unit drive, as codes of difference (all memristors nominal).
  const double total =
      static_cast<double>(bank.rows_at_work()) * (255 + 2 * array.lowest_conductance() / array.code_conductance());
  const double codes_per_unit = regression ? total / bank.full_scale() : 1;

  std::optional<Pupils> pupils;
  if (lesson.pupils != nullptr) pupils.emplace(*lesson.pupils, lesson.row_energy, t, reader.synapses());
  Matrix<std::int8_t> counters(pupils || (continuous && regression) ? 0 : rows, tile_lanes);
  Matrix<float> outputs, desired, signals;
  Matrix<Address> expected;
  std::vector<float> change(tile_lanes), energy, trust(tile_lanes, 1.0F);
  if (regression)
    for (std::size_t l = 0; l < reader.lanes(); ++l) {
      const double signal = std::pow(bank.spread()[t * tile_lanes + l], 2), noise = std::pow(reader.noise(l), 2);
      trust[l] = static_cast<float>(signal > 0 ? signal / (signal + noise) : 1);
    }
  std::vector<std::uint64_t> moments;
  std::vector<Fire> fires, wishes;
  DriveBlock block;
  const ReadSettings& read = bank.profile().read;
  const bool felt = array.feels(bank.felt(1, 1, 0));
  double programming = 0, reading = 0;
  std::size_t blocks = 0;
  const auto let_pass = [&](std::uint64_t presentation) {
    if (!felt || programming + reading <= 0) return;
    reader.synapses().elapse(bank.felt(programming, reading, time_moment + presentation));
    programming = reading = 0;
  };

  for (std::size_t p = 0; p < lesson.orders.size(); ++p) {
    const auto& order = lesson.orders[p];
    for (std::size_t first = 0; first < n; first += rule.block()) {
      if (lesson.stop.stop_requested()) return;
      const std::size_t count = std::min(rule.block(), n - first);
      const std::span<const std::uint32_t> chosen(order.data() + first, count);
      const std::uint64_t shown = (lesson.first_pass + p) * n + first, presentation = lesson.epoch + shown;
      if (outputs.rows() != count) {
        outputs = Matrix<float>(count, tile_lanes);
        signals = Matrix<float>(count, tile_lanes);
        desired = Matrix<float>(regression ? count : 0, tile_lanes);
        expected = Matrix<Address>(count, groups);
      }
      if (lesson.drives.empty()) {
        bank.drive(lesson.examples.input.entries.view(), chosen, block);
      } else {
        block.drives = block.drives.rows() == count ? std::move(block.drives) : Matrix<float>(count, rows);
        block.energy.resize(count);
        block.magnitude.resize(count);
        block.silent.resize(count);
        for (std::size_t b = 0; b < count; ++b) {
          const auto row = lesson.drives.row(chosen[b]);
          std::copy_n(row.begin(), rows, block.drives.row(b).begin());
          block.energy[b] = row[rows];
          block.magnitude[b] = row[rows + 1];
        }
      }
      moments.resize(count);
      std::iota(moments.begin(), moments.end(), presentation);
      reader.read(block, moments, outputs.view(), events);
      // A regression lane learns by the size of its error, whoever else converts.
      if (regression && bank.nodes() == 1) events.conversions += count * reader.lanes() * read.repeats;

      energy.resize(count);
      for (std::size_t b = 0; b < count; ++b) {
        energy[b] = std::max(block.energy[b], bank.least_energy());
        const Aat answer = lesson.examples.output[chosen[b]];
        if (regression) {
          bank.desired(answer, t * tile_lanes, desired.row(b));
          // Lanes without an expected address, and those that do not exist, are content.
          for (std::size_t l = 0; l < tile_lanes; ++l)
            if (std::isnan(desired(b, l))) desired(b, l) = outputs(b, l);
        } else {
          for (std::size_t g = 0; g < groups; ++g) expected(b, g) = answer[first_group + g];
        }
      }
      const double progress = lesson.begin + (lesson.end - lesson.begin) * static_cast<double>(shown) /
                                                 static_cast<double>(lesson.passes * n);
      rule.signals({outputs.view(), desired.view(), expected.view(), layout.group_size(), energy, trust, progress},
                   signals.view());

      const bool spreads = organisation.spreads();
      const bool direct = !pupils && !regression && organisation.selects() && !spreads && rule.counter() == 1;
      if (organisation.selects() && !direct && !spreads) {
        block.drives = Matrix<float>(count, rows);
        for (std::size_t b = 0; b < count; ++b)
          for (const auto r : block.rows[b]) block.drives(b, r) = 1;
      }
      const Matrix<float>& writes = spreads ? block.writes : block.drives;
      const std::span<const float> shared = regression ? std::span<const float>(energy) : std::span<const float>();
      if (continuous && regression) {
        for (float& s : signals.values()) s *= static_cast<float>(codes_per_unit);
        if (pupils) {
          pupils->listen(block.drives.view(), writes.view(), signals.view(), shared, 1);
          pupils->shift(reader.synapses(), events);
        }
        for (std::uint32_t r = 0; r < rows && !pupils; ++r) {
          accumulate_row(writes.view(), signals.view(), r, change);
          reader.synapses().shift(r, change, events);
        }
        reading += static_cast<double>(count * read.repeats) * read.width;
        if (++blocks % blocks_a_span == 0) let_pass(presentation);
        continue;
      }
      const double width = array.width_for(rule.strength(progress));
      fires.clear();
      if (direct) {
        for (std::size_t b = 0; b < count; ++b) {
          wishes.clear();
          for (std::uint16_t l = 0; l < reader.lanes(); ++l)
            if (const float s = signals(b, l); s != 0)
              wishes.push_back({0, l, static_cast<std::int16_t>(std::lround(s))});
          for (const auto r : block.rows[b])
            for (const Fire& wish : wishes) fires.push_back({r, wish.lane, wish.count});
        }
      } else {
        // A regression lane asks for a size, counted in parts of a couple; a winner lane's wish is one count.
        const double counts = regression ? codes_per_unit / array.couple_step(width) * rule.counter() : 1;
        const std::uint64_t place = (std::uint64_t{bank.transform().bank} << 40) + t;
        if (pupils) {
          pupils->listen(block.drives.view(), writes.view(), signals.view(), shared, counts);
          constexpr std::uint64_t of_pupils = std::uint64_t{1} << 39;  // places apart from those of tiles
          pupils->count(rule.counter(), bank.random(), place - t + of_pupils + t * rows * tile_lanes, presentation,
                        fires);
        } else {
          for (float& s : signals.values()) s *= static_cast<float>(counts);
          const std::uint64_t dither =
              bank.random().bits(Purpose::Dither, place, presentation)[0] | (presentation << 32);
          accumulate_tile(writes.view(), signals.view(), rule.counter(), dither, counters.view(), fires);
        }
        events.counter_updates += pupils ? pupils->size() : rows * reader.lanes();
        events.counter_overflows += fires.size();
      }
      reader.synapses().pulse(fires, width, presentation, events);
      const double took = programming_seconds(fires, width);
      events.pulse_seconds += took;
      programming += took;
      reading += static_cast<double>(count * read.repeats) * read.width;
      if (++blocks % blocks_a_span == 0) let_pass(presentation);
    }
    let_pass(lesson.epoch + (lesson.first_pass + p) * n + n - 1);
    pass_done();
  }
}

Events teach_round(const Lesson& lesson, const std::function<void()>& pass_done) {
  std::vector<Events> happened(lesson.bank.synapses().tiles());
  parallel_for(happened.size(), [&](std::size_t t) { teach_tile(lesson, t, happened[t], pass_done); });
  return side_by_side(happened);
}

/// Every example's drives with its energy and magnitude as last columns, when that fits.
Matrix<float> all_drives(const LaneBank& bank, const ExampleBlock& examples) {
  const std::size_t rows = bank.organisation().rows();
  const bool silent = std::ranges::find(examples.input.entries.values(), None) != examples.input.entries.values().end();
  if (bank.organisation().selects() || bank.organisation().spreads() || silent ||
      examples.size() * (rows + 2) > drives_kept)
    return {};
  Matrix<float> drives(examples.size(), rows + 2);
  parallel_for(examples.size(), [&](std::size_t i) {
    DriveBlock block;
    const auto index = static_cast<std::uint32_t>(i);
    bank.drive(examples.input.entries.view(), std::span(&index, 1), block);
    std::ranges::copy(block.drives.row(0), drives.row(i).begin());
    drives(i, rows) = block.energy[0];
    drives(i, rows + 1) = block.magnitude[0];
  });
  return drives;
}

/// Winner lanes do not know their spread beforehand: it is what they say now.
void measure_spread(LaneBank& bank, const ExampleBlock& examples) {
  if (bank.layout().regression() || bank.profile().noise.law != ReadNoise::Law::Relative) return;
  Events ignored;
  bank.set_spread(std::vector<float>(bank.layout().lanes(), 0.0F));
  const std::size_t n = std::min<std::size_t>(256, examples.size());
  const auto y = bank.outputs(examples.input.entries.slice(0, n), 0, ignored);
  std::vector<float> spread(bank.layout().lanes());
  for (std::size_t l = 0; l < spread.size(); ++l) {
    double sum = 0, square = 0;
    for (std::size_t i = 0; i < n; ++i) sum += y(i, l), square += std::pow(y(i, l), 2);
    spread[l] = static_cast<float>(
        std::sqrt(std::max(0.0, square / static_cast<double>(n) - std::pow(sum / static_cast<double>(n), 2))));
  }
  bank.set_spread(std::move(spread));
}

}  // namespace

Convergence assimilate(LaneBank& bank, ExampleSource& source, const HeldOut& held_out, const SessionOptions& options,
                       Progress* progress, std::stop_token stop) {
  const TransformPlan& transform = bank.transform();
  if (source.input_shape() != transform.input->shape() || source.output_shape() != transform.output->shape())
    fail(Errc::Mismatch, "transform {}: examples are {} -> {}, the bank is {} -> {} (another stream's codecs?)",
         transform.name, source.input_shape().text(), source.output_shape().text(), transform.input->shape().text(),
         transform.output->shape().text());
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
  const std::size_t passes = options.passes > 0 ? options.passes : std::clamp<std::size_t>(20'000 / n, 2, 100);
  const std::size_t rounds = std::clamp<std::size_t>(options.rounds, 1, passes);
  const Matrix<float> drives = all_drives(bank, examples);
  const double energy_of_row = options.pupils == nullptr ? 0 : row_energy(bank, examples.input);
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
    std::vector<std::vector<std::uint32_t>> orders;
    for (std::size_t p = first; p < last; ++p) orders.push_back(pass_order(bank, n, epoch + p));
    measure_spread(bank, examples);
    const std::size_t tiles = bank.synapses().tiles();
    passes_done = first * tiles;
    report.events +=
        teach_round({bank, examples, drives, orders, first, passes, options.begin, options.end, epoch, options.pupils,
                     energy_of_row, stop},
                    [&] {
                      const std::size_t done = ++passes_done;
                      if (progress == nullptr) return;
                      const std::scoped_lock guard(talk);
                      progress->update(transform.name, static_cast<double>(done), static_cast<double>(passes * tiles));
                    });
    if (stop.stop_requested())
      fail(Errc::Interrupted, "transform {}: stopped in round {} of {}", transform.name, round + 1, rounds);
    report.presentations += (last - first) * n;
    report.events.presentations += (last - first) * n;
    validate(bank, held_out, report);
    bank.synapses().elapse(
        bank.felt(0, static_cast<double>(held_out.size() * bank.profile().read.repeats) * bank.profile().read.width,
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
    double error = 0, variance = 0;
    for (std::size_t d = 0; d < codec.dims(); ++d) {
      double mean = 0;
      for (std::size_t i = 0; i < n; ++i) mean += meant(i, d) / static_cast<double>(n);
      for (std::size_t i = 0; i < n; ++i) {
        error += std::pow(said(i, d) - meant(i, d), 2);
        variance += std::pow(meant(i, d) - mean, 2);
      }
    }
    report.nmse = variance > 0 ? error / variance : 0;
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
