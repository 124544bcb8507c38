#pragma once
/// The formats behind `array_file.hpp`. Each parser takes a whole file; `what` names it in messages.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "assimilaate/core/bytes.hpp"
#include "assimilaate/core/matrix.hpp"

namespace assimilaate::internal {

inline constexpr std::string_view npy_magic = "\x93NUMPY";

enum class ElementType { F16, BF16, F32, F64, U8, I8, I32, I64 };

/// Elements in C order as a matrix of rows x the rest.
/// @throws Error{Format} unless `bytes` is exactly what the shape asks for
[[nodiscard]] Matrix<float> to_matrix(std::span<const std::byte> bytes, ElementType type,
                                      std::span<const std::uint64_t> shape, std::string_view what);

[[nodiscard]] Matrix<float> parse_npy(std::span<const std::byte> bytes, std::string_view what);
[[nodiscard]] Matrix<float> parse_safetensors(std::span<const std::byte> bytes, std::string_view tensor,
                                              std::string_view what);
[[nodiscard]] Matrix<float> parse_idx(std::span<const std::byte> bytes, std::string_view what);

[[nodiscard]] bool is_gzip(std::span<const std::byte> bytes);
/// @throws Error{Format} for a stream that is cut short or damaged, or that grows beyond 4 GiB
[[nodiscard]] std::vector<std::byte> gunzip(std::span<const std::byte> bytes, std::string_view what);

}  // namespace assimilaate::internal
