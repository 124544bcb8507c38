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
        wear_(plan.imperfections.endurance > 0 ? tiles() * plan.rows : 0),
        devices_(tiles()),
        fates_(tiles()),
        most_gain_(tiles(), 1.0F) {
    check_layers(law(), plan_.imperfections);
    parallel_for(tiles(), [&](std::size_t t) {
      if (plan_.imperfections.unlike()) devices_[t].assign(plan_.rows * tile_lanes * 2, nominal_);
      for (std::size_t r = 0; r < plan_.rows; ++r)
        for (std::size_t l = 0; l < tile_lanes; ++l) {
          if (!has(t, r, l)) {
            masks_[line(t, r)] |= std::uint64_t{1} << l;
            continue;
          }
          for (int side = 0; side < 2; ++side) {
            const Individual one = self(t, r, l, side);
            if (!devices_[t].empty()) own_device(t, r, l, side) = model_.device(one, scale_);
            const double start = initial_position(plan_.imperfections, plan_.random, cell(t, r, l, side), one);
            code(t, r, l, side) = to_code(scale_.code(start), device(t, r, l, side), 0.5);
          }
        }
      find_most_gain(t);
    });
  }

  [[nodiscard]] std::size_t rows() const override { return plan_.rows; }
  [[nodiscard]] std::size_t lanes() const override { return plan_.lanes; }
  [[nodiscard]] double width_for(double strength) const override { return law().width_for(strength); }
  [[nodiscard]] double couple_step(double width, double difference) const override {
    const double middle = scale_.code(0.5), half = difference / (2 * unit);
    const double up = model_.mean_move(prepare(2 * law().drive(), width), middle + half, scale_);
    const double down = model_.mean_move(prepare(-2 * law().drive(), width), middle - half, scale_);
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
    for (const auto& tile : devices_)
      for (const Device& d : tile) count += d.stuck;
    return count;
  }
  [[nodiscard]] std::size_t masked_synapses() const override {
    std::size_t count = 0;
    for (const auto word : masks_) count += static_cast<std::size_t>(std::popcount(word));
    return count - (tiles() * tile_lanes - plan_.lanes) * plan_.rows;
  }
  [[nodiscard]] std::uint32_t generation(std::size_t row, std::size_t lane) const override {
    return generation(lane / tile_lanes, row, lane % tile_lanes);
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
    const bool lived = std::ranges::any_of(fates_, [](const auto& tile) { return !tile.empty(); });
    out.put<std::uint64_t>(lived ? tiles() * plan_.rows * tile_lanes : 0);
    for (std::size_t t = 0; lived && t < tiles(); ++t)
      for (std::size_t i = 0; i < plan_.rows * tile_lanes; ++i)
        out.put<std::uint32_t>(fates_[t].empty() ? 0 : fates_[t][i]);
  }
  void restore(ByteReader& in) override {
    auto codes = in.get_array<Code>();
    auto masks = in.get_array<std::uint64_t>();
    auto since = in.get_array<double>();
    auto wear = in.get_array<std::uint32_t>();
    const auto fates = in.get_array<std::uint32_t>();
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
    const std::size_t tile = plan_.rows * tile_lanes;
    if (!fates.empty() && fates.size() != tiles() * tile)
      fail(Errc::Format, "target: the fates of {} synapses, {} expected (corrupt file?)", fates.size(), tiles() * tile);
    for (std::size_t i = 0; i < fates.size(); ++i)
      if (fates[i] != 0 && !has(i / tile, i % tile / tile_lanes, i % tile_lanes))
        fail(Errc::Format, "target: a lane beyond the {} there are has lived (corrupt file?)", plan_.lanes);
    parallel_for(tiles(), [&](std::size_t t) {
      meet(t, fates.empty() ? std::span<const std::uint32_t>() : std::span(fates).subspan(t * tile, tile));
    });
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
  [[nodiscard]] Code drifted(Code code, const Device& d, const Individual& one, double since, const Elapsed& time,
                             std::uint32_t rounding) const {
    const double before = since + drift_start, after = before + lasts(time);
    const double conductance = (scale_.x(code) + floor()) * std::pow(after / before, -one.drift);
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
    return devices_[tile].empty() ? nominal_ : devices_[tile][index(0, row, lane, side)];
  }
  [[nodiscard]] Device& own_device(std::size_t tile, std::size_t row, std::size_t lane, int side) {
    return devices_[tile][index(0, row, lane, side)];
  }
  [[nodiscard]] bool has(std::size_t tile, std::size_t row, std::size_t lane) const {
    return row < plan_.rows && lane < tile_lanes && tile * tile_lanes + lane < plan_.lanes;
  }

  // Life. A fate is a word of a synapse: bits 0 and 1, a and b stuck by damage; the rest, its generation.
  static constexpr std::uint32_t damaged = 3, one_generation = 4;
  [[nodiscard]] std::uint32_t generation(std::size_t tile, std::size_t row, std::size_t lane) const {
    return fates_[tile].empty() ? 0 : fates_[tile][row * tile_lanes + lane] / one_generation;
  }
  /// Where the numbers of a synapse come from.
  [[nodiscard]] Random source(std::size_t tile, std::size_t row, std::size_t lane) const {
    return plan_.random.generation(generation(tile, row, lane));
  }
  [[nodiscard]] Individual self(std::size_t tile, std::size_t row, std::size_t lane, int side) const {
    return individual(plan_.imperfections, source(tile, row, lane), cell(tile, row, lane, side), floor());
  }
  [[nodiscard]] std::uint32_t& fate(std::size_t tile, std::size_t row, std::size_t lane) {
    if (fates_[tile].empty()) fates_[tile].assign(plan_.rows * tile_lanes, 0);
    return fates_[tile][row * tile_lanes + lane];
  }
  void stick(std::size_t tile, std::size_t row, std::size_t lane, int side, bool high) {
    if (devices_[tile].empty()) devices_[tile].assign(plan_.rows * tile_lanes * 2, nominal_);
    fate(tile, row, lane) |= std::uint32_t{1} << side;
    own_device(tile, row, lane, side).stuck = true;
    constexpr double beyond = 1e9;  // codes
    code(tile, row, lane, side) = to_code(high ? beyond : -beyond, device(tile, row, lane, side), 0);
  }
  void replace(std::size_t tile, std::size_t row, std::size_t lane) {
    std::uint32_t& word = fate(tile, row, lane);
    word = (word & ~damaged) + one_generation;
    if (!wear_.empty())  // it takes its share of the row's pulses with it
      wear_[line(tile, row)] -= wear_[line(tile, row)] / static_cast<std::uint32_t>(lanes_of(tile));
    const bool led = gain(tile, row, lane) > 1 && gain(tile, row, lane) >= most_gain_[tile];
    draw_devices(tile, row, lane);
    if (led)
      find_most_gain(tile);
    else
      most_gain_[tile] = std::max(most_gain_[tile], gain(tile, row, lane));
    const Random random = source(tile, row, lane);
    for (int side = 0; side < 2; ++side) {
      const Individual one = self(tile, row, lane, side);
      const Cell where = cell(tile, row, lane, side);
      const double anywhere = one.low + random.uniform(Purpose::Init, where.place, 2) * (one.high - one.low);
      const double start = one.stuck ? initial_position(plan_.imperfections, random, where, one) : anywhere;
      code(tile, row, lane, side) = to_code(scale_.code(start), device(tile, row, lane, side), 0.5);
    }
  }
  /// Bring the memristors of a synapse in line with its fate.
  void draw_devices(std::size_t tile, std::size_t row, std::size_t lane) {
    const std::uint32_t word = fate(tile, row, lane);
    if (devices_[tile].empty() && (word & damaged) != 0) devices_[tile].assign(plan_.rows * tile_lanes * 2, nominal_);
    if (devices_[tile].empty()) return;
    for (int side = 0; side < 2; ++side) {
      Device& one = own_device(tile, row, lane, side);
      one = plan_.imperfections.unlike() ? model_.device(self(tile, row, lane, side), scale_) : nominal_;
      one.stuck = one.stuck || (word >> side & 1) != 0;
    }
  }
  /// Take on fates from a file, one a synapse of the tile or none.
  void meet(std::size_t tile, std::span<const std::uint32_t> fates) {
    for (std::size_t i = 0; i < plan_.rows * tile_lanes; ++i) {
      const std::uint32_t then = fates.empty() ? 0 : fates[i], now = fates_[tile].empty() ? 0 : fates_[tile][i];
      if (then == now) continue;
      fate(tile, i / tile_lanes, i % tile_lanes) = then;
      draw_devices(tile, i / tile_lanes, i % tile_lanes);
    }
    if (std::ranges::all_of(fates, [](std::uint32_t word) { return word == 0; })) fates_[tile].clear();
    find_most_gain(tile);
  }
  void find_most_gain(std::size_t tile) {
    most_gain_[tile] = 1;
    for (std::size_t r = 0; r < plan_.rows; ++r)
      for (std::size_t l = 0; l < lanes_of(tile); ++l) most_gain_[tile] = std::max(most_gain_[tile], gain(tile, r, l));
  }
  /// The greater gain of a synapse's memristors, where rows are pulsed at once.
  [[nodiscard]] float gain(std::size_t tile, std::size_t row, std::size_t lane) const {
    float most = 1;
    if constexpr (std::is_same_v<Device, ByteDevice>)
      for (int side = 0; side < 2; ++side)
        for (const bool up : {true, false}) most = std::max(most, device(tile, row, lane, side).gain(up));
    return most;
  }
  [[nodiscard]] std::size_t lanes_of(std::size_t tile) const {
    return std::min(tile_lanes, plan_.lanes - tile * tile_lanes);
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
    const double noise = source(tile, row, lane).normal(Purpose::Write, cell(tile, row, lane, side).place, when);
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
  std::vector<std::uint64_t> masks_;  // [tile][row], a bit a lane
  std::vector<double> since_;         // [tile][row], time since the last pulse where conductance drifts [s]
  std::vector<std::uint32_t> wear_;   // [tile][row], pulses where they wear
  // What tiles draw when they need it, each for itself: they live on threads of their own.
  std::vector<std::vector<Device>> devices_;       // [tile], then as codes_; empty while its memristors are alike
  std::vector<std::vector<std::uint32_t>> fates_;  // [tile], then [row][lane]; empty while nothing has happened
  std::vector<float> most_gain_;                   // [tile], of any memristor
};

}  // namespace assimilaate
