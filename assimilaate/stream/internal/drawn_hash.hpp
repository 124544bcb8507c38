#pragma once
/// Hashes that RapidCheck draws.

#include <rapidcheck.h>

#include <array>
#include <bit>
#include <cstdint>

namespace assimilaate::internal {

/// @tparam Hash  an array of bytes
template <typename Hash>
Hash drawn_hash() {
  return std::bit_cast<Hash>(*rc::gen::arbitrary<std::array<std::uint8_t, std::tuple_size_v<Hash>>>());
}

}  // namespace assimilaate::internal
