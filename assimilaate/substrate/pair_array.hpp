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

#include <algorithm>
#include <bit>
#include <cmath>
#include <tuple>
#include <type_traits>
#include <vector>

#include "assimilaate/core/parallel.hpp"
#include "assimilaate/substrate/binomial.hpp"
#include "assimilaate/substrate/memristor.hpp"

namespace assimilaate {

/// How codes stand for positions in the nominal range: x = low + code * step.
struct CodeScale {
  double low = 0, step = 1.0 / 255;
  [[nodiscard]] double x(double code) const { return low + code * step; }
  [[nodiscard]] double code(double x) const { return (x - low) / step; }
};

/// The device of models that think in codes.
template <typename Code>
struct CodeDevice {
  float gain = 1;  ///< multiplies the rate of every pulse
  Code low = 0, high = 0;
  bool stuck = false;
};
template <typename Code>
[[nodiscard]] CodeDevice<Code> code_device(const Individual& self, const CodeScale& scale, Code top) {
  const auto within = [&](double x) {
    const double code = std::clamp<double>(scale.code(x), 0, top);
    return static_cast<Code>(std::is_integral_v<Code> ? std::round(code) : code);
  };
  return {static_cast<float>(self.gain), within(self.low), within(self.high), self.stuck};
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
  }

