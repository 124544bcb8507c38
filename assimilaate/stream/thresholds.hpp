#pragma once
/// How often the addresses of a space occur, as integers: what entropy coding and the input generator share.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assimilaate/aat/aat.hpp"

namespace assimilaate {

/// K - 1 cumulative thresholds of 16 bits, strictly growing from 1: address a owns the values from threshold a - 1 up
/// to below threshold a, out of 65 536, and at least one.
using Thresholds = std::vector<std::uint16_t>;

[[nodiscard]] bool are_thresholds(std::span<const std::uint16_t> thresholds);
/// From counts of K addresses: each owns its share of 65 536, rounded, and one at least. A function of the counts,
/// which are fewer than 2^47 together.
[[nodiscard]] Thresholds thresholds_of(std::span<const std::uint64_t> counts);
/// The address that owns a value.
[[nodiscard]] Address owner(std::span<const std::uint16_t> thresholds, std::uint16_t value);
/// Bits that these counts would take if coded by these thresholds without loss.
[[nodiscard]] double coded_bits(std::span<const std::uint64_t> counts, std::span<const std::uint16_t> thresholds);

/// Tables for those columns that get shorter by more than 4 %, and by more than their table costs.
/// @param sample   a block per boundary, of what will be coded
/// @param records  that will be coded
[[nodiscard]] std::vector<Thresholds> fit_frequencies(std::span<const AatBlock> sample, std::size_t records);

/// Inputs that both sides draw: Philox 4x32-10 with the key `seed`, low word first, and the counter words (record low,
/// record high, space / 8, 0); its four outputs hold the eight 16-bit values of spaces 8 (space / 8) .. +7, low half
/// first. Integers only: the same on every machine.
struct InputGenerator {
  std::uint64_t seed = 0;
  std::vector<Thresholds> marginals{};  ///< one a space of boundary 0
  /// The input AAT of a record.
  /// @param out  [spaces]
  void draw(std::uint64_t record, std::span<Address> out) const;
};

/// Tables of thresholds as `Setup.marginals` carries them: space-major, 16 bits little-endian.
[[nodiscard]] std::vector<std::byte> write_marginals(std::span<const Thresholds> tables);
/// Nothing when the bytes are not one good table for each space of the shape.
[[nodiscard]] std::optional<std::vector<Thresholds>> parse_marginals(std::span<const std::byte> bytes,
                                                                     const Shape& shape);

/// Tables as `Setup.freq` carries them: for each column of each boundary a byte, 0 without a table, 1 and K - 1
/// thresholds with one. A column without one is packed.
[[nodiscard]] std::vector<std::byte> write_frequencies(std::span<const Thresholds> tables);
[[nodiscard]] std::optional<std::vector<Thresholds>> parse_frequencies(std::span<const std::byte> bytes,
                                                                       std::span<const Shape> shapes);

}  // namespace assimilaate
