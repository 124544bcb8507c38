#pragma once
/// Part of `pair_array.hpp`: how the tiles of an array are pulsed, shown and left to time.

#include <array>
#include <bit>
#include <cmath>
#include <vector>

#include "assimilaate/substrate/cells.hpp"
#include "assimilaate/substrate/memristor.hpp"

namespace assimilaate {

template <typename Model>
class PairArray;

/// One tile of a `PairArray`, opened for work.
template <typename Model>
class PairTile final : public SynapseTile {
 public:
  using Code = typename Model::Code;
  using Device = typename Model::Device;

  PairTile(PairArray<Model>& array, std::size_t tile) : SynapseTile(array.rows()), array_(array), tile_(tile) {
    for (std::size_t r = 0; r < array_.rows(); ++r)
      for (std::size_t l = 0; l < tile_lanes; ++l)
        if (!masked(r, l)) show(r, l);
  }

  void apply(std::span<const Fire> fires, double width, std::uint64_t event, Events& events) override {
    constexpr std::ptrdiff_t worthwhile = 6;  // fires in a row that are faster at once than one by one
    alignas(64) std::array<std::int8_t, tile_lanes> directions;
    for (auto fire = fires.begin(); fire != fires.end();) {
      const auto first = fire;
      const int count = std::abs(first->count);
      int unlike = 0;
      std::uint64_t pulsed = 0;
      directions.fill(0);
      for (; fire != fires.end() && fire->row == first->row; ++fire) {
        directions[fire->lane] = static_cast<std::int8_t>(fire->count > 0 ? 1 : -1);
        unlike |= std::abs(fire->count) ^ count;
        pulsed |= std::uint64_t{1} << fire->lane;
      }
      if (fire - first >= worthwhile && unlike == 0 && std::popcount(pulsed) == fire - first &&
          pulse_at_once(first->row, directions, width, count, event, events))
        continue;
      for (auto one = first; one != fire; ++one) pulse_one(*one, width, event, events);
    }
  }

  void apply_row(std::uint32_t row, std::span<const std::int8_t> directions, double width, std::uint64_t event,
                 Events& events) override {
    if (pulse_at_once(row, directions, width, 1, event, events)) return;
    for (std::size_t l = 0; l < tile_lanes; ++l)
      if (directions[l] != 0) pulse_one({row, static_cast<std::uint16_t>(l), directions[l]}, width, event, events);
  }

  /// Read disturb, idle time, retention and drift, each where it is at work.
  void apply_time(const Elapsed& time) override {
    const Imperfections& how = array_.plan_.imperfections;
    const double forgets = forgotten(how, array_.lasts(time), time.temperature);
    const bool disturbs = array_.disturbs(time), idles = array_.idles(time), drifts = array_.drifts(time);
    const Step disturb = array_.model_.prepare({time.voltage, time.reading, time.temperature});
    const Step idle = array_.model_.prepare_idle(array_.rests(time), time.temperature);
    for (std::size_t r = 0; r < array_.rows(); ++r) {
      for (std::size_t l = 0; l < tile_lanes && tile_ * tile_lanes + l < array_.lanes(); ++l) {
        for (int side = 0; side < 2; ++side) {
          const Device& d = array_.device(tile_, r, l, side);
          if (d.stuck) continue;
          const Cell cell = array_.cell(tile_, r, l, side);
          const auto bits = array_.plan_.random.bits(Purpose::Idle, cell.place, time.event);
          const auto rounding = philox({bits[0], bits[1]}, {bits[2], bits[3], 0, 0});
          Code& c = array_.code(tile_, r, l, side);
          if (disturbs && !masked(r, l))
            c = array_.model_.pulse(c, disturb, d, {uniform53(bits[0], bits[1]), {bits[2], rounding[2]}},
                                    array_.scale_);
          if (idles)
            c = array_.model_.pulse(c, idle, d, {uniform53(bits[2], bits[3]), {bits[0], rounding[3]}}, array_.scale_);
          if (forgets > 0)
            c = array_.to_code(c + forgets * (array_.scale_.code(how.retention_rest) - c), d,
                               Random::to_uniform(rounding[0]));
          if (drifts)
            c = array_.drifted(c, d, array_.self(tile_, r, l, side), array_.since_[array_.line(tile_, r)], time,
                               rounding[1]);
        }
        if (!masked(r, l)) show(r, l);
      }
      if (drifts) array_.since_[array_.line(tile_, r)] += array_.lasts(time);
    }
  }

