#pragma once
/// Static range coding of one column: asymmetric numeral systems with a 31-bit state and shares of 65 536 (rANS; Duda
/// 2013, byte-wise as Giesen 2014 has it). The state is a bijection of what was coded, so there is one encoding.
///
/// Coded: the state that is left, u32, then the bytes, in the order in which they are read. Decoding ends in the first
/// state, 2^23, with no byte left.

#include <optional>
#include <span>
#include <vector>

#include "assimilaate/stream/thresholds.hpp"

namespace assimilaate::internal {

/// Code addresses. @param addresses  each below K
[[nodiscard]] std::vector<std::byte> range_encode(std::span<const Address> addresses,
                                                  std::span<const std::uint16_t> thresholds);

/// Take back as many addresses as `out` has room for; false when the bytes are no coding of so many.
[[nodiscard]] bool range_decode(std::span<const std::byte> bytes, std::span<const std::uint16_t> thresholds,
                                std::span<Address> out);

}  // namespace assimilaate::internal
