#pragma once
/// The array template: the physics of one memristor becomes an array of differential synapses with variation, faults,
/// wear, noise and time.
///
/// A cell model M states what a memristor of the array keeps and how a pulse moves it:
///   using Code = std::uint8_t, std::uint16_t or float    state, 0 ... top over the range of the array
///   static constexpr Code top                     highest code
///   static constexpr bool continuous              takes any change at once
///   using Device                                  what makes one memristor unlike the nominal: low, high, stuck, ...
///   Device device(const Individual&, const CodeScale&)
///   Device cycled(Device, double)                 the same for one pulse whose step strays by that much
///   const Memristor& law()                        bounds, drive, widths
///   Step prepare(const Pulse&)                    what is common to every memristor under one pulse
///   double mean_move(Step, double code, const CodeScale&)   mean change of a nominal memristor's code
///   Code pulse(Code, const Step&, const Device&, const Chance&, const CodeScale&)   the physics
///   Step prepare_idle(double seconds, double kelvin)   the same for time without voltage
/// and, where whole rows can be pulsed at once (`pulse_rows.hpp`), with the same bits as one by one:
///   bool by_rows(const Step&, float most_gain)     whether this step can
///   void pulse_row(const MemristorRow&, const Step& up, const Step& down, words)
///   Code pulse_one(Code, const Step&, const Device&, int direction, std::uint32_t word)

#include <algorithm>
#include <bit>
#include <cmath>
#include <tuple>
#include <type_traits>
#include <vector>

#include "assimilaate/core/parallel.hpp"
#include "assimilaate/substrate/binomial.hpp"
#include "assimilaate/substrate/memristor.hpp"
#include "assimilaate/substrate/pulse_rows.hpp"

namespace assimilaate {

/// How codes stand for positions in the nominal range: x = low + code * step.
struct CodeScale {
  double low = 0, step = 1.0 / 255;
  [[nodiscard]] double x(double code) const { return low + code * step; }
  [[nodiscard]] double code(double x) const { return (x - low) / step; }
};

/// What models that think in bytes keep of a memristor.
[[nodiscard]] inline ByteDevice byte_device(const Individual& self, const CodeScale& scale, std::uint8_t top) {
  const auto within = [&](double x) {
    return static_cast<std::uint8_t>(std::clamp<double>(std::round(scale.code(x)), 0, top));
  };
  const auto fixed = [](double gain) {
    return static_cast<std::uint16_t>(std::clamp(std::round(gain * ByteDevice::one), 0.0, 65535.0));
  };
  return {fixed(self.factor(true)), fixed(self.factor(false)), within(self.low), within(self.high), self.stuck};
}
/// The same for one pulse whose step strays by `cycle`.
[[nodiscard]] inline ByteDevice cycled_byte(ByteDevice device, double cycle) {
  const auto times = [&](std::uint16_t gain) {
    return static_cast<std::uint16_t>(std::clamp(std::round(gain * (1 + cycle)), 0.0, 65535.0));
  };
  device.up = times(device.up);
  device.down = times(device.down);
  return device;
}

/// Random bits for one pulse on one memristor: a 53-bit uniform, and more on demand from the same counter.
struct Chance {
  double u;
  std::array<std::uint32_t, 2> spare;  ///< for a second, rarer draw
};

template <typename Model>
class PairArray final : public SynapseArray {
 public:
  using Code = typename Model::Code;
  using Device = typename Model::Device;