  void apply_mask(std::uint32_t row, std::uint16_t lane) override {
    array_.masks_[array_.line(tile_, row)] |= std::uint64_t{1} << lane;
    total_[lane] -= sum_(row, lane);
    difference_(row, lane) = sum_(row, lane) = 0;
  }
  void apply_unmask(std::uint32_t row, std::uint16_t lane) override {
    ASSIMILAATE_EXPECTS(array_.has(tile_, row, lane));
    array_.masks_[array_.line(tile_, row)] &= ~(std::uint64_t{1} << lane);
    show(row, lane);
  }
  void apply_stick(std::uint32_t row, std::uint16_t lane, Side side, bool high) override {
    ASSIMILAATE_EXPECTS(array_.has(tile_, row, lane));
    array_.stick(tile_, row, lane, static_cast<int>(side), high);
    if (!masked(row, lane)) show(row, lane);
  }
  void apply_replace(std::uint32_t row, std::uint16_t lane) override {
    ASSIMILAATE_EXPECTS(array_.has(tile_, row, lane));
    array_.replace(tile_, row, lane);
    apply_unmask(row, lane);
  }

  void shift(std::uint32_t row, std::span<const float> change, Events& events) override {
    if constexpr (Model::continuous) {
      auto d = difference_.row(row);
      Code* pair = &array_.code(tile_, row, 0, 0);
      if (array_.devices_[tile_].empty() && array_.plan_.imperfections.write_noise <= 0 &&
          array_.masks_[array_.line(tile_, row)] == 0 && shift_freely(pair, change, d)) {
        events.pulses += 2 * tile_lanes;
        return;
      }
      for (std::size_t l = 0; l < tile_lanes; ++l) {
        if (masked(row, l)) continue;
        pair[2 * l] = within(row, l, 0, pair[2 * l], pair[2 * l] + change[l] / 2);
        pair[2 * l + 1] = within(row, l, 1, pair[2 * l + 1], pair[2 * l + 1] - change[l] / 2);
        show(row, l);
        events.pulses += 2;
      }
    } else {
      static_cast<void>(row), static_cast<void>(change), static_cast<void>(events);
      ASSIMILAATE_EXPECTS(false && "only a continuous model takes shifts");
    }
  }

 private:
  using Step = typename Model::Step;
  static constexpr bool rows_at_once = requires(const Model& m, const Step& s) { m.by_rows(s, 1.0F); };
  static constexpr std::ptrdiff_t most_prepared = 16;
  struct Prepared {
    double voltage, width;
    Step step;
  };

