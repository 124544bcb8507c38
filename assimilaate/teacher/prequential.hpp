#pragma once
/// What records would cost if each address were coded against what a reference student already expects it to be
/// (prequential coding: Dawid 1984; Rissanen 1984). Format version 1 keeps codec 3 for it and does not carry it yet.

#include <functional>

#include "assimilaate/aat/codec.hpp"

namespace assimilaate {

struct RecordBits {
  std::vector<double> packed;       ///< of each boundary, as format version 1 carries them [bit]
  std::vector<double> adaptive;     ///< each boundary alone, coded against the addresses before [bit]
  std::vector<double> prequential;  ///< each boundary behind the first coded against the student's expectation [bit]
};

/// The student learns after 8, 16, 32 … records, from all before; sender and receiver hold the same.
/// @param records  a block per boundary, in the order sent
/// @param codecs   of the boundaries; addresses count as levels, so grids profit
/// @param glue     elementwise functions before each transform, one list per transform
[[nodiscard]] RecordBits record_bits(std::span<const AatBlock> records, std::span<const CodecPtr> codecs,
                                     std::span<const std::vector<std::function<float(float)>>> glue);

}  // namespace assimilaate
