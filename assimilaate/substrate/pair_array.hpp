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
#include "assimilaate/substrate/pair_tile.hpp"

namespace assimilaate {

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
           forgotten(plan_.imperfections, lasts(time), time.temperature) > 0;
  }
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
      if (!(age >= 0 && std::isfinite(age)))
        fail(Errc::Format, "target: age {} s of a row is below 0 (corrupt file?)", age);
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
  friend class PairTile<Model>;
  [[nodiscard]] std::unique_ptr<SynapseTile> open_tile(std::size_t tile) override {
    return std::make_unique<PairTile<Model>>(*this, tile);
  }

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
  /// All of it, and what of it the law feels as time without voltage [s].
  [[nodiscard]] static double lasts(const Elapsed& time) { return time.idle + time.programming + time.reading; }
  [[nodiscard]] double rests(const Elapsed& time) const { return lasts(time) - (disturbs(time) ? time.reading : 0); }
  [[nodiscard]] bool disturbs(const Elapsed& time) const {
    return plan_.imperfections.read_disturb > 0 && time.reading > 0 &&
           moves({time.voltage, time.reading, time.temperature});
  }
  [[nodiscard]] bool idles(const Elapsed& time) const {
    return rests(time) > 0 && std::isfinite(law().retention(time.temperature).seconds);
  }
  [[nodiscard]] bool drifts(const Elapsed& time) const { return plan_.imperfections.drift > 0 && lasts(time) > 0; }
  /// A code after drift; `since` is the time since the row's last pulse [s].
  [[nodiscard]] Code drifted(Code code, const Device& d, const Cell& where, double since, const Elapsed& time,
                             std::uint32_t rounding) const {
    const Individual self = individual(plan_.imperfections, plan_.random, where, floor());
    const double before = since + drift_start, after = before + lasts(time);
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
