#pragma once
/// Checksums and content hashes.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace assimilaate {

/// BLAKE2b-256 (RFC 7693).
using Digest = std::array<std::byte, 32>;
/// BLAKE2b-128.
using ShortDigest = std::array<std::byte, 16>;

[[nodiscard]] Digest blake2b_256(std::span<const std::byte> bytes);
[[nodiscard]] ShortDigest blake2b_128(std::span<const std::byte> bytes);
/// XXH32 with seed 0 and XXH3-64: torn-write checks, not security.
[[nodiscard]] std::uint32_t xxh32(std::span<const std::byte> bytes);
[[nodiscard]] std::uint64_t xxh3(std::span<const std::byte> bytes);
/// Lower-case hexadecimal.
[[nodiscard]] std::string hex(std::span<const std::byte> bytes);

}  // namespace assimilaate
