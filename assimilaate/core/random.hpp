#pragma once
/// Chance is physics here, so it is a pure function of (seed, target, purpose, where, when): nothing is stored, nothing
/// is shared.

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace assimilaate {

/// What a random number is drawn for; part of the counter, so that no two uses ever meet.
enum class Purpose : std::uint32_t {
  Init,
  Variation,
  Fault,
  Pulse,
  Cycle,
  Write,
  Read,
  Comparator,
  Dither,
  Shuffle,
  Codec,
  Select,
  Idle,
  Telegraph
};

/// Philox 4x32-10 (Salmon et al., SC 2011): 128 random bits from a 64-bit key and a 128-bit counter.
[[nodiscard]] constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 2> key,
                                                            std::array<std::uint32_t, 4> counter) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * counter[0];
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * counter[2];
    counter = {static_cast<std::uint32_t>(p1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(p1),
               static_cast<std::uint32_t>(p0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(p0)};
    key[0] += 0x9E3779B9U;
    key[1] += 0xBB67AE85U;
  }
  return counter;
}

/// The random numbers of one target: functions of a place and an event, in any order, from any thread.
class Random {
 public:
  Random() = default;
  Random(std::uint64_t seed, std::uint32_t target) {
    const auto mixed =
        philox({static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}, {target, 0, 0, 0});
    key_ = {mixed[0], mixed[1]};
  }

  /// The numbers of what takes the place of something: unlike those of every other generation; 0 is this.
  [[nodiscard]] Random generation(std::uint32_t number) const {
    if (number == 0) return *this;
    Random other;
    const auto mixed = philox(key_, {number, 0x67656EU, 0, 0x80000000U});  // no purpose counts from there
    other.key_ = {mixed[0], mixed[1]};
    return other;
  }

  /// 128 bits for a place (synapse, lane, index) and an event (presentation, pulse count).
  [[nodiscard]] std::array<std::uint32_t, 4> bits(Purpose purpose, std::uint64_t place, std::uint64_t event = 0) const {
    return philox(key_, counter(purpose, place, event));
  }
  /// What `bits` counts by, for kernels that draw many at once.
  [[nodiscard]] static constexpr std::array<std::uint32_t, 4> counter(Purpose purpose, std::uint64_t place,
                                                                      std::uint64_t event) {
    return {static_cast<std::uint32_t>(place),
            static_cast<std::uint32_t>(place >> 32) ^ (static_cast<std::uint32_t>(purpose) << 24),
            static_cast<std::uint32_t>(event), static_cast<std::uint32_t>(event >> 32)};
  }
  [[nodiscard]] std::array<std::uint32_t, 2> key() const { return key_; }
  /// Uniform in (0, 1).
  [[nodiscard]] double uniform(Purpose purpose, std::uint64_t place, std::uint64_t event = 0) const {
    return to_uniform(bits(purpose, place, event)[0]);
  }
  /// Standard normal (Box-Muller).
  [[nodiscard]] double normal(Purpose purpose, std::uint64_t place, std::uint64_t event = 0) const {
    return normals(purpose, place, event)[0];
  }
  /// Two independent standard normals from one draw.
  [[nodiscard]] std::array<double, 2> normals(Purpose purpose, std::uint64_t place, std::uint64_t event = 0) const {
    const auto b = bits(purpose, place, event);
    return normals_of(b[0], b[1]);
  }
  /// Two independent standard normals from two words of `bits`.
  [[nodiscard]] static std::array<double, 2> normals_of(std::uint32_t first, std::uint32_t second) {
    const double radius = std::sqrt(-2.0 * std::log(to_uniform(first)));
    const double angle = 2.0 * std::numbers::pi * to_uniform(second);
    return {radius * std::cos(angle), radius * std::sin(angle)};
  }
  [[nodiscard]] static double to_uniform(std::uint32_t bits) { return (bits + 0.5) * 0x1p-32; }

 private:
  std::array<std::uint32_t, 2> key_{};
};

}  // namespace assimilaate