  PairArray(Model model, const ArrayPlan& plan)
      : model_(std::move(model)),
        plan_(plan),
        range_(law().highest() - law().lowest()),
        scale_(scale_of(plan.imperfections, law())),
        nominal_(model_.device({}, scale_)),
        offset_((law().lowest() / range_ + scale_.low) / scale_.step * unit),
        codes_(tiles() * plan.rows * tile_lanes * 2),
        masks_(tiles() * plan.rows, 0),
        since_(plan.imperfections.drift > 0 ? tiles() * plan.rows : 0),
        wear_(plan.imperfections.endurance > 0 ? tiles() * plan.rows : 0) {
    check_layers(law(), plan_.imperfections);
    if (plan_.imperfections.unlike()) devices_.resize(codes_.size());
    parallel_for(tiles(), [&](std::size_t t) {
      for (std::size_t r = 0; r < plan_.rows; ++r)
        for (std::size_t l = 0; l < tile_lanes; ++l) {
          if (t * tile_lanes + l >= plan_.lanes) {
            masks_[t * plan_.rows + r] |= std::uint64_t{1} << l;
            continue;
          }
          for (int side = 0; side < 2; ++side) {
            const Cell where = cell(t, r, l, side);
            const Individual self = individual(plan_.imperfections, plan_.random, where, floor());
            if (!devices_.empty()) devices_[index(t, r, l, side)] = model_.device(self, scale_);
            const double start = scale_.code(initial_position(plan_.imperfections, plan_.random, where, self));
            code(t, r, l, side) = to_code(start, device(t, r, l, side), 0.5);
          }
        }
    });
    if constexpr (std::is_same_v<Device, ByteDevice>)
      for (const Device& d : devices_) most_gain_ = std::max({most_gain_, d.gain(true), d.gain(false)});
  }

  [[nodiscard]] std::size_t rows() const override { return plan_.rows; }
  [[nodiscard]] std::size_t lanes() const override { return plan_.lanes; }
  [[nodiscard]] double width_for(double strength) const override { return law().width_for(strength); }
  [[nodiscard]] double couple_step(double width) const override {
    const double middle = scale_.code(0.5);
    const double up = model_.mean_move(prepare(2 * law().drive(), width), middle, scale_);
    const double down = model_.mean_move(prepare(-2 * law().drive(), width), middle, scale_);
    return unit * (up - down);
  }
  [[nodiscard]] bool continuous() const override { return Model::continuous; }
  [[nodiscard]] double drive() const override { return law().drive(); }
  [[nodiscard]] double code_conductance() const override { return range_ * scale_.step / unit; }
  [[nodiscard]] double lowest_conductance() const override { return law().lowest() + range_ * scale_.low; }
  [[nodiscard]] Conductances conductances(std::size_t row, std::size_t lane) const override {
    const std::size_t t = lane / tile_lanes, l = lane % tile_lanes;
    return {lowest_conductance() + code_conductance() * seen(t, row, l, 0),
            lowest_conductance() + code_conductance() * seen(t, row, l, 1)};
  }
  [[nodiscard]] bool masked(std::size_t row, std::size_t lane) const override {
    return (masks_[lane / tile_lanes * plan_.rows + row] >> (lane % tile_lanes) & 1) != 0;
  }
  [[nodiscard]] std::size_t stuck_memristors() const override {
    std::size_t count = 0;
    for (const auto& d : devices_) count += d.stuck;
    return count;
  }
  [[nodiscard]] std::size_t masked_synapses() const override {
    std::size_t count = 0;
    for (const auto word : masks_) count += static_cast<std::size_t>(std::popcount(word));
    return count - (tiles() * tile_lanes - plan_.lanes) * plan_.rows;
  }
  [[nodiscard]] bool feels(const Elapsed& time) const override {
    return disturbs(time) || idles(time) || drifts(time) ||
           forgotten(plan_.imperfections, time.idle, time.temperature) > 0;
  }
  void set_temperature(double kelvin) override { plan_.temperature = kelvin; }
  void save(ByteWriter& out) const override {
    out.put_array(std::span(codes_));
    out.put_array(std::span(masks_));
    out.put_array(std::span(since_));
    out.put_array(std::span(wear_));
  }
  void restore(ByteReader& in) override {
    auto codes = in.get_array<Code>();
    auto masks = in.get_array<std::uint64_t>();
    auto since = in.get_array<double>();
    auto wear = in.get_array<std::uint32_t>();
    if (codes.size() != codes_.size() || masks.size() != masks_.size())
      fail(Errc::Format, "target: {} conductances and {} masks, {} and {} expected (corrupt file?)", codes.size(),
           masks.size(), codes_.size(), masks_.size());
    if (since.size() != since_.size() || wear.size() != wear_.size())
      fail(Errc::Format, "target: {} ages and {} wear counts, {} and {} expected (corrupt file?)", since.size(),
           wear.size(), since_.size(), wear_.size());
    for (const Code c : codes)
      if (!(c >= 0 && c <= Model::top))
        fail(Errc::Format, "target: conductance code {} is not in 0 … {} (corrupt file?)", c, Model::top);
    for (const double age : since)
      if (!(age >= 0)) fail(Errc::Format, "target: age {} s of a row is below 0 (corrupt file?)", age);
    if (const std::size_t used = (plan_.lanes - 1) % tile_lanes + 1; used < tile_lanes)
      for (const auto word : std::span(masks).last(plan_.rows))
        if ((~word >> used) != 0)
          fail(Errc::Format, "target: lanes beyond the {} there are are in use (corrupt file?)", plan_.lanes);
    codes_ = std::move(codes);
    masks_ = std::move(masks);
    since_ = std::move(since);
    wear_ = std::move(wear);
  }