  [[nodiscard]] std::size_t rows() const override { return plan_.rows; }
  [[nodiscard]] std::size_t lanes() const override { return plan_.lanes; }
  [[nodiscard]] std::unique_ptr<SynapseTile> open(std::size_t tile) override {
    return std::make_unique<Tile>(*this, tile);
  }
  [[nodiscard]] double width_for(double strength) const override { return law().width_for(strength); }
  [[nodiscard]] double couple_step(double width) const override {
    const double middle = scale_.code(0.5);
    const double up = model_.mean_move(prepare(2 * law().drive(), width), middle, scale_);
    const double down = model_.mean_move(prepare(-2 * law().drive(), width), middle, scale_);
    return unit * (up - down);
  }
  [[nodiscard]] bool continuous() const override { return Model::continuous; }
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
  void elapse(const Elapsed& time) override {
    const Imperfections& how = plan_.imperfections;
    const double forgets = forgotten(how, time.idle, time.temperature);
    const bool disturbs = how.read_disturb > 0 && time.reading > 0 && moves({time.voltage, time.reading, time.temperature});
    const bool idles = time.idle > 0 && moves_idle(time);
    const bool drifts = how.drift > 0 && time.idle + time.reading > 0;
    if (!disturbs && !idles && forgets <= 0 && !drifts) return;
    parallel_for(tiles(), [&](std::size_t t) {
      const auto disturb = model_.prepare({time.voltage, time.reading, time.temperature});
      const auto idle = model_.prepare_idle(time.idle, time.temperature);
      for (std::size_t r = 0; r < plan_.rows; ++r) {
        const std::size_t line = t * plan_.rows + r;
        for (std::size_t l = 0; l < tile_lanes && t * tile_lanes + l < plan_.lanes; ++l)
          for (int side = 0; side < 2; ++side) {
            const Device& d = device(t, r, l, side);
            if (d.stuck) continue;
            Code& c = code(t, r, l, side);
            const std::uint64_t where = cell(t, r, l, side).place;
            const auto bits = plan_.random.bits(Purpose::Idle, where, time.event);
            if (disturbs) c = model_.pulse(c, disturb, d, {uniform53(bits[0], bits[1]), {bits[2], bits[3]}}, scale_);
            if (idles) c = model_.pulse(c, idle, d, {uniform53(bits[1], bits[2]), {bits[3], bits[0]}}, scale_);
            if (forgets > 0) {
              const double rest = scale_.code(how.retention_rest);
              c = to_code(c + forgets * (rest - c), d, Random::to_uniform(bits[3]));
            }
            if (drifts) {
              const Individual self = individual(how, plan_.random, cell(t, r, l, side), floor());
              const double before = since_[line] + drift_start, after = before + time.idle + time.reading;
              const double conductance = (scale_.x(c) + floor()) * std::pow(after / before, -self.drift);
              c = to_code(scale_.code(conductance - floor()), d, Random::to_uniform(bits[2]));
            }
          }
        if (drifts) since_[line] += time.idle + time.reading;
      }
    });
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
  class Tile final : public SynapseTile {
   public:
    Tile(PairArray& array, std::size_t tile) : SynapseTile(array.rows()), array_(array), tile_(tile) {
      for (std::size_t r = 0; r < array_.rows(); ++r)
        for (std::size_t l = 0; l < tile_lanes; ++l)
          if (!masked(r, l)) show(r, l);
    }

    void pulse(std::span<const Fire> fires, double width, std::uint64_t event, Events& events) override {
      const double drive = 2 * array_.law().drive();
      for (const Fire& fire : fires) {
        if (masked(fire.row, fire.lane)) continue;
        const int count = std::abs(fire.count);
        const double voltage = fire.count > 0 ? drive : -drive;
        const auto place = array_.cell(tile_, fire.row, fire.lane, 0).place;
        const auto bits = array_.plan_.random.bits(Purpose::Pulse, place, event);
        move(fire, 0, voltage, width * count, {uniform53(bits[0], bits[1]), {bits[2], bits[3]}}, event, events);
        move(fire, 1, -voltage, width * count, {uniform53(bits[2], bits[3]), {bits[0], bits[1]}}, event, events);
        events.pulses += 2 * static_cast<std::uint64_t>(count);
        if (!array_.since_.empty()) array_.since_[array_.line(tile_, fire.row)] = 0;
        if (!array_.wear_.empty()) array_.wear_[array_.line(tile_, fire.row)] += static_cast<std::uint32_t>(count);
        show(fire.row, fire.lane);
      }
    }

    void mask(std::uint32_t row, std::uint16_t lane) override {
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
    struct Prepared {
      double voltage, width;
      Step step;
    };

    [[nodiscard]] bool masked(std::size_t row, std::size_t lane) const {
      return (array_.masks_[array_.line(tile_, row)] >> lane & 1) != 0;
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
      const auto sum = static_cast<float>(a + b + 2 * array_.offset_);
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
      if (prepared_.size() >= 16) prepared_.clear();
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
      const double conductance =
          array_.lowest_conductance() + array_.range_ * array_.scale_.step * 0.5 * (before + code);
      events.pulse_dissipation += conductance * voltage * voltage * width;
    }
    /// The range that so many pulses on a row have left.
    [[nodiscard]] Device worn(Device device, std::uint32_t row) const {
      if (array_.wear_.empty()) return device;
      const double left = std::exp(-array_.wear_[array_.line(tile_, row)] / array_.plan_.imperfections.endurance);
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
  /// Whether a pulse can move a nominal memristor at all.
  [[nodiscard]] bool moves(const Pulse& pulse) const {
    const auto step = model_.prepare(pulse);
    for (const double x : {0.0, 0.25, 0.5, 0.75, 1.0})
      if (std::abs(model_.mean_move(step, scale_.code(x), scale_)) > 1e-12) return true;
    return false;
  }
  [[nodiscard]] bool moves_idle(const Elapsed& time) const {
    return std::isfinite(law().retention(time.temperature).seconds);
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
  std::vector<Code> codes_;           // [tile][row][lane][a, b]: two bytes a synapse for eight-bit models
  std::vector<Device> devices_;       // as codes_; empty while all memristors are alike
  std::vector<std::uint64_t> masks_;  // [tile][row], a bit a lane
  std::vector<double> since_;         // [tile][row], time since the last pulse where conductance drifts [s]
  std::vector<std::uint32_t> wear_;   // [tile][row], pulses where they wear
};

}  // namespace assimilaate
