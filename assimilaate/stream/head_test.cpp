#include "assimilaate/stream/head.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "assimilaate/stream/internal/drawn_hash.hpp"

namespace assimilaate {
namespace {

Tip drawn_tip(std::uint32_t epoch) {
  return {epoch, *rc::gen::inRange<std::uint64_t>(1, UINT64_MAX), internal::drawn_hash<Digest>(),
          *rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>()};
}

RC_GTEST_PROP(Head, ComesBackAsItWasWritten, ()) {
  const auto stream = internal::drawn_hash<StreamId>();
  Head head{*rc::gen::arbitrary<std::uint64_t>(),
            *rc::gen::arbitrary<std::int64_t>(),
            internal::drawn_hash<ShortDigest>(),
            drawn_tip(2),
            std::nullopt,
            *rc::gen::arbitrary<std::uint64_t>()};
  if (*rc::gen::arbitrary<bool>()) head.previous = drawn_tip(1);
  const auto back = parse_head(stream, write_head(stream, head));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == head);
}

TEST(Head, IsRefusedWhenCutFlippedLengthenedOrOfAnotherStream) {
  const StreamId stream{}, other{std::byte{1}};
  Head head;
  head.tip.count = 3;
  const auto good = write_head(stream, head);
  ASSERT_TRUE(parse_head(stream, good).has_value());
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_FALSE(parse_head(stream, std::span(good).first(length)).has_value()) << length;
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    auto bad = good;
    bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(parse_head(stream, bad).has_value()) << bit;
  }
  auto longer = good;
  longer.push_back(std::byte{0});
  EXPECT_EQ(parse_head(stream, longer).error().code(), Errc::Integrity);
  EXPECT_EQ(parse_head(other, good).error().code(), Errc::Mismatch);
  head.tip.count = 0;
  EXPECT_EQ(parse_head(stream, write_head(stream, head)).error().code(), Errc::Format);
  SegmentHeader data;
  data.records = 1;
  EXPECT_EQ(parse_head(stream, seal_segment(data, {})).error().code(), Errc::Format);
}

}  // namespace
}  // namespace assimilaate
