#include "assimilaate/core/sealed_box.hpp"

#include <sodium.h>

#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

static_assert(sealed_box_overhead == crypto_box_SEALBYTES);

using Key = std::array<unsigned char, 32>;

unsigned char* raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* raw(const std::byte* bytes) { return reinterpret_cast<const unsigned char*>(bytes); }

bool to_box_key(const PublicKey& key, Key& out) {
  return sodium_init() >= 0 && crypto_sign_ed25519_pk_to_curve25519(out.data(), raw(key.data())) == 0;
}

}  // namespace

std::vector<std::byte> seal_box(const PublicKey& reader, std::span<const std::byte> bytes) {
  Key to;
  std::vector<std::byte> box(bytes.size() + sealed_box_overhead);
  if (!to_box_key(reader, to) || crypto_box_seal(raw(box.data()), raw(bytes.data()), bytes.size(), to.data()) != 0)
    fail(Errc::Usage, "nothing can be sealed to key {:016x}: it is no Ed25519 key", key_id(reader));
  return box;
}

std::optional<std::vector<std::byte>> open_box(const SecretKey& reader, std::span<const std::byte> box) {
  Key to;
  if (box.size() < sealed_box_overhead || !to_box_key(reader.public_key(), to)) return std::nullopt;
  auto seed = reader.seed();
  std::array<unsigned char, 64> pair;
  Key unused, secret;
  crypto_sign_seed_keypair(unused.data(), pair.data(), raw(seed.data()));
  crypto_sign_ed25519_sk_to_curve25519(secret.data(), pair.data());
  std::vector<std::byte> bytes(box.size() - sealed_box_overhead);
  const bool opened =
      crypto_box_seal_open(raw(bytes.data()), raw(box.data()), box.size(), to.data(), secret.data()) == 0;
  wipe(seed);
  sodium_memzero(pair.data(), pair.size());
  sodium_memzero(secret.data(), secret.size());
  if (!opened) return std::nullopt;
  return bytes;
}

}  // namespace assimilaate