  [[nodiscard]] bool masked(std::size_t row, std::size_t lane) const {
    return (array_.masks_[array_.line(tile_, row)] >> lane & 1) != 0;
  }
  void count_pulses(std::uint32_t row, std::uint64_t synapses, int count, Events& events) {
    events.pulses += 2 * synapses * static_cast<std::uint64_t>(count);
    if (!array_.since_.empty()) array_.since_[array_.line(tile_, row)] = 0;
    if (!array_.wear_.empty())
      array_.wear_[array_.line(tile_, row)] += static_cast<std::uint32_t>(synapses) * static_cast<std::uint32_t>(count);
  }
  void pulse_one(const Fire& fire, double width, std::uint64_t event, Events& events) {
    if (masked(fire.row, fire.lane)) return;
    const int count = std::abs(fire.count);
    const double lasts = width * count, drive = 2 * array_.law().drive(), voltage = fire.count > 0 ? drive : -drive;
    if constexpr (rows_at_once) {
      if (at_once(lasts)) {
        const auto place = array_.cell(tile_, fire.row, fire.lane & ~1U, 0).place;
        const auto bits = array_.plan_.random.bits(Purpose::Pulse, place, event);
        for (int side = 0; side < 2; ++side) {
          Code& code = array_.code(tile_, fire.row, fire.lane, side);
          const Code before = code;
          const double across = side == 0 ? voltage : -voltage;
          code = array_.model_.pulse_one(code, prepared(across, lasts), array_.device(tile_, fire.row, fire.lane, side),
                                         across > 0 ? 1 : -1, bits[2 * (fire.lane & 1U) + static_cast<unsigned>(side)]);
          events.pulse_dissipation += array_.dissipated(1, before + code, voltage, lasts);
        }
        count_pulses(fire.row, 1, count, events);
        show(fire.row, fire.lane);
        return;
      }
    }
    const auto place = array_.cell(tile_, fire.row, fire.lane, 0).place;
    const auto bits = array_.plan_.random.bits(Purpose::Pulse, place, event);
    move(fire, 0, voltage, lasts, {uniform53(bits[0], bits[1]), {bits[2], bits[3]}}, event, events);
    move(fire, 1, -voltage, lasts, {uniform53(bits[2], bits[3]), {bits[0], bits[1]}}, event, events);
    count_pulses(fire.row, 1, count, events);
    show(fire.row, fire.lane);
  }
  /// `count` couples on every lane of one row that has a direction; false, and nothing done, where that cannot be.
  bool pulse_at_once(std::uint32_t row, std::span<const std::int8_t> directions, double width, int count,
                     std::uint64_t event, Events& events) {
    if constexpr (rows_at_once) {
      const double lasts = width * count, drive = 2 * array_.law().drive();
      if (!at_once(lasts)) return false;
      alignas(64) std::array<std::int8_t, row_memristors> ways;
      std::uint64_t pulsed = couple_row(directions, ways);
      for (std::uint64_t shut = pulsed & array_.masks_[array_.line(tile_, row)]; shut != 0; shut &= shut - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(shut));
        ways[2 * lane] = ways[2 * lane + 1] = 0;
        pulsed &= ~(std::uint64_t{1} << lane);
      }
      const MemristorRow memristors{&array_.code(tile_, row, 0, 0),
                                    array_.devices_[tile_].empty() ? nullptr : &array_.device(tile_, row, 0, 0),
                                    ways.data(), Model::top};
      const auto synapses = static_cast<std::uint64_t>(std::popcount(pulsed));
      const Step& up = prepared(drive, lasts);
      const Step& down = prepared(-drive, lasts);
      array_.model_.pulse_row(memristors, up, down, [&](std::span<std::uint32_t> words) {
        draw_row(array_.plan_.random, array_.cell(tile_, row, 0, 0).place, event, words);
      });
      const std::uint64_t codes = show_row(memristors, array_.offsets(), difference_.row(row), sum_.row(row), total_);
      events.pulse_dissipation += array_.dissipated(2 * synapses, static_cast<double>(codes), drive, lasts);
      count_pulses(row, synapses, count, events);
      return true;
    } else {
      static_cast<void>(row), static_cast<void>(directions), static_cast<void>(width), static_cast<void>(count);
      static_cast<void>(event), static_cast<void>(events);
      return false;
    }
  }
  /// Whether pulses of that width are those that rows can take at once.
  bool at_once(double lasts) {
    const Imperfections& how = array_.plan_.imperfections;
    if (how.cycle_variation > 0 || how.pulse_jitter > 0 || how.endurance > 0 || how.write_noise > 0) return false;
    const double drive = 2 * array_.law().drive();
    return array_.model_.by_rows(prepared(drive, lasts), array_.most_gain_[tile_]) &&
           array_.model_.by_rows(prepared(-drive, lasts), array_.most_gain_[tile_]);
  }
  /// A whole row of like, unmasked memristors; false, and nothing done, when one of them would meet a bound.
  static bool shift_freely(Code* pair, std::span<const float> change, std::span<float> difference) {
    Code moved[2 * tile_lanes];
    bool inside = true;
    for (std::size_t l = 0; l < tile_lanes; ++l) {
      const Code a = pair[2 * l] + change[l] / 2, b = pair[2 * l + 1] - change[l] / 2;
      inside &= a >= 0 && b >= 0 && a <= Model::top && b <= Model::top;
      moved[2 * l] = a;
      moved[2 * l + 1] = b;
    }
    if (!inside) return false;
    for (std::size_t l = 0; l < tile_lanes; ++l) difference[l] = moved[2 * l] - moved[2 * l + 1];
    std::copy_n(moved, 2 * tile_lanes, pair);
    return true;
  }
  /// Bring the planes in line with the memristors of one synapse.
  void show(std::size_t row, std::size_t lane) {
    const double a = array_.seen(tile_, row, lane, 0), b = array_.seen(tile_, row, lane, 1);
    const float sum = static_cast<float>(a + b) + array_.offsets();
    difference_(row, lane) = static_cast<float>(a - b);
    total_[lane] += static_cast<double>(sum) - static_cast<double>(sum_(row, lane));
    sum_(row, lane) = sum;
  }
  /// Where a memristor at `now` gets to when it is told `then`.
  [[nodiscard]] Code within(std::size_t row, std::size_t lane, std::size_t side, Code now, Code then) const {
    const Device& device = array_.device(tile_, row, lane, static_cast<int>(side));
    return device.stuck ? now : array_.to_code(then, device, 0.5);
  }
  /// What is common to all pulses of a voltage and width; the store starts anew when it is full.
  const Step& prepared(double voltage, double width) {
    for (const Prepared& p : prepared_)
      if (p.voltage == voltage && p.width == width) return p.step;
    if (prepared_.capacity() < most_prepared) prepared_.reserve(most_prepared);  // what is handed out stays in place
    if (prepared_.size() == most_prepared) prepared_.erase(prepared_.begin(), prepared_.begin() + most_prepared / 2);
    prepared_.push_back({voltage, width, array_.prepare(voltage, width)});
    return prepared_.back().step;
  }
  void move(const Fire& fire, int side, double voltage, double width, const Chance& chance, std::uint64_t event,
            Events& events) {
    Code& code = array_.code(tile_, fire.row, fire.lane, side);
    const double before = code;
    const Device& device = array_.device(tile_, fire.row, fire.lane, side);
    const Imperfections& how = array_.plan_.imperfections;
    if (!device.stuck) {
      if (how.cycle_variation > 0 || how.pulse_jitter > 0 || how.endurance > 0) {
        const auto place = array_.cell(tile_, fire.row, fire.lane, side).place;
        const auto [cycle, jitter] = array_.plan_.random.normals(Purpose::Cycle, place, event);
        // So many lumped pulses stray by the root of their number, together; laws of unit steps see to that themselves.
        const double lumped = 1 / std::sqrt(std::abs(fire.count));
        const double stray = how.cycle_variation * cycle * (array_.law().lumps_cycles() ? 1 : lumped);
        const Device now = worn(array_.model_.cycled(device, stray), fire.row);
        const double lasts = width * std::max(0.0, 1 + how.pulse_jitter * jitter * lumped);
        code = how.pulse_jitter > 0
                   ? array_.model_.pulse(code, array_.prepare(voltage, lasts), now, chance, array_.scale_)
                   : array_.model_.pulse(code, prepared(voltage, width), now, chance, array_.scale_);
      } else {
        code = array_.model_.pulse(code, prepared(voltage, width), device, chance, array_.scale_);
      }
    }
    events.pulse_dissipation += array_.dissipated(1, before + code, voltage, width);
  }
  /// The range that so many pulses on a row have left.
  [[nodiscard]] Device worn(Device device, std::uint32_t row) const {
    if (array_.wear_.empty()) return device;
    const double lanes = static_cast<double>(std::min(tile_lanes, array_.plan_.lanes - tile_ * tile_lanes));
    const double pulses = array_.wear_[array_.line(tile_, row)] / lanes;  // the mean of the row's synapses
    const double left = std::exp(-pulses / array_.plan_.imperfections.endurance);
    const double middle = 0.5 * (static_cast<double>(device.low) + device.high);
    const auto whole = [](double code) { return std::is_same_v<Device, ByteDevice> ? std::round(code) : code; };
    device.high = static_cast<decltype(device.high)>(whole(middle + left * (device.high - middle)));
    device.low = static_cast<decltype(device.low)>(whole(middle - left * (middle - device.low)));
    return device;
  }

  PairArray<Model>& array_;
  std::size_t tile_;
  std::vector<Prepared> prepared_;
};

}  // namespace assimilaate
