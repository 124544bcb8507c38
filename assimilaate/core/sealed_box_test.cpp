#include "assimilaate/core/sealed_box.hpp"

#include <gtest/gtest.h>

#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

std::vector<std::byte> text(std::string_view words) {
  const auto bytes = std::as_bytes(std::span(words));
  return {bytes.begin(), bytes.end()};
}

SecretKey key_of(int number) {
  SecretKey::Seed seed{};
  seed[0] = static_cast<std::byte>(number);
  return SecretKey(seed);
}

TEST(SealedBox, IsOpenedByItsReaderAlone) {
  const auto reader = key_of(1), other = key_of(2);
  for (const auto& bytes : {text(""), text("a"), std::vector<std::byte>(70'000, std::byte{3})}) {
    const auto box = seal_box(reader.public_key(), bytes);
    EXPECT_EQ(box.size(), bytes.size() + sealed_box_overhead);
    EXPECT_EQ(open_box(reader, box), bytes);
    EXPECT_FALSE(open_box(other, box));
  }
}

TEST(SealedBox, IsAnotherOneEveryTime) {
  const auto reader = key_of(1);
  EXPECT_NE(seal_box(reader.public_key(), text("a")), seal_box(reader.public_key(), text("a")));
}

TEST(SealedBox, StaysShutWhenAltered) {
  const auto reader = key_of(1);
  const auto box = seal_box(reader.public_key(), text("novel"));
  for (std::size_t i = 0; i < box.size(); ++i) {
    auto altered = box;
    altered[i] ^= std::byte{1};
    EXPECT_FALSE(open_box(reader, altered)) << i;
    EXPECT_FALSE(open_box(reader, std::span(box).first(i))) << i;
  }
}

TEST(SealedBox, IsNotSealedToWhatIsNoKey) {
  PublicKey low_order{};
  low_order[0] = std::byte{1};  // the neutral element
  EXPECT_THROW((void)seal_box(low_order, text("a")), Error);
}

}  // namespace
}  // namespace assimilaate
