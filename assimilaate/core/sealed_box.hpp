#pragma once
/// Bytes that only one key opens: libsodium's sealed boxes (X25519, XSalsa20-Poly1305), to the X25519 form of an
/// Ed25519 key. They say nothing of who sealed them; sign them for that.

#include <optional>
#include <vector>

#include "assimilaate/core/signature.hpp"

namespace assimilaate {

inline constexpr std::size_t sealed_box_overhead = 48;  // [B], a key for this box alone and a tag

/// Other bytes every time. @throws Error{Usage} for a public key that is no point of its curve.
[[nodiscard]] std::vector<std::byte> seal_box(const PublicKey& reader, std::span<const std::byte> bytes);
/// Nothing when it was sealed to another key, altered or cut.
[[nodiscard]] std::optional<std::vector<std::byte>> open_box(const SecretKey& reader, std::span<const std::byte> box);

}  // namespace assimilaate
