#include "assimilaate/stream/trust.hpp"

#include <gtest/gtest.h>

namespace assimilaate {
namespace {

SecretKey key_of(int number) {
  SecretKey::Seed seed{};
  seed[0] = static_cast<std::byte>(number);
  return SecretKey(seed);
}

const SecretKey teacher = key_of(1), other = key_of(2);

SegmentHeader signed_header(const SecretKey& key, SegmentKind kind = SegmentKind::Setup, StreamId stream = {}) {
  SegmentHeader h;
  h.kind = kind;
  h.records = carries_records(kind) ? 1 : 0;
  h.stream = stream;
  return parse_header(seal_segment(h, {}, &key)).value();
}

std::string reason(const Trust& trust, const SegmentHeader& header) {
  const auto refused = trust.check(header);
  if (!refused) return "";
  EXPECT_EQ(refused->code(), Errc::Integrity);
  return refused->what();
}

Trust trusting(Grant grant) { return Trust().grant(std::move(grant)); }

TEST(Trust, TakesWhatATrustedKeySigned) {
  EXPECT_EQ(reason(trusting({.key = teacher.public_key()}), signed_header(teacher)), "");
}

TEST(Trust, RefusesEachWithAReasonOfItsOwn) {
  const auto refused = [](const Trust& trust, const SegmentHeader& header, const char* words) {
    const auto said = reason(trust, header);
    EXPECT_NE(said.find(words), std::string::npos) << said;
  };
  const StreamId mine{std::byte{1}};
  refused(Trust(), signed_header(teacher), "is not trusted here");
  refused(trusting({.key = other.public_key()}), signed_header(teacher), "is not trusted here");
  refused(trusting({.key = teacher.public_key()}), SegmentHeader{}, "it is unsigned");
  refused(trusting({.key = teacher.public_key(), .role = Role::Device}), signed_header(teacher),
          "has the role device, it may not sign segments");
  refused(trusting({.key = teacher.public_key(), .role = Role::Head}), signed_header(teacher), "may not sign segments");
  refused(trusting({.key = teacher.public_key()}), signed_header(teacher, SegmentKind::Plan), "may not sign plans");
  refused(trusting({.key = teacher.public_key()}), signed_header(teacher, SegmentKind::Keys), "may not sign key sets");
  refused(trusting({.key = teacher.public_key()}), signed_header(teacher, SegmentKind::Report),
          "may not sign what devices say");
  refused(trusting({.key = teacher.public_key(), .streams = {mine}}), signed_header(teacher), "for other streams");
  refused(trusting({.key = teacher.public_key(), .expires_ms = 1'000'000}).at(1'000'001), signed_header(teacher),
          "expired at 1970-01-01 00:16 UTC");
  refused(trusting({.key = teacher.public_key()}).revoke(key_id(teacher.public_key())), signed_header(teacher),
          "was revoked");
  auto forged = signed_header(other);
  forged.key_id = key_id(teacher.public_key());
  refused(trusting({.key = teacher.public_key()}), forged, "forged or altered");
  auto altered = signed_header(teacher);
  altered.index = 5;
  refused(trusting({.key = teacher.public_key()}), altered, "forged or altered");
}

TEST(Trust, TakesEveryKindFromItsOwnRoleOnly) {
  using enum SegmentKind;
  for (const auto kind : {Setup, Data, HeldOut, Tombstone, Head, Plan, Keys, Report, Novelty, Health}) {
    int roles = 0;
    for (const auto role : {Role::Root, Role::Teacher, Role::Head, Role::Rollout, Role::Device})
      roles += reason(trusting({.key = teacher.public_key(), .role = role}), signed_header(teacher, kind)).empty();
    EXPECT_EQ(roles, kind == Head ? 2 : 1) << static_cast<int>(kind);
  }
}

TEST(Trust, GivesAKeyAsManyGrantsAsItHas) {
  const StreamId mine{std::byte{1}};
  Trust trust = trusting({.key = teacher.public_key(), .role = Role::Rollout});
  trust.grant({.key = teacher.public_key(), .streams = {mine}});
  EXPECT_EQ(reason(trust, signed_header(teacher, SegmentKind::Setup, mine)), "");
  EXPECT_EQ(reason(trust, signed_header(teacher, SegmentKind::Plan)), "");
  EXPECT_NE(reason(trust, signed_header(teacher)), "");
}

TEST(Trust, TakesUnsignedOnesOnlyWhenTold) {
  Trust trust;
  EXPECT_NE(reason(trust, SegmentHeader{}), "");
  trust.allow_unsigned();
  EXPECT_EQ(reason(trust, SegmentHeader{}), "");
  EXPECT_NE(reason(trust, signed_header(teacher)), "") << "a key that is not trusted is worse than none";
  EXPECT_EQ(reason(Trust::anyone(), signed_header(teacher)), "");
}

TEST(Trust, SeesEveryBitOfAHeader) {
  const Trust trust = trusting({.key = teacher.public_key()});
  const auto good = write_header(signed_header(teacher));
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    if (bit / 32 == 3) continue;  // the checksum, which is made anew here
    auto bytes = good;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    std::fill_n(bytes.begin() + 12, 4, std::byte{0});
    const auto sum = xxh32(bytes);
    std::copy_n(std::as_bytes(std::span(&sum, 1)).begin(), 4, bytes.begin() + 12);
    const auto header = parse_header(bytes);
    EXPECT_TRUE(!header || trust.check(*header)) << bit;
  }
}

TEST(Role, HasANameThatIsReadBack) {
  for (const auto role : {Role::Root, Role::Teacher, Role::Head, Role::Rollout, Role::Device})
    EXPECT_EQ(role_of(role_name(role)), role);
  EXPECT_THROW((void)role_of("king"), Error);
}

}  // namespace
}  // namespace assimilaate
