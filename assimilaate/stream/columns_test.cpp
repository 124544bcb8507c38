#include "assimilaate/stream/columns.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "assimilaate/stream/internal/test_stream.hpp"

namespace assimilaate {
namespace {

std::vector<Shape> shapes_of(std::span<const AatBlock> blocks) {
  std::vector<Shape> shapes;
  for (const AatBlock& block : blocks) shapes.push_back(block.shape);
  return shapes;
}

std::vector<AatBlock> drawn_blocks() {
  const auto count = *rc::gen::inRange<std::size_t>(1, 40);
  const auto none_of = *rc::gen::element<std::uint32_t>(0, 1, 2, 50);
  const auto boundaries = *rc::gen::inRange<std::size_t>(2, 5);
  std::vector<AatBlock> blocks;
  for (std::size_t b = 0; b < boundaries; ++b) {
    const auto addresses = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint32_t>>(
        rc::gen::element<std::uint32_t>(2, 3, 7, 8, 10, 255, 256, 257, 65'535, 65'536)));
    blocks.push_back(internal::drawn_block(Shape(addresses), count, b, none_of));
  }
  return blocks;
}

std::vector<std::byte> sample(std::vector<AatBlock>& blocks) {
  blocks = internal::drawn_records(internal::small_descriptor(), 11, 3);
  return encode_columns(blocks, 0, 11);
}

void expect_refused(std::span<const std::byte> body, std::span<const Shape> shapes, std::size_t n, Errc code,
                    const std::string& reason) {
  const auto blocks = decode_columns(body, shapes, n);
  ASSERT_FALSE(blocks.has_value()) << reason;
  EXPECT_EQ(blocks.error().code(), code) << blocks.error().what();
  EXPECT_NE(std::string(blocks.error().what()).find(reason), std::string::npos) << blocks.error().what();
}

RC_GTEST_PROP(Columns, ComeBackAsTheyWereEncoded, ()) {
  const auto blocks = drawn_blocks();
  const auto total = blocks.front().size();
  const auto first = *rc::gen::inRange<std::size_t>(0, total);
  const auto count = *rc::gen::inRange<std::size_t>(1, total - first + 1);
  const auto body = encode_columns(blocks, first, count);
  const auto back = decode_columns(body, shapes_of(blocks), count);
  RC_ASSERT(back.has_value());
  bool none = false;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    RC_ASSERT((*back)[b].shape == blocks[b].shape);
    for (std::size_t r = 0; r < count; ++r) {
      RC_ASSERT(std::ranges::equal((*back)[b][r], blocks[b][first + r]));
      none = none || std::ranges::count(blocks[b][first + r], None) > 0;
    }
  }
  RC_ASSERT(columns_masked(body) == none);
  RC_ASSERT(encode_columns(*back, 0, count) == body);
}

RC_GTEST_PROP(Columns, TakeAnyBytesWithoutHarmAndHaveOneEncoding, ()) {
  std::vector<AatBlock> blocks =
      internal::drawn_records(internal::small_descriptor(), 11, 3, *rc::gen::element(0U, 3U));
  auto body = encode_columns(blocks, 0, 11);
  const auto at = *rc::gen::inRange<std::size_t>(0, body.size());
  body[at] = static_cast<std::byte>(*rc::gen::arbitrary<std::uint8_t>());
  const auto back = decode_columns(body, shapes_of(blocks), 11);
  RC_PRE(back.has_value());
  RC_ASSERT(encode_columns(*back, 0, 11) == body);
}

TEST(Columns, ArePackedLeastSignificantBitFirst) {
  std::vector<AatBlock> blocks{AatBlock(Shape(1, 8), 3), AatBlock(Shape(1, 10), 3)};
  for (int i = 0; i < 3; ++i) {
    blocks[0].entries(i, 0) = i + 1;  // 001 010 011
    blocks[1].entries(i, 0) = 9 - i;  // 1001 1000 0111
  }
  EXPECT_EQ(hex(encode_columns(blocks, 0, 3)).substr(64), "d1008907");
  blocks[0].entries(1, 0) = None;  // present 101, addresses 001 011
  EXPECT_EQ(hex(encode_columns(blocks, 0, 3)).substr(64), "0519078907");
}

