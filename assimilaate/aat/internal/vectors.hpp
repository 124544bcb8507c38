#pragma once
/// What every codec asks of the vectors and tuples it is given.

#include <functional>

#include "assimilaate/aat/codec.hpp"

namespace assimilaate::internal {

/// Rows that one thread encodes or decodes at a time.
inline constexpr std::size_t block_rows = 64;

/// @throws Error{Mismatch} for another number of dimensions, spaces or rows, Error{Format} for NaN or infinity
void check_encode(const Codec& codec, MatrixView<const float> vectors, MatrixView<Address> aats);
/// @throws Error{Mismatch} for another number of dimensions, spaces or rows, Error{Format} for an address outside its
/// space
void check_decode(const Codec& codec, MatrixView<const Address> aats, MatrixView<float> vectors);

/// Share of the variance of `vectors` that encoding and decoding them loses, in [0, 1]; 0 where nothing varies.
[[nodiscard]] double share_lost(const Codec& codec, MatrixView<const float> vectors);

/// Call `body(first, count)` for blocks of rows, in parallel.
void for_blocks(std::size_t rows, const std::function<void(std::size_t, std::size_t)>& body);

}  // namespace assimilaate::internal