 private:
  [[nodiscard]] std::unique_ptr<SynapseTile> open_tile(std::size_t tile) override {
    return std::make_unique<Tile>(*this, tile);
  }

  class Tile final : public SynapseTile {
   public:
    Tile(PairArray& array, std::size_t tile) : SynapseTile(array.rows()), array_(array), tile_(tile) {
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
      const double forgets = forgotten(how, time.idle, time.temperature);
      const bool disturbs = array_.disturbs(time), idles = array_.idles(time), drifts = array_.drifts(time);
      const Step disturb = array_.model_.prepare({time.voltage, time.reading, time.temperature});
      const Step idle = array_.model_.prepare_idle(time.idle, time.temperature);
      for (std::size_t r = 0; r < array_.rows(); ++r) {
        for (std::size_t l = 0; l < tile_lanes && tile_ * tile_lanes + l < array_.lanes(); ++l) {
          for (int side = 0; side < 2; ++side) {
            const Device& d = array_.device(tile_, r, l, side);
            if (d.stuck) continue;
            const Cell cell = array_.cell(tile_, r, l, side);
            const auto bits = array_.plan_.random.bits(Purpose::Idle, cell.place, time.event);
            const auto rounding = philox({bits[0], bits[1]}, {bits[2], bits[3], 0, 0});
            Code& c = array_.code(tile_, r, l, side);
            if (disturbs)
              c = array_.model_.pulse(c, disturb, d, {uniform53(bits[0], bits[1]), {bits[2], rounding[2]}},
                                      array_.scale_);
            if (idles)
              c = array_.model_.pulse(c, idle, d, {uniform53(bits[2], bits[3]), {bits[0], rounding[3]}}, array_.scale_);
            if (forgets > 0)
              c = array_.to_code(c + forgets * (array_.scale_.code(how.retention_rest) - c), d,
                                 Random::to_uniform(rounding[0]));
            if (drifts) c = array_.drifted(c, d, cell, array_.since_[array_.line(tile_, r)], time, rounding[1]);
          }
          if (!masked(r, l)) show(r, l);
        }
        if (drifts) array_.since_[array_.line(tile_, r)] += time.idle + time.reading;
      }
    }

    void apply_mask(std::uint32_t row, std::uint16_t lane) override {
      array_.masks_[array_.line(tile_, row)] |= std::uint64_t{1} << lane;
      total_[lane] -= sum_(row, lane);
      difference_(row, lane) = sum_(row, lane) = 0;
    }

