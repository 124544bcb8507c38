#pragma once
/// The definition of the lane kernels: obvious, slow, and what every SIMD target must equal bit for bit.

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "assimilaate/substrate/lanes.hpp"

namespace assimilaate::reference {

inline void read_tile(MatrixView<const float> difference, MatrixView<const float> drives, MatrixView<float> numerator,
                      std::size_t first = 0) {
  for (std::size_t b = 0; b < drives.rows(); ++b)
    for (std::size_t l = 0; l < tile_lanes; ++l) {
      float sum = 0;
      for (std::size_t r = 0; r < difference.rows(); ++r) sum = std::fma(drives(b, first + r), difference(r, l), sum);
      numerator(b, l) = sum;
    }
}

inline void read_rows(MatrixView<const float> difference, MatrixView<const float> sum,
                      std::span<const std::uint32_t> rows, std::span<float> numerator, std::span<float> denominator) {
  for (std::size_t l = 0; l < tile_lanes; ++l) {
    numerator[l] = denominator[l] = 0;
    for (const auto r : rows) {
      numerator[l] += difference(r, l);
      denominator[l] += sum(r, l);
    }
  }
}

inline void accumulate_row(MatrixView<const float> drives, MatrixView<const float> signals, std::size_t row,
                           std::span<float> change) {
  for (std::size_t l = 0; l < tile_lanes; ++l) {
    change[l] = 0;
    for (std::size_t b = 0; b < drives.rows(); ++b) change[l] = std::fma(drives(b, row), signals(b, l), change[l]);
  }
}

/// 32 mixed bits (the finaliser of MurmurHash3).
inline std::uint32_t mix(std::uint32_t x) {
  x = (x ^ (x >> 16)) * 0x85EBCA6BU;
  x = (x ^ (x >> 13)) * 0xC2B2AE35U;
  return x ^ (x >> 16);
}
inline std::uint32_t lane_seed(std::uint64_t event, std::size_t lane) {
  return mix(mix(static_cast<std::uint32_t>(event)) + mix(static_cast<std::uint32_t>(event >> 32) ^ 0x9E3779B9U) +
             static_cast<std::uint32_t>(lane));
}
inline std::uint32_t row_seed(std::uint64_t event, std::size_t row) {
  return mix(static_cast<std::uint32_t>(event) * 0x27D4EB2FU + static_cast<std::uint32_t>(row));
}
/// Uniform in [0, 1), 24 bits.
inline float dither(std::uint32_t lane, std::uint32_t row) {
  std::uint32_t x = (lane ^ row) * 0x9E3779B1U;
  x = (x ^ (x >> 15)) * 0x85EBCA77U;
  return static_cast<float>(static_cast<std::int32_t>((x ^ (x >> 13)) >> 8)) * 0x1p-24F;
}

inline void accumulate_tile(MatrixView<const float> drives, MatrixView<const float> signals, int limit,
                            std::uint64_t event, MatrixView<std::int8_t> counters, std::vector<Fire>& fires) {
  std::vector<float> change(tile_lanes);
  for (std::size_t r = 0; r < drives.cols(); ++r) {
    reference::accumulate_row(drives, signals, r, change);
    for (std::size_t l = 0; l < tile_lanes; ++l) {
      const float wanted = std::clamp(change[l], -16384.0F, 16384.0F);
      const int counted =
          counters(r, l) + static_cast<int>(std::floor(wanted + dither(lane_seed(event, l), row_seed(event, r))));
      const int count = counted / limit;
      counters(r, l) = static_cast<std::int8_t>(counted - count * limit);
      if (count != 0)
        fires.push_back(
            {static_cast<std::uint32_t>(r), static_cast<std::uint16_t>(l), static_cast<std::int16_t>(count)});
    }
  }
}

}  // namespace assimilaate::reference
