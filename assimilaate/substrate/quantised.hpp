#pragma once
/// Any law of one memristor as cells of an array: 16-bit codes, rounded at random without bias.

#include "assimilaate/substrate/pair_array.hpp"

namespace assimilaate {

/// Draws that start from the bits of one pulse.
class ChanceDraws final : public Draws {
 public:
  explicit ChanceDraws(const Chance& chance) : chance_(chance) {}
  double uniform() override {
    if (!first_) return uniform53(word(), word());
    first_ = false;
    return chance_.u;
  }
  double normal() override {
    const std::uint32_t a = word();
    return Random::normals_of(a, word())[0];
  }
  /// 32 random bits.
  std::uint32_t word() {
    if (left_ == 0) {
      words_ = philox(chance_.spare, {2, block_++, 0, 0});
      left_ = 4;
    }
    return words_[--left_];
  }

 private:
  const Chance& chance_;
  bool first_ = true;
  std::uint32_t block_ = 0;
  std::size_t left_ = 0;
  std::array<std::uint32_t, 4> words_{};
};

template <typename Law>
class Quantised {
 public:
  static_assert(std::is_final_v<Law>, "a final law is called without looking it up for every memristor");
  using Code = std::uint16_t;
  static constexpr Code top = 65535;
  static constexpr bool continuous = false;
  using Device = Individual;
  struct Step {
    Pulse pulse;
    bool idle = false;
  };

  explicit Quantised(std::unique_ptr<const Law> law) : law_(std::move(law)) {}
  [[nodiscard]] const Law& law() const { return *law_; }
  [[nodiscard]] Device device(const Individual& self, const CodeScale&) const { return self; }
  [[nodiscard]] Device cycled(Device device, double cycle) const {
    device.cycle = cycle;
    return device;
  }
  [[nodiscard]] static std::pair<double, double> bounds(const Device& device, const CodeScale& scale) {
    return {scale.code(device.low), scale.code(device.high)};
  }
  [[nodiscard]] Step prepare(const Pulse& pulse) const { return {pulse}; }
  [[nodiscard]] Step prepare_idle(double seconds, double kelvin) const { return {{0, seconds, kelvin}, true}; }
  [[nodiscard]] double mean_move(const Step& step, double code, const CodeScale& scale) const {
    MemristorState state{.x = scale.x(code)};
    MeanDraws draws;
    act(state, step, Individual{}, draws);
    return scale.code(state.x) - code;
  }
  [[nodiscard]] Code pulse(Code code, const Step& step, const Device& device, const Chance& chance,
                           const CodeScale& scale) const {
    MemristorState state{.x = scale.x(code)};
    ChanceDraws draws(chance);
    act(state, step, device, draws);
    return rounded(scale.code(state.x), draws);
  }

 private:
  void act(MemristorState& state, const Step& step, const Individual& self, Draws& draws) const {
    if (step.idle)
      law_->idle(state, step.pulse.width, step.pulse.temperature, self, draws);
    else
      law_->pulse(state, step.pulse, self, draws);
  }
  [[nodiscard]] static Code rounded(double code, ChanceDraws& draws) {
    const double up = Random::to_uniform(draws.word());
    return static_cast<Code>(std::clamp(std::floor(code + up), 0.0, double{top}));
  }
  std::shared_ptr<const Law> law_;  // shared by copies of the cell model
};

/// A catalogue entry whose law `Law(const MemristorSettings&)` is all there is to say.
template <typename Law>
[[nodiscard]] constexpr MemristorKind quantised_kind(std::string_view name, std::string_view about,
                                                     std::string_view reference, std::span<const Field> fields) {
  return {name,
          about,
          reference,
          fields,
          [](const MemristorSettings& settings) -> std::unique_ptr<const Memristor> {
            return std::make_unique<const Law>(settings);
          },
          [](const MemristorSettings& settings, const ArrayPlan& plan) -> std::unique_ptr<SynapseArray> {
            return std::make_unique<PairArray<Quantised<Law>>>(Quantised<Law>(std::make_unique<const Law>(settings)),
                                                               plan);
          }};
}

}  // namespace assimilaate
