#pragma once
/// The array template: any scalar memristor physics becomes an array of differential synapses with variation, faults
/// and noise.
///
/// A model M states the physics of ONE memristor:
///   using Code = std::uint8_t or float            state, 0 … 255 over the nominal range
///   double lowest() , highest()                   bounds [S]
///   double drive()                                rail voltage of programming [V]
///   double width_for(double strength)             [s]
///   Step prepare(Pulse)                           what is common to every memristor under one pulse
///   double mean_move(Step, double code)           mean change of a nominal memristor's code
///   Code pulse(Code, Step, Device<Code>, Chance)  the physics
///   static constexpr bool continuous
///   static constexpr Code top                     highest code, where it is not 255

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <type_traits>
#include <vector>

#include "assimilaate/core/parallel.hpp"
#include "assimilaate/substrate/binomial.hpp"
#include "assimilaate/substrate/instruction.hpp"
#include "assimilaate/substrate/memristor.hpp"

namespace assimilaate {

/// What makes one memristor unlike the nominal one; a pure function of (target, bank, synapse, side).
template <typename Code>
struct Device {
  float gain = 1;  ///< multiplies the rate of every pulse
  Code low = 0, high = 255;
  bool stuck = false;
};

/// Random bits for one pulse on one memristor: a 53-bit uniform, and more on demand from the same counter.
struct Chance {
  double u;
  std::array<std::uint32_t, 2> spare;  ///< for a second, rarer draw
};

template <typename Model>
class PairArray final : public SynapseArray {
 public:
  using Code = typename Model::Code;

  PairArray(const Model& model, const ArrayPlan& plan)
      : model_(model),
        plan_(plan),
        scale_((model.highest() - model.lowest()) / 255),
        offset_(model.lowest() / scale_),
        codes_(tiles() * plan.rows * tile_lanes * 2),
        masks_(tiles() * plan.rows, 0) {
    const bool unlike = plan_.imperfections != Imperfections{};
    if (unlike) devices_.resize(codes_.size());
    parallel_for(tiles(), [&](std::size_t t) {
      for (std::size_t r = 0; r < plan_.rows; ++r)
        for (std::size_t l = 0; l < tile_lanes; ++l) {
          if (t * tile_lanes + l >= plan_.lanes) {
            masks_[t * plan_.rows + r] |= std::uint64_t{1} << l;
            continue;
          }
          for (int side = 0; side < 2; ++side) {
            const auto where = place(t, r, l, side);
            if (unlike) devices_[index(t, r, l, side)] = draw_device(where);
            code(t, r, l, side) = initial(where, device(t, r, l, side));
          }
        }
    });
  }

