#include "assimilaate/core/signature.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "assimilaate/core/digest.hpp"
#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

unsigned char* raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* raw(const std::byte* bytes) { return reinterpret_cast<const unsigned char*>(bytes); }

/// Safe to call often and from any thread.
void start() {
  if (sodium_init() < 0) fail(Errc::Io, "no source of entropy on this machine");
}

}  // namespace

SecretKey SecretKey::generate() {
  start();
  Seed seed;
  randombytes_buf(seed.data(), seed.size());
  SecretKey key(seed);
  wipe(seed);
  return key_id(key.public_) == 0 ? generate() : key;
}

SecretKey::SecretKey(std::span<const std::byte, 32> seed) {
  start();
  crypto_sign_seed_keypair(raw(public_.data()), raw(secret_.data()), raw(seed.data()));
}

SecretKey::~SecretKey() { wipe(secret_); }

Signature SecretKey::sign(std::span<const std::byte> bytes) const {
  Signature signature;
  crypto_sign_detached(raw(signature.data()), nullptr, raw(bytes.data()), bytes.size(), raw(secret_.data()));
  return signature;
}

SecretKey::Seed SecretKey::seed() const {
  Seed seed;
  std::copy_n(secret_.begin(), seed.size(), seed.begin());
  return seed;
}

bool verify_signature(const PublicKey& key, std::span<const std::byte> bytes, const Signature& signature) {
  return crypto_sign_verify_detached(raw(signature.data()), raw(bytes.data()), bytes.size(), raw(key.data())) == 0;
}

void wipe(std::span<std::byte> bytes) { sodium_memzero(bytes.data(), bytes.size()); }

std::uint64_t key_id(const PublicKey& key) {
  const Digest hash = blake2b_256(key);
  std::uint64_t id;
  std::memcpy(&id, hash.data(), sizeof id);
  return id;
}

}  // namespace assimilaate
