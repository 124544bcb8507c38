#include "assimilaate/core/digest.hpp"

#include <sodium/crypto_generichash_blake2b.h>
#include <xxhash.h>

namespace assimilaate {
namespace {

template <typename Hash>
Hash blake2b(std::span<const std::byte> bytes) {
  Hash hash;
  crypto_generichash_blake2b(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                             reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr, 0);
  return hash;
}

}  // namespace

Digest blake2b_256(std::span<const std::byte> bytes) { return blake2b<Digest>(bytes); }
ShortDigest blake2b_128(std::span<const std::byte> bytes) { return blake2b<ShortDigest>(bytes); }
std::uint32_t xxh32(std::span<const std::byte> bytes) { return XXH32(bytes.data(), bytes.size(), 0); }
std::uint64_t xxh3(std::span<const std::byte> bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

std::string hex(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::byte b : bytes) {
    text += digits[std::to_integer<unsigned>(b) >> 4U];
    text += digits[std::to_integer<unsigned>(b) & 15U];
  }
  return text;
}

}  // namespace assimilaate
