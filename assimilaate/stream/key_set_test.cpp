#include "assimilaate/stream/key_set.hpp"

#include <gtest/gtest.h>

#include "assimilaate/stream/internal/test_stream.hpp"

namespace assimilaate {
namespace {

using internal::error_of;

SecretKey key_of(int number) {
  SecretKey::Seed seed{};
  seed[0] = static_cast<std::byte>(number);
  return SecretKey(seed);
}

const std::vector<SecretKey> root_keys{key_of(1), key_of(2), key_of(3)};
const SecretKey teacher = key_of(10);

Roots roots(std::uint32_t threshold) {
  Roots all{.threshold = threshold};
  for (const auto& key : root_keys) all.keys.push_back(key.public_key());
  return all;
}

KeySet sample() {
  return {.version = 4,
          .threshold = 2,
          .keys = {{.key = teacher.public_key(), .streams = {StreamId{std::byte{7}}}, .expires_ms = 5'000}},
          .revoked = {77},
          .expires_ms = 9'000};
}

std::string refusal(std::span<const std::byte> bytes, const Roots& of, std::int64_t now = 0) {
  const auto set = parse_key_set(bytes, of, now);
  return set ? "" : set.error().what();
}

TEST(KeySet, ComesBackWhenEnoughRootsSigned) {
  auto bytes = write_key_set(sample(), std::span(root_keys).first(1));
  EXPECT_EQ(parse_key_set(bytes, roots(1), 0).value(), sample());
  EXPECT_EQ(refusal(bytes, roots(2)), "key set 4: 1 root keys signed it, 2 must");
  bytes = sign_key_set(bytes, root_keys[0]);
  EXPECT_NE(refusal(bytes, roots(2)), "") << "signing twice counts once";
  bytes = sign_key_set(bytes, root_keys[2]);
  EXPECT_EQ(parse_key_set(bytes, roots(2), 0).value(), sample());
  EXPECT_EQ(peek_key_set(bytes).value().signers.size(), 2U);
}

TEST(KeySet, IsRefusedFromStrangersExpiredOrAltered) {
  const auto good = write_key_set(sample(), root_keys);
  EXPECT_NE(refusal(write_key_set(sample(), std::span(&teacher, 1)), roots(1)).find("not trusted"), std::string::npos);
  EXPECT_NE(refusal(good, roots(1), 9'001).find("frozen"), std::string::npos);
  EXPECT_EQ(refusal(good, roots(3), 9'000), "");
  for (std::size_t bit = 0; bit < 8 * good.size(); bit += 7) {
    auto bad = good;
    bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_NE(refusal(bad, roots(3)), "") << bit;
  }
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_NE(refusal(std::span(good).first(length), roots(3)), "") << length;
}

TEST(KeySet, HandsTheRootsOnOnlyWithTheNewOnesConsent) {
  KeySet set = sample();
  const std::vector<SecretKey> young{key_of(20), key_of(21)};
  for (const auto& key : young) set.keys.push_back({.key = key.public_key(), .role = Role::Root});
  auto bytes = write_key_set(set, root_keys);
  EXPECT_NE(refusal(bytes, roots(2)).find("of its own 2 root keys"), std::string::npos);
  bytes = sign_key_set(sign_key_set(bytes, young[0]), young[1]);
  ASSERT_EQ(refusal(bytes, roots(2)), "");
  const Roots next = next_roots(roots(2), set);
  EXPECT_EQ(next, (Roots{{young[0].public_key(), young[1].public_key()}, 2}));
  EXPECT_NE(refusal(write_key_set(sample(), root_keys), next), "");
  EXPECT_EQ(next_roots(roots(1), sample()), roots(2));
}

TEST(KeySet, GrantsAndRevokes) {
  Trust trust;
  KeySet set = sample();
  set.revoked = {key_id(key_of(11).public_key())};
  set.keys.push_back({.key = key_of(11).public_key()});
  apply(set, trust);
  SegmentHeader header;
  header.kind = SegmentKind::Setup;
  header.stream = StreamId{std::byte{7}};
  EXPECT_FALSE(trust.check(parse_header(seal_segment(header, {}, &teacher)).value()));
  const SecretKey revoked = key_of(11);
  EXPECT_NE(std::string(trust.check(parse_header(seal_segment(header, {}, &revoked)).value())->what()).find("revoked"),
            std::string::npos);
}

TEST(KeySet, NeedsARoot) {
  EXPECT_NE(error_of([] { (void)write_key_set(sample(), {}); }, Errc::Usage), "");
  EXPECT_FALSE(peek_key_set(seal_segment({.kind = SegmentKind::Head}, {}, &teacher)).has_value());
}

}  // namespace
}  // namespace assimilaate
