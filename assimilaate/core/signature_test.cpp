#include "assimilaate/core/signature.hpp"

#include <gtest/gtest.h>

#include "assimilaate/core/digest.hpp"

namespace assimilaate {
namespace {

template <std::size_t N>
std::array<std::byte, N> from_hex(std::string_view text) {
  std::array<std::byte, N> bytes;
  for (std::size_t i = 0; i < N; ++i)
    bytes[i] = static_cast<std::byte>(std::stoi(std::string(text.substr(2 * i, 2)), nullptr, 16));
  return bytes;
}

TEST(Signature, IsThatOfRfc8032) {  // section 7.1, test 2
  const SecretKey key(from_hex<32>("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
  EXPECT_EQ(hex(key.public_key()), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const std::array message{std::byte{0x72}};
  const auto signature = key.sign(message);
  EXPECT_EQ(
      hex(signature),
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302a"
      "eeb00d291612bb0c00");
  EXPECT_TRUE(verify_signature(key.public_key(), message, signature));
}

TEST(Signature, HoldsForItsBytesAndItsKeyAlone) {
  const auto key = SecretKey::generate(), other = SecretKey::generate();
  EXPECT_NE(key.public_key(), other.public_key());
  EXPECT_EQ(SecretKey(key.seed()).public_key(), key.public_key());
  std::array<std::byte, 5> bytes{};
  auto signature = key.sign(bytes);
  EXPECT_TRUE(verify_signature(key.public_key(), bytes, signature));
  EXPECT_FALSE(verify_signature(other.public_key(), bytes, signature));
  bytes[4] = std::byte{1};
  EXPECT_FALSE(verify_signature(key.public_key(), bytes, signature));
  bytes[4] = std::byte{0};
  for (std::size_t bit = 0; bit < 8 * signature.size(); ++bit) {
    signature[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(verify_signature(key.public_key(), bytes, signature)) << bit;
    signature[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
  }
}

TEST(KeyId, IsTheBeginningOfTheHashOfThePublicKey) {
  const PublicKey key{};
  const std::uint64_t id = key_id(key);
  const Digest hash = blake2b_256(key);
  EXPECT_EQ(hex(std::as_bytes(std::span(&id, 1))), hex(std::span(hash).first(8)));
}

}  // namespace
}  // namespace assimilaate