  [[nodiscard]] std::size_t rows() const override { return plan_.rows; }
  [[nodiscard]] std::size_t lanes() const override { return plan_.lanes; }
  [[nodiscard]] std::unique_ptr<SynapseTile> open(std::size_t tile) override {
    return std::make_unique<Tile>(*this, tile);
  }
  [[nodiscard]] double width_for(double strength) const override { return model_.width_for(strength); }
  [[nodiscard]] double couple_step(double width) const override {
    const double up = model_.mean_move(model_.prepare({2 * model_.drive(), width}), 127.5);
    const double down = model_.mean_move(model_.prepare({-2 * model_.drive(), width}), 127.5);
    return up - down;
  }
  [[nodiscard]] bool continuous() const override { return Model::continuous; }
  [[nodiscard]] double code_conductance() const override { return scale_; }
  [[nodiscard]] double lowest_conductance() const override { return model_.lowest(); }
  [[nodiscard]] Conductances conductances(std::size_t row, std::size_t lane) const override {
    const std::size_t t = lane / tile_lanes, l = lane % tile_lanes;
    return {model_.lowest() + scale_ * code(t, row, l, 0), model_.lowest() + scale_ * code(t, row, l, 1)};
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
  void save(ByteWriter& out) const override {
    out.put_array(std::span(codes_));
    out.put_array(std::span(masks_));
  }
  void restore(ByteReader& in) override {
    auto codes = in.get_array<Code>();
    auto masks = in.get_array<std::uint64_t>();
    if (codes.size() != codes_.size() || masks.size() != masks_.size())
      fail(Errc::Format, "target: {} conductances and {} masks, {} and {} expected (corrupt file?)", codes.size(),
           masks.size(), codes_.size(), masks_.size());
    for (const Code c : codes)
      if (!(c >= 0 && c <= top_code()))
        fail(Errc::Format, "target: conductance code {} is not in 0 … {} (corrupt file?)", c, top_code());
    if (const std::size_t used = (plan_.lanes - 1) % tile_lanes + 1; used < tile_lanes)
      for (const auto word : std::span(masks).last(plan_.rows))
        if ((~word >> used) != 0)
          fail(Errc::Format, "target: lanes beyond the {} there are are in use (corrupt file?)", plan_.lanes);
    codes_ = std::move(codes);
    masks_ = std::move(masks);
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
      const double drive = array_.model_.drive();
      for (const Fire& fire : fires) {
        if (masked(fire.row, fire.lane)) continue;
        if (prepared_.size() > 16) prepared_.clear();
        const int count = std::abs(fire.count);
        const double voltage = fire.count > 0 ? 2 * drive : -2 * drive;
        const auto& up = prepared(voltage, width * count);
        const auto& down = prepared(-voltage, width * count);
        const auto place = array_.place(tile_, fire.row, fire.lane, 0);
        const auto bits = array_.plan_.random.bits(Purpose::Pulse, place, event);
        move(fire, 0, up, {uniform53(bits[0], bits[1]), {bits[2], bits[3]}}, place, event, events, voltage,
             width * count);
        move(fire, 1, down, {uniform53(bits[2], bits[3]), {bits[0], bits[1]}}, place + 1, event, events, voltage,
             width * count);
        events.pulses += 2 * static_cast<std::uint64_t>(count);
        show(fire.row, fire.lane);
      }
    }

    void mask(std::uint32_t row, std::uint16_t lane) override {
      array_.masks_[tile_ * array_.plan_.rows + row] |= std::uint64_t{1} << lane;
      total_[lane] -= sum_(row, lane);
      difference_(row, lane) = sum_(row, lane) = 0;
    }

    void shift(std::uint32_t row, std::span<const float> change, Events& events) override {
      if constexpr (Model::continuous) {
        auto d = difference_.row(row);
        Code* pair = &array_.code(tile_, row, 0, 0);
        if (array_.devices_.empty() && array_.masks_[tile_ * array_.plan_.rows + row] == 0 &&
            shift_freely(pair, change, d)) {
          events.pulses += 2 * tile_lanes;
          return;
        }
        for (std::size_t l = 0; l < tile_lanes; ++l) {
          if (masked(row, l)) continue;
          Code& a = pair[2 * l];
          Code& b = pair[2 * l + 1];
          const Code up = a + change[l] / 2, down = b - change[l] / 2;
          a = within(row, l, 0, a, up);
          b = within(row, l, 1, b, down);
          d[l] = a - b;
          if (a != up || b != down) show(row, l);
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
      double write_sigma;
    };

    [[nodiscard]] bool masked(std::size_t row, std::size_t lane) const {
      return (array_.masks_[tile_ * array_.plan_.rows + row] >> lane & 1) != 0;
    }
    /// A whole row of like, unmasked memristors; false, and nothing done, when one of them would meet a bound.
    static bool shift_freely(Code* pair, std::span<const float> change, std::span<float> difference) {
      Code moved[2 * tile_lanes];
      bool inside = true;
      for (std::size_t l = 0; l < tile_lanes; ++l) {
        const Code a = pair[2 * l] + change[l] / 2, b = pair[2 * l + 1] - change[l] / 2;
        inside &= a >= 0 && b >= 0 && a <= top_code() && b <= top_code();
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
      const double a = array_.code(tile_, row, lane, 0), b = array_.code(tile_, row, lane, 1);
      const auto sum = static_cast<float>(a + b + 2 * array_.offset_);
      difference_(row, lane) = static_cast<float>(a - b);
      total_[lane] += static_cast<double>(sum) - static_cast<double>(sum_(row, lane));
      sum_(row, lane) = sum;
    }
    /// Where a memristor at `now` gets to when it is told `then`.
    [[nodiscard]] Code within(std::size_t row, std::size_t lane, std::size_t side, Code now, Code then) const {
      const Device<Code>& device = array_.device(tile_, row, lane, static_cast<int>(side));
      return device.stuck ? now : std::clamp(then, device.low, device.high);
    }
    /// What is common to all pulses of a voltage and width; stays in place until `pulse` clears the store.
    const Prepared& prepared(double voltage, double width) {
      for (const Prepared& p : prepared_)
        if (p.voltage == voltage && p.width == width) return p;
      if (prepared_.capacity() < 18) prepared_.reserve(18);
      const Step step = array_.model_.prepare({voltage, width});
      const double sigma = array_.plan_.imperfections.write_noise * std::abs(array_.model_.mean_move(step, 127.5));
      prepared_.push_back({voltage, width, step, sigma});
      return prepared_.back();
    }
    void move(const Fire& fire, int side, const Prepared& how, const Chance& chance, std::uint64_t place,
              std::uint64_t event, Events& events, double voltage, double width) {
      Code& code = array_.code(tile_, fire.row, fire.lane, side);
      const double before = code;
      const Device<Code>& device = array_.device(tile_, fire.row, fire.lane, side);
      if (!device.stuck) {
        code = array_.model_.pulse(code, how.step, device, chance);
        if (how.write_sigma > 0) {
          const auto bits = array_.plan_.random.bits(Purpose::Write, place, event);
          double moved = code + how.write_sigma * Random::normals_of(bits[0], bits[1])[0];
          if constexpr (std::is_integral_v<Code>) moved = std::floor(moved + Random::to_uniform(bits[2]));
          code = static_cast<Code>(std::clamp<double>(moved, device.low, device.high));
        }
      }
      const double conductance = array_.model_.lowest() + array_.scale_ * 0.5 * (before + code);
      events.pulse_dissipation += conductance * voltage * voltage * width;
    }

    PairArray& array_;
    std::size_t tile_;
    std::vector<Prepared> prepared_;
  };

  [[nodiscard]] std::uint64_t place(std::size_t tile, std::size_t row, std::size_t lane, int side) const {
    const std::uint64_t synapse = row * plan_.lanes + tile * tile_lanes + lane;
    return (std::uint64_t{plan_.bank} << 40) + 2 * synapse + static_cast<std::uint64_t>(side);
  }
  [[nodiscard]] std::size_t index(std::size_t tile, std::size_t row, std::size_t lane, int side) const {
    return ((tile * plan_.rows + row) * tile_lanes + lane) * 2 + static_cast<std::size_t>(side);
  }
  /// What one memristor is like; looked up from what the hash gave, drawn once.
  [[nodiscard]] const Device<Code>& device(std::size_t tile, std::size_t row, std::size_t lane, int side) const {
    static const Device<Code> nominal{.high = top_code()};
    return devices_.empty() ? nominal : devices_[index(tile, row, lane, side)];
  }
  [[nodiscard]] Code& code(std::size_t tile, std::size_t row, std::size_t lane, int side) {
    return codes_[index(tile, row, lane, side)];
  }
  [[nodiscard]] const Code& code(std::size_t tile, std::size_t row, std::size_t lane, int side) const {
    return codes_[index(tile, row, lane, side)];
  }
  /// Highest code of a memristor; a model with fewer than 256 states says `top`.
  [[nodiscard]] static constexpr Code top_code() {
    if constexpr (requires { Model::top; })
      return Model::top;
    else
      return 255;
  }
  /// Bounds keep room for two sigmas above the nominal top, so that code 255 is the scale's end and not a wall.
  [[nodiscard]] Device<Code> draw_device(std::uint64_t place) const {
    const Imperfections& how = plan_.imperfections;
    Device<Code> d{.high = top_code()};
    const auto [z_gain, z_high] = plan_.random.normals(Purpose::Variation, place, 0);
    if (how.step_variation > 0) d.gain = static_cast<float>(std::max(0.05, 1 + how.step_variation * z_gain));
    if (how.bound_variation > 0) {
      const double top = 255 / (1 + 2 * how.bound_variation);
      const double z_low = plan_.random.normal(Purpose::Variation, place, 1);
      d.high = static_cast<Code>(
          std::clamp(top * (1 + how.bound_variation * z_high), 16.0, static_cast<double>(top_code())));
      d.low =
          static_cast<Code>(std::clamp(offset_ * how.bound_variation * z_low, 0.0, static_cast<double>(d.high) / 2));
    }
    if (how.stuck > 0) d.stuck = plan_.random.uniform(Purpose::Fault, place, 0) < how.stuck;
    return d;
  }
  /// Medium: mean .5, sigma .05 of the device's own range; a stuck one sits at a bound.
  [[nodiscard]] Code initial(std::uint64_t place, const Device<Code>& d) const {
    if (d.stuck) return plan_.random.uniform(Purpose::Fault, place, 1) < 0.5 ? d.low : d.high;
    const double unit = std::clamp(0.5 + 0.05 * plan_.random.normal(Purpose::Init, place), 0.0, 1.0);
    const double value = d.low + unit * (static_cast<double>(d.high) - d.low);
    return static_cast<Code>(std::is_integral_v<Code> ? std::round(value) : value);
  }

  Model model_;
  ArrayPlan plan_;
  double scale_;                       // [S] per code
  double offset_;                      // lowest conductance in codes
  std::vector<Code> codes_;            // [tile][row][lane][a, b]: two bytes a synapse for eight-bit models
  std::vector<Device<Code>> devices_;  // as codes_; empty while all memristors are alike
  std::vector<std::uint64_t> masks_;   // [tile][row], a bit a lane
};

}  // namespace assimilaate