TEST(Columns, CarryExactlyTheBitsOfTheirShape) {
  const Descriptor d = internal::small_descriptor();
  const auto blocks = internal::drawn_records(d, 800, 1);
  EXPECT_EQ(encode_columns(blocks, 0, 800).size(), 32U + 800 * (5 * 4 + 3 * 3 + 4) / 8);
}

TEST(Columns, RefuseAnAddressOutsideItsCodebook) {
  std::vector<AatBlock> blocks;
  const auto body = sample(blocks);
  auto shapes = shapes_of(blocks);
  shapes[0] = Shape({16, 16, 16, 16, 9});
  blocks[0].entries(0, 4) = 12;
  expect_refused(encode_columns(blocks, 0, 11), shapes, 11, Errc::Format, "address 12 in space 4, codebook has 9");
  blocks[0].entries(0, 4) = 16;
  EXPECT_THROW((void)encode_columns(blocks, 0, 11), Error);
}

TEST(Columns, RefuseLengthsThatDoNotAddUp) {
  std::vector<AatBlock> blocks;
  auto body = sample(blocks);
  const auto shapes = shapes_of(blocks);
  for (std::size_t length = 0; length < body.size(); ++length)
    EXPECT_FALSE(decode_columns(std::span(body).first(length), shapes, 11).has_value()) << length;
  expect_refused(body, shapes, 65'536, Errc::Format, "65536 records need more");
  expect_refused(body, shapes, 2, Errc::Format, "2 records take");
  expect_refused(body, std::span(shapes).first(2), 11, Errc::Format, "the descriptor has 2 with 8");
  body.push_back(std::byte{0});
  expect_refused(body, shapes, 11, Errc::Format, "11 records take");
}

TEST(Columns, RefuseWhatThisBuildDoesNotKnow) {
  std::vector<AatBlock> blocks;
  const auto good = sample(blocks);
  const auto shapes = shapes_of(blocks);
  const auto with = [&](std::size_t at, int value) {
    auto body = good;
    body[at] = static_cast<std::byte>(value);
    return body;
  };
  expect_refused(with(0, 2), shapes, 11, Errc::Unsupported, "layout 2");
  expect_refused(with(2, 2), shapes, 11, Errc::Unsupported, "input mode 2");
  expect_refused(with(2, 1), shapes, 11, Errc::Format, "has no generator");
  expect_refused(with(3, 3), shapes, 11, Errc::Unsupported, "mask mode 3");
  expect_refused(with(8, 1), shapes, 11, Errc::Format, "generator fields");
  expect_refused(with(31, 1), shapes, 11, Errc::Format, "reserved");
  auto padding = good;
  padding.back() |= std::byte{0x80};
  expect_refused(padding, shapes, 11, Errc::Format, "padding");
}

TEST(Columns, RefuseAMaskThatHidesNothing) {
  std::vector<AatBlock> blocks{AatBlock(Shape(1, 2), 2), AatBlock(Shape(1, 2), 2)};
  blocks[0].entries(0, 0) = blocks[0].entries(1, 0) = blocks[1].entries(0, 0) = 1;
  auto body = encode_columns(blocks, 0, 2);  // one record of the second block NONE: a mask per record
  body[34] = std::byte{3};
  expect_refused(body, shapes_of(blocks), 2, Errc::Format, "hides nothing");
  body[34] = std::byte{0};
  body.pop_back();
  expect_refused(body, shapes_of(blocks), 2, Errc::Format, "hides whole columns");
  const auto whole = encode_columns(std::vector{blocks[0], AatBlock(Shape(1, 2), 2)}, 0, 2);
  EXPECT_EQ(whole[3], std::byte{1}) << "which is a mask per segment";
}

TEST(Columns, NeedTwoBoundariesOfEqualSize) {
  std::vector<AatBlock> blocks{AatBlock(Shape(1, 2), 3), AatBlock(Shape(1, 2), 2)};
  EXPECT_THROW((void)encode_columns(std::span(blocks).first(1), 0, 1), Error);
  EXPECT_THROW((void)encode_columns(blocks, 0, 3), Error);
}

}  // namespace
}  // namespace assimilaate
