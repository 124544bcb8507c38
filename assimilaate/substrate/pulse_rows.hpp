#pragma once
/// The kernels of learning pulses: one row of a tile, 64 synapses, at once. One source for every SIMD target,
/// bit-identical on all; `pulse_rows_reference.hpp` is the definition.

#include <cstdint>
#include <span>

#include "assimilaate/core/random.hpp"
#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {

/// What makes one eight-bit memristor unlike the nominal one.
struct ByteDevice {
  static constexpr float one = 4096;     ///< of the gains
  std::uint16_t up = 4096, down = 4096;  ///< multiply the rate of every pulse up and down, in 1/4096, below 16
  std::uint8_t low = 0, high = 255;
  bool stuck = false;
  [[nodiscard]] float gain(bool upwards) const { return static_cast<float>(upwards ? up : down) / one; }
};

inline constexpr std::size_t row_memristors = 2 * tile_lanes;

/// One row of memristors: a and b of 64 lanes, interleaved.
struct MemristorRow {
  std::uint8_t* codes;            ///< [128]
  const ByteDevice* devices;      ///< [128], or none where all are alike
  const std::int8_t* directions;  ///< [128]: +1 up, -1 down, 0 no pulse
  std::uint8_t top = 255;         ///< highest code of like memristors
};

/// Directions of the 64 synapses of a row as those of its memristors, [128]: b goes where a does not.
/// @return the lanes that get a pulse, a bit each
[[nodiscard]] std::uint64_t couple_row(std::span<const std::int8_t> directions, std::span<std::int8_t> memristors);

/// The 32 random bits of each memristor of a row, [128]: words of one Philox block per two lanes.
/// @param place  of memristor a in the row's first lane of this tile, as `Random::bits` counts places
void draw_row(const Random& random, std::uint64_t place, std::uint64_t event, std::span<std::uint32_t> words);

/// Exact binomial switching one way of every memristor that gets a pulse, with P = 1 - exp(-rate_time gain)
/// (`physics.md` 3.2 where the opposite way is next to impossible), to 3e-7 in any probability.
/// @param up, down  rate_time of a pulse up and of one down, (a + b) t
/// @param words     one per memristor, uniform
/// @pre rate_time gain <= .235 for every memristor: at most 60 switches of 255 expected
void switch_row(const MemristorRow& row, float up, float down, std::span<const std::uint32_t> words);

/// Deterministic steps of `up` and `down` codes, times the gain, rounded to the nearest.
void step_row(const MemristorRow& row, float up, float down);

/// Bring the planes of a row in line with its memristors where there was a pulse. `total` gains what `sum` gains.
/// @param offset  conductance of two memristors of code 0, in codes
/// @return codes before and after, summed over all memristors that got a pulse
std::uint64_t show_row(const MemristorRow& row, float offset, std::span<float> difference, std::span<float> sum,
                       std::span<double> total);

}  // namespace assimilaate
