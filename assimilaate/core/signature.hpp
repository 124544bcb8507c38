#pragma once
/// Ed25519 signatures (RFC 8032): who wrote something, as hashes say that it is whole.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace assimilaate {

using PublicKey = std::array<std::byte, 32>;
using Signature = std::array<std::byte, 64>;

/// What signs. Its seed is wiped from memory when it goes; it has no way to be printed.
class SecretKey {
 public:
  using Seed = std::array<std::byte, 32>;

  /// A new one from the machine's own entropy.
  [[nodiscard]] static SecretKey generate();
  explicit SecretKey(std::span<const std::byte, 32> seed);
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey();

  [[nodiscard]] const PublicKey& public_key() const noexcept { return public_; }
  /// Deterministic: the same bytes have the same signature.
  [[nodiscard]] Signature sign(std::span<const std::byte> bytes) const;
  /// For the file that keeps it; wipe the copy.
  [[nodiscard]] Seed seed() const;

 private:
  std::array<std::byte, 64> secret_{};  // seed and public key, as libsodium wants them
  PublicKey public_{};
};

[[nodiscard]] bool verify_signature(const PublicKey& key, std::span<const std::byte> bytes, const Signature& signature);

/// Overwrite what must not stay in memory.
void wipe(std::span<std::byte> bytes);

/// The short name of a key: the first 8 bytes of the BLAKE2b-256 of its public half, little-endian; 0 names none.
[[nodiscard]] std::uint64_t key_id(const PublicKey& key);

}  // namespace assimilaate