    void shift(std::uint32_t row, std::span<const float> change, Events& events) override {
      if constexpr (Model::continuous) {
        auto d = difference_.row(row);
        Code* pair = &array_.code(tile_, row, 0, 0);
        if (array_.devices_.empty() && array_.plan_.imperfections.write_noise <= 0 &&
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
        array_.wear_[array_.line(tile_, row)] +=
            static_cast<std::uint32_t>(synapses) * static_cast<std::uint32_t>(count);
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
            code =
                array_.model_.pulse_one(code, prepared(across, lasts), array_.device(tile_, fire.row, fire.lane, side),
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
        const std::size_t first = array_.index(tile_, row, 0, 0);
        const MemristorRow memristors{&array_.codes_[first],
                                      array_.devices_.empty() ? nullptr : &array_.devices_[first], ways.data(),
                                      Model::top};
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
      return array_.model_.by_rows(prepared(drive, lasts), array_.most_gain_) &&
             array_.model_.by_rows(prepared(-drive, lasts), array_.most_gain_);
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
          const Device now = worn(array_.model_.cycled(device, how.cycle_variation * cycle), fire.row);
          const double lasts = width * std::max(0.0, 1 + how.pulse_jitter * jitter);
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
      device.high = static_cast<decltype(device.high)>(middle + left * (device.high - middle));
      device.low = static_cast<decltype(device.low)>(middle - left * (middle - device.low));
      return device;
    }

    PairArray& array_;
    std::size_t tile_;
    std::vector<Prepared> prepared_;
  };

  /// Plane codes per state code: planes count 0 ... 255 whatever the width of the state.
  static constexpr double unit = Model::top > 255 ? 255.0 / Model::top : 1.0;
  /// Conductance falls by ((t + drift_start) / drift_start)^-nu. [s]
  static constexpr double drift_start = 1;

  [[nodiscard]] const Memristor& law() const { return model_.law(); }
  /// Conductance at x = 0 in ranges.
  [[nodiscard]] double floor() const { return law().lowest() / range_; }
  /// Room for two sigmas beyond the nominal bounds, above 0 S, so that the ends of the scale are no walls.
  [[nodiscard]] static CodeScale scale_of(const Imperfections& how, const Memristor& law) {
    const double floor = law.lowest() / (law.highest() - law.lowest());
    const double above = 2 * (how.high_variation + how.bound_variation * (1 + floor));
    const double below = std::min(2 * (how.low_variation + how.bound_variation * floor), 0.9 * floor);
    return {-below, (1 + above + below) / static_cast<double>(Model::top)};
  }
  [[nodiscard]] auto prepare(double voltage, double width) const {
    return model_.prepare({voltage, width, plan_.temperature});
  }
  /// Energy of pulses on memristors whose codes before and after add up to `codes` [J].
  [[nodiscard]] double dissipated(std::uint64_t memristors, double codes, double voltage, double width) const {
    const double conductance =
        static_cast<double>(memristors) * lowest_conductance() + range_ * scale_.step * 0.5 * codes;
    return conductance * voltage * voltage * width;
  }
  /// Conductance of a synapse whose codes are 0, in plane codes.
  [[nodiscard]] float offsets() const { return static_cast<float>(2 * offset_); }
  /// Whether a pulse can move a nominal memristor at all.
  [[nodiscard]] bool moves(const Pulse& pulse) const {
    const auto step = model_.prepare(pulse);
    for (const double x : {0.0, 0.25, 0.5, 0.75, 1.0})
      if (std::abs(model_.mean_move(step, scale_.code(x), scale_)) > 1e-12) return true;
    return false;
  }
  [[nodiscard]] bool disturbs(const Elapsed& time) const {
    return plan_.imperfections.read_disturb > 0 && time.reading > 0 &&
           moves({time.voltage, time.reading, time.temperature});
  }
  [[nodiscard]] bool idles(const Elapsed& time) const {
    return time.idle > 0 && std::isfinite(law().retention(time.temperature).seconds);
  }
  [[nodiscard]] bool drifts(const Elapsed& time) const {
    return plan_.imperfections.drift > 0 && time.idle + time.reading > 0;
  }
  /// A code after drift; `since` is the time since the row's last pulse [s].
  [[nodiscard]] Code drifted(Code code, const Device& d, const Cell& where, double since, const Elapsed& time,
                             std::uint32_t rounding) const {
    const Individual self = individual(plan_.imperfections, plan_.random, where, floor());
    const double before = since + drift_start, after = before + time.idle + time.reading;
    const double conductance = (scale_.x(code) + floor()) * std::pow(after / before, -self.drift);
    return to_code(scale_.code(conductance - floor()), d, Random::to_uniform(rounding));
  }
  [[nodiscard]] std::size_t line(std::size_t tile, std::size_t row) const { return tile * plan_.rows + row; }
  [[nodiscard]] Cell cell(std::size_t tile, std::size_t row, std::size_t lane, int side) const {
    const std::size_t column = 2 * (tile * tile_lanes + lane) + static_cast<std::size_t>(side);
    return {(std::uint64_t{plan_.bank} << 40) + 2 * row * plan_.lanes + column, row, column};
  }
  [[nodiscard]] std::size_t index(std::size_t tile, std::size_t row, std::size_t lane, int side) const {
    return ((tile * plan_.rows + row) * tile_lanes + lane) * 2 + static_cast<std::size_t>(side);
  }
  /// What one memristor is like; looked up from what the hash gave, drawn once.
  [[nodiscard]] const Device& device(std::size_t tile, std::size_t row, std::size_t lane, int side) const {
    return devices_.empty() ? nominal_ : devices_[index(tile, row, lane, side)];
  }
  [[nodiscard]] Code& code(std::size_t tile, std::size_t row, std::size_t lane, int side) {
    return codes_[index(tile, row, lane, side)];
  }
  [[nodiscard]] const Code& code(std::size_t tile, std::size_t row, std::size_t lane, int side) const {
    return codes_[index(tile, row, lane, side)];
  }
  /// A state as readers see it, in plane codes. Write noise is a function of the state: it is new whenever that moves.
  [[nodiscard]] double seen(std::size_t tile, std::size_t row, std::size_t lane, int side) const {
    const double state = code(tile, row, lane, side);
    if (plan_.imperfections.write_noise <= 0) return unit * state;
    const auto when = static_cast<std::uint64_t>(std::llround(state * 256));
    const double noise = plan_.random.normal(Purpose::Write, cell(tile, row, lane, side).place, when);
    return unit * std::max(0.0, state + plan_.imperfections.write_noise / scale_.step * noise);
  }
  /// The code of a value within a memristor's own bounds, rounded up with a chance that makes it right in the mean.
  [[nodiscard]] Code to_code(double value, const Device& d, double u) const {
    double low, high;
    if constexpr (requires { Model::bounds(d, scale_); })
      std::tie(low, high) = Model::bounds(d, scale_);
    else
      low = d.low, high = d.high;
    value = std::clamp(value, std::max(low, 0.0), std::min<double>(high, Model::top));
    return static_cast<Code>(std::is_integral_v<Code> ? std::floor(value + u) : value);
  }

  Model model_;
  ArrayPlan plan_;
  double range_;  // highest less lowest nominal conductance [S]
  CodeScale scale_;
  Device nominal_;
  double offset_;                     // conductance of code 0, in plane codes
  float most_gain_ = 1;               // of any memristor
  std::vector<Code> codes_;           // [tile][row][lane][a, b]: two bytes a synapse for eight-bit models
  std::vector<Device> devices_;       // as codes_; empty while all memristors are alike
  std::vector<std::uint64_t> masks_;  // [tile][row], a bit a lane
  std::vector<double> since_;         // [tile][row], time since the last pulse where conductance drifts [s]
  std::vector<std::uint32_t> wear_;   // [tile][row], pulses where they wear
};

}  // namespace assimilaate
