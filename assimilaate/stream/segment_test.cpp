#include "assimilaate/stream/segment.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstring>

#include "assimilaate/stream/internal/drawn_hash.hpp"

namespace assimilaate {
namespace {

SegmentHeader drawn_header() {
  SegmentHeader h;
  h.kind = *rc::gen::element(SegmentKind::Data, SegmentKind::HeldOut);
  h.flags = *rc::gen::arbitrary<std::uint16_t>();
  h.stream = internal::drawn_hash<StreamId>();
  h.codebook = internal::drawn_hash<ShortDigest>();
  h.epoch = *rc::gen::inRange<std::uint32_t>(1, 0xffffffffU);
  h.index = *rc::gen::arbitrary<std::uint64_t>();
  h.first_record = *rc::gen::arbitrary<std::uint64_t>();
  h.records = *rc::gen::inRange<std::uint32_t>(1, segment_limits::records + 1);
  h.time_ms = *rc::gen::arbitrary<std::int64_t>();
  h.previous = internal::drawn_hash<Digest>();
  return h;
}

std::vector<std::byte> sample() {
  SegmentHeader h;
  h.records = 3;
  h.index = 17;
  return seal_segment(h, std::vector<std::byte>(100, std::byte{7}));
}

/// Change header bytes and put the checksum right again, as a writer of another format would.
template <typename T>
std::vector<std::byte> rewritten(std::size_t offset, T value) {
  auto bytes = sample();
  std::memcpy(bytes.data() + offset, &value, sizeof value);
  const std::uint32_t zero = 0;
  std::memcpy(bytes.data() + 12, &zero, 4);
  const auto checksum = xxh32(std::span(bytes).first(256));
  std::memcpy(bytes.data() + 12, &checksum, 4);
  return bytes;
}

void expect_refused(std::span<const std::byte> bytes, Errc code, const std::string& reason) {
  const auto segment = parse_segment(bytes);
  ASSERT_FALSE(segment.has_value()) << reason;
  EXPECT_EQ(segment.error().code(), code) << segment.error().what();
  EXPECT_NE(std::string(segment.error().what()).find(reason), std::string::npos) << segment.error().what();
}

RC_GTEST_PROP(Segment, ComesBackAsItWasSealed, ()) {
  const auto header = drawn_header();
  const auto body = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
  const auto bytes = seal_segment(header, std::as_bytes(std::span(body)));
  const auto segment = parse_segment(bytes);
  RC_ASSERT(segment.has_value());
  auto expected = header;
  expected.raw_length = expected.body_length = static_cast<std::uint32_t>(body.size());
  expected.body_xxh3 = segment->header.body_xxh3;
  expected.body_hash = segment->header.body_hash;
  RC_ASSERT(segment->header == expected);
  RC_ASSERT(std::ranges::equal(segment->body, std::as_bytes(std::span(body))));
  RC_ASSERT(std::ranges::equal(write_header(segment->header), std::span(bytes).first(256)));
  RC_ASSERT(header_hash(segment->header) == blake2b_256(std::span(bytes).first(256)));
}

RC_GTEST_PROP(Segment, TakesAnyBytesWithoutHarm, ()) {
  auto bytes = sample();
  const auto noise = *rc::gen::container<std::vector<std::uint8_t>>(256, rc::gen::arbitrary<std::uint8_t>());
  const auto from = *rc::gen::inRange<std::size_t>(0, 256);
  std::memcpy(bytes.data() + from, noise.data(), 256 - from);
  const auto segment = parse_segment(bytes);
  if (segment.has_value()) RC_ASSERT(segment->body.size() <= bytes.size() - 256);
}

TEST(Segment, HasItsFieldsWhereTheFormatPutsThem) {
  SegmentHeader h;
  h.kind = SegmentKind::HeldOut;
  h.index = 0x0102030405060708;
  h.records = 9;
  const auto bytes = seal_segment(h, {});
  EXPECT_EQ(hex(std::span(bytes).first(10)), "41415453010000010300");
  EXPECT_EQ(hex(std::span(bytes).subspan(56, 8)), "0807060504030201");
  EXPECT_EQ(std::to_integer<int>(bytes[72]), 9);
  EXPECT_EQ(hex(std::span(bytes).subspan(192)), std::string(128, '0'));
}

TEST(Segment, IsRefusedWithAnyBitFlipped) {
  const auto good = sample();
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    auto bad = good;
    bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(parse_segment(bad).has_value()) << "bit " << bit;
  }
}

TEST(Segment, IsRefusedAtEveryLengthBelowItsOwn) {
  const auto good = sample();
  for (std::size_t length = 0; length < good.size(); ++length)
    expect_refused(std::span(good).first(length), Errc::Integrity, "cut short");
}

TEST(Segment, IsRefusedWithItsReason) {
  expect_refused(rewritten<std::uint16_t>(4, 2), Errc::Unsupported, "version 2");
  expect_refused(rewritten<std::uint16_t>(6, 260), Errc::Unsupported, "headers of 260 bytes");
  expect_refused(rewritten<std::uint32_t>(84, 1), Errc::Format, "reserved");
  expect_refused(rewritten<std::uint64_t>(120, 1), Errc::Format, "reserved");
  expect_refused(rewritten<std::uint32_t>(80, (1U << 20) + 1), Errc::Format, "at most 1 MiB");
  expect_refused(rewritten<std::uint32_t>(76, 99), Errc::Format, "codec 0 keeps the length");
  expect_refused(rewritten<std::uint32_t>(76, 0xffffffffU), Errc::Format, "at most 4 MiB");
  expect_refused(rewritten<std::uint32_t>(72, 65'537), Errc::Format, "at most 65536");
  expect_refused(rewritten<std::uint32_t>(72, 0), Errc::Format, "number of records is 0");
  expect_refused(rewritten<std::uint32_t>(48, 0), Errc::Format, "epochs count from 1");
  expect_refused(rewritten<std::uint64_t>(104, 5), Errc::Format, "key 0000000000000005 without a signature");
  expect_refused(rewritten<std::uint64_t>(192, 5), Errc::Format, "signature without a key");
  expect_refused(rewritten<std::uint64_t>(88, 5), Errc::Integrity, "body checksum");
  expect_refused(rewritten<std::uint64_t>(160, 5), Errc::Integrity, "body hash");
  expect_refused({}, Errc::Integrity, "0 of the 256 bytes");
}

TEST(Segment, OfAnAncillaryKindMayBeSkippedAndOfACriticalOneNot) {
  SegmentHeader h;
  h.kind = static_cast<SegmentKind>(0x80);
  EXPECT_FALSE(check_understood(h).has_value());
  for (const auto kind : {0x05, 0x0f, 0x13, 0x23, 0x7f}) {
    h.kind = static_cast<SegmentKind>(kind);
    EXPECT_TRUE(check_understood(h).has_value()) << kind;
  }
}

TEST(Segment, MayCarryUnknownAdvisoryFlagsButNoCriticalOnes) {
  SegmentHeader h;
  for (unsigned bit = 0; bit < 16; ++bit) {
    h.flags = static_cast<std::uint16_t>(1U << bit);
    EXPECT_EQ(check_understood(h).has_value(), bit > 9) << bit;  // masked, seeded
  }
  h.flags = 0;
  h.codec = 1;
  EXPECT_FALSE(check_understood(h).has_value());
  h.codec = 2;
  EXPECT_EQ(check_understood(h)->code(), Errc::Unsupported);
  h.codec = 0;
  h.kind = SegmentKind::HeldOut;
  h.flags = segment_flags::Seeded;
  EXPECT_EQ(check_understood(h)->code(), Errc::Unsupported) << "held-out records are never drawn";
}

TEST(StreamId, IsReadFromItsOwnTextOnly) {
  StreamId id{};
  id[0] = std::byte{0xab};
  id[15] = std::byte{0x01};
  EXPECT_EQ(parse_stream_id(hex(id)), id);
  EXPECT_FALSE(parse_stream_id(""));
  EXPECT_FALSE(parse_stream_id(std::string(31, '0')));
  EXPECT_FALSE(parse_stream_id(std::string(32, 'A')));
  EXPECT_FALSE(parse_stream_id("../../../../../../../../../../etc"));
}

}  // namespace
}  // namespace assimilaate
