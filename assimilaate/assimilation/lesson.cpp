#include "assimilaate/assimilation/internal/lesson.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "assimilaate/assimilation/pupils.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/substrate/lanes.hpp"

namespace assimilaate::internal {
namespace {

/// Time that memristors feel reaches them every so many blocks; its moments lie apart from those of presentations.
constexpr std::size_t blocks_a_span = 16;
constexpr std::uint64_t time_moment = std::uint64_t{1} << 57;
constexpr std::size_t drives_kept = 64U << 20U;  // floats of drives held for a whole session, at most

/// The order of a pass: every example once, shuffled by the counter-based generator (Fisher-Yates).
std::vector<std::uint32_t> pass_order(const LaneBank& bank, std::size_t examples, std::uint64_t pass) {
  std::vector<std::uint32_t> order(examples);
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t i = examples; i > 1; --i) {
    const double u = bank.random().uniform(Purpose::Shuffle, i, pass);
    std::swap(order[i - 1], order[static_cast<std::size_t>(u * static_cast<double>(i))]);
  }
  return order;
}

/// Passes of a round, in their orders.
struct Round {
  std::size_t first;
  std::vector<std::vector<std::uint32_t>> orders;
  const std::stop_token& stop;
};

/// Teach one tile for one round. Counters are the tile's scratch: they start empty.
void teach_tile(const Lesson& lesson, const Round& round, std::size_t t, Events& events,
                const std::function<void()>& pass_done) {
  LaneBank& bank = lesson.bank;
  const Rule& rule = lesson.rule;
  const Organisation& organisation = bank.organisation();
  const SynapseArray& array = bank.synapses();
  const LaneLayout& layout = bank.layout();
  TileReader reader(bank, t);
  const std::size_t n = lesson.examples.size(), rows = organisation.rows(), at_once = bank.at_once(rule);
  const bool regression = layout.regression(), continuous = array.continuous();
  const auto [first_group, groups] = layout.groups(t);
  const float lines = static_cast<float>(bank.rows_read()) / static_cast<float>(organisation.copies());
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

  for (std::size_t p = 0; p < round.orders.size(); ++p) {
    const auto& order = round.orders[p];
    for (std::size_t first = 0; first < n; first += at_once) {
      if (round.stop.stop_requested()) return;
      const std::size_t count = std::min(at_once, n - first);
      const std::span<const std::uint32_t> chosen(order.data() + first, count);
      const std::uint64_t shown = (round.first + p) * n + first, presentation = lesson.moment + shown;
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
      if (regression && !bank.converts()) events.conversions += count * reader.lanes() * read.repeats;

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
      rule.signals(
          {outputs.view(), desired.view(), expected.view(), layout.group_size(), energy, lines, trust, progress},
          signals.view());

      const bool spreads = organisation.spreads();
      const bool direct =
          !pupils && !regression && organisation.selects() && !spreads && rule.counter() == 1 && rule.whole();
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
        reading += static_cast<double>(count * read.repeats * bank.planes()) * read.width;
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
        std::size_t demanding = rows;  // rows whose counters hear of this block
        if (organisation.selects() && !spreads) {
          demanding = 0;
          for (const auto& selected : block.rows) demanding += selected.size();
          demanding = std::min(demanding, rows);
        }
        events.counter_updates += pupils ? pupils->size() : demanding * reader.lanes();
        events.counter_overflows += fires.size();
      }
      reader.synapses().pulse(fires, width, presentation, events);
      const double took = programming_seconds(fires, width);
      events.pulse_seconds += took;
      programming += took;
      reading += static_cast<double>(count * read.repeats * bank.planes()) * read.width;
      if (++blocks % blocks_a_span == 0) let_pass(presentation);
    }
    let_pass(lesson.moment + (round.first + p) * n + n - 1);
    pass_done();
  }
}

}  // namespace

Events teach_round(const Lesson& lesson, std::size_t first, std::size_t last, const std::stop_token& stop,
                   const std::function<void()>& pass_done) {
  Round round{first, {}, stop};
  for (std::size_t p = first; p < last; ++p)
    round.orders.push_back(pass_order(lesson.bank, lesson.examples.size(), lesson.moment + p));
  std::vector<Events> happened(lesson.bank.synapses().tiles());
  parallel_for(happened.size(), [&](std::size_t t) { teach_tile(lesson, round, t, happened[t], pass_done); });
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

}  // namespace assimilaate::internal
