#pragma once
/// Keys as files: one line of text each. A private key is readable by its owner alone and is never printed.
///
///     assimilaate-public-key ed25519 <64 hexadecimal digits> <name>
///     assimilaate-private-key ed25519 <64 hexadecimal digits: the seed> <name>

#include <filesystem>
#include <optional>
#include <string>

#include "assimilaate/core/signature.hpp"

namespace assimilaate {

struct NamedPublicKey {
  PublicKey key{};
  std::string name;
};

/// A new file of mode 0600, synced. @throws Error{Usage} when it is there already, Error{Io}.
void write_private_key(const std::filesystem::path& file, const SecretKey& key, std::string_view name);
/// @throws Error{Io}, also when others may read the file; Error{Format} for what is no private key.
[[nodiscard]] SecretKey read_private_key(const std::filesystem::path& file);

/// Replaces what is there. @throws Error{Io}.
void write_public_key(const std::filesystem::path& file, const PublicKey& key, std::string_view name);
/// @throws Error{Io|Format}; Error{Usage} for a private key.
[[nodiscard]] NamedPublicKey read_public_key(const std::filesystem::path& file);

/// 16 hexadecimal digits of a key's id, as messages write it; nothing for another text.
[[nodiscard]] std::optional<std::uint64_t> parse_key_id(std::string_view text);
/// 64 hexadecimal digits.
[[nodiscard]] std::optional<PublicKey> parse_public_key(std::string_view text);

}  // namespace assimilaate
