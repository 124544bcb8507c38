/// Codec 1, masks, drawn inputs: what bodies hold beyond packed columns.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "assimilaate/core/digest.hpp"
#include "assimilaate/stream/columns.hpp"
#include "assimilaate/stream/internal/range_coder.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"

namespace assimilaate {
namespace {

using internal::drawn_records;
using internal::error_of;

/// Addresses that favour the low ones.
AatBlock skewed_block(const Shape& shape, std::size_t count, std::uint64_t seed) {
  AatBlock block = internal::drawn_block(shape, count, seed), other = internal::drawn_block(shape, count, seed + 77);
  for (std::size_t r = 0; r < count; ++r)
    for (std::size_t s = 0; s < shape.spaces(); ++s)
      block.entries(r, s) = block.entries(r, s) * other.entries(r, s) / static_cast<Address>(shape.addresses(s));
  return block;
}

std::vector<AatBlock> skewed_records(std::size_t count, std::uint64_t seed = 1) {
  std::vector<AatBlock> blocks;
  for (const Shape& shape : internal::small_descriptor().shapes())
    blocks.push_back(skewed_block(shape, count, seed + blocks.size()));
  return blocks;
}

ColumnCoding coding_of(std::span<const AatBlock> sample) {
  ColumnCoding coding{.shapes = internal::small_descriptor().shapes()};
  coding.frequencies = fit_frequencies(sample, 1'000'000);
  return coding;
}

Result<std::vector<AatBlock>> decoded(const ColumnBody& body, const ColumnCoding& coding, std::size_t n) {
  return decode_columns(body.bytes, coding, n, body.codec, body.raw_length);
}

RC_GTEST_PROP(RangeCoder, BringsBackWhatItCoded, ()) {
  const auto k = *rc::gen::inRange<std::size_t>(2, 300);
  const auto counts = *rc::gen::container<std::vector<std::uint64_t>>(k, rc::gen::inRange<std::uint64_t>(0, 1000));
  const auto thresholds = thresholds_of(counts);
  RC_ASSERT(are_thresholds(thresholds));
  RC_ASSERT(thresholds.size() == k - 1);
  const auto addresses =
      *rc::gen::container<std::vector<Address>>(rc::gen::inRange<Address>(0, static_cast<Address>(k)));
  const auto coded = internal::range_encode(addresses, thresholds);
  std::vector<Address> back(addresses.size());
  RC_ASSERT(internal::range_decode(coded, thresholds, back));
  RC_ASSERT(back == addresses);
  RC_ASSERT(internal::range_encode(back, thresholds) == coded);
  // Nothing else decodes to so many: not a byte more, not one less, not one more address.
  auto longer = coded;
  longer.push_back(std::byte{0});
  RC_ASSERT(!internal::range_decode(longer, thresholds, back));
  RC_ASSERT(!internal::range_decode(std::span(coded).first(coded.size() - 1), thresholds, back));
}

TEST(RangeCoder, StaysWithinAPercentOfTheStaticCodeLength) {
  const Shape shape(1, 16);
  const auto block = skewed_block(shape, 4000, 5);
  std::vector<std::uint64_t> counts(16);
  std::vector<Address> addresses;
  for (std::size_t r = 0; r < block.size(); ++r) addresses.push_back(block.entries(r, 0));
  for (const Address a : addresses) ++counts[static_cast<std::size_t>(a)];
  const auto thresholds = thresholds_of(counts);
  const double bits = 8.0 * static_cast<double>(internal::range_encode(addresses, thresholds).size());
  EXPECT_LT(bits, 1.01 * coded_bits(counts, thresholds));
  EXPECT_GE(bits, coded_bits(counts, thresholds));
}

TEST(Thresholds, GiveEachAddressAShareAndTheWidestSpaceOneEach) {
  const std::vector<std::uint64_t> none(65'536), two{0, 1};
  const auto each = thresholds_of(none);
  ASSERT_TRUE(are_thresholds(each));
  EXPECT_EQ(each.front(), 1);
  EXPECT_EQ(each.back(), 65'535);
  EXPECT_EQ(thresholds_of(two), Thresholds{1});
  EXPECT_EQ(owner(Thresholds{1}, 0), 0);
  EXPECT_EQ(owner(Thresholds{1}, 1), 1);
  EXPECT_FALSE(are_thresholds(Thresholds{0, 3}));
  EXPECT_FALSE(are_thresholds(Thresholds{3, 3}));
}

TEST(Columns, AreRangeCodedWhereThatIsShorter) {
  const auto records = skewed_records(800);
  const auto coding = coding_of(records);
  const auto body = encode_columns(coding, records, 0, 800);
  EXPECT_EQ(body.codec, 1);
  EXPECT_LT(body.bytes.size(), body.raw_length);
  EXPECT_EQ(body.raw_length, encode_columns(records, 0, 800).size());
  const auto back = decoded(body, coding, 800).value();
  for (std::size_t b = 0; b < records.size(); ++b) EXPECT_EQ(back[b].entries, records[b].entries);
  EXPECT_EQ(encode_columns(coding, back, 0, 800).bytes, body.bytes);
  // Nothing to gain: the same bytes as without tables.
  const auto flat = drawn_records(internal::small_descriptor(), 9, 3);
  const auto plain = encode_columns(coding, flat, 0, 9);
  EXPECT_EQ(plain.codec, 0);
  EXPECT_EQ(plain.bytes, encode_columns(flat, 0, 9));
}

RC_GTEST_PROP(Columns, OfEveryCodecAndMaskComeBack, ()) {
  const auto n = *rc::gen::inRange<std::size_t>(1, 300);
  const auto none_of = *rc::gen::element<std::uint32_t>(0, 2, 5);
  const auto hidden = *rc::gen::inRange<unsigned>(0, 512);  // a bit for each of the 9 columns
  const auto coding = coding_of(skewed_records(500));
  auto records =
      *rc::gen::arbitrary<bool>() ? skewed_records(n, 9) : drawn_records(internal::small_descriptor(), n, 9, none_of);
  unsigned column = 0;
  for (AatBlock& block : records)
    for (std::size_t s = 0; s < block.shape.spaces(); ++s, ++column)
      for (std::size_t r = 0; r < n && (hidden >> column & 1U) != 0; ++r) block.entries(r, s) = None;
  const auto body = encode_columns(coding, records, 0, n);
  const auto back = decoded(body, coding, n);
  RC_ASSERT(back.has_value());
  for (std::size_t b = 0; b < records.size(); ++b) RC_ASSERT((*back)[b].entries == records[b].entries);
  RC_ASSERT(encode_columns(coding, *back, 0, n).bytes == body.bytes);
}

TEST(Columns, UseTheMaskThatSaysItShortest) {
  const auto mode = [](std::span<const AatBlock> records) {
    return std::to_integer<int>(encode_columns(records, 0, records[0].size())[3]);
  };
  auto records = drawn_records(internal::small_descriptor(), 20, 3);
  EXPECT_EQ(mode(records), 0);
  for (std::size_t r = 0; r < 20; ++r) records[0].entries(r, 2) = None;
  EXPECT_EQ(mode(records), 1);
  EXPECT_EQ(encode_columns(records, 0, 20).size(), 32 + 2 + 4 * 10 + 3 * 8 + 10U);
  records[1].entries(4, 0) = None;
  EXPECT_EQ(mode(records), 2);
}

/// Generator of the small stream's inputs, skewed.
InputGenerator generator() {
  InputGenerator g{.seed = 0x0123456789abcdef};
  for (int space = 0; space < 5; ++space) {
    std::vector<std::uint64_t> counts;
    for (int a = 0; a < 16; ++a) counts.push_back(static_cast<std::uint64_t>(1 + a * (space + 1)));
    g.marginals.push_back(thresholds_of(counts));
  }
  return g;
}

std::vector<AatBlock> seeded_records(std::span<const std::uint64_t> counters) {
  auto records = drawn_records(internal::small_descriptor(), counters.size(), 3);
  const auto g = generator();
  for (std::size_t r = 0; r < counters.size(); ++r) g.draw(counters[r], records[0].entries.row(r));
  return records;
}

TEST(SeededColumns, CarryNoInputs) {
  const ColumnCoding coding{.shapes = internal::small_descriptor().shapes(), .generator = generator()};
  const std::vector<std::uint64_t> dense{7, 8, 9, 10}, chosen{7, 9, 1000, 1001};
  for (const auto& [counters, gap_bytes] : {std::pair{dense, 0U}, {chosen, 5U}}) {  // 4 gaps of 10 bits
    const auto records = seeded_records(counters);
    const auto body = encode_columns(coding, records, 0, 4, counters);
    EXPECT_TRUE(body.seeded);
    EXPECT_EQ(body.bytes.size(), 32 + gap_bytes + 3 * 2 + 2);
    const auto back = decoded(body, coding, 4).value();
    for (std::size_t b = 0; b < 3; ++b) EXPECT_EQ(back[b].entries, records[b].entries);
  }
}

TEST(SeededColumns, AreRefusedWhenTheyAreNotTheOneEncoding) {
  const ColumnCoding coding{.shapes = internal::small_descriptor().shapes(), .generator = generator()};
  const std::vector<std::uint64_t> counters{7, 9, 1000, 1001};
  const auto records = seeded_records(counters);
  const auto good = encode_columns(coding, records, 0, 4, counters);
  const auto refused = [&](std::size_t at, int value) {
    auto bad = good;
    bad.bytes[at] = static_cast<std::byte>(value);
    return !decoded(bad, coding, 4).has_value();
  };
  EXPECT_TRUE(refused(16, 11)) << "wider gaps than needed";
  EXPECT_TRUE(refused(32, 1)) << "a first gap";
  const ColumnCoding none{.shapes = coding.shapes};
  EXPECT_FALSE(decoded(good, none, 4).has_value()) << "no generator";
  EXPECT_NE(error_of([&] { (void)encode_columns(none, records, 0, 4, counters); }, Errc::Usage), "");
  const std::vector<std::uint64_t> others{8, 9, 1000, 1001}, back{9, 8, 10, 11}, far{1, 2, 3, 70'000};
  EXPECT_NE(error_of([&] { (void)encode_columns(coding, records, 0, 4, others); }, Errc::Format), "");
  EXPECT_NE(error_of([&] { (void)encode_columns(coding, seeded_records(back), 0, 4, back); }, Errc::Usage), "");
  EXPECT_NE(error_of([&] { (void)encode_columns(coding, seeded_records(far), 0, 4, far); }, Errc::Usage), "");
}

/// 10^6 addresses are equal across builds (their hash), and each as often as its marginal says within 5 sigma.
TEST(InputGenerator, IsTheSameEverywhereAndFollowsItsMarginals) {
  const auto g = generator();
  constexpr std::size_t records = 200'000;
  std::vector<std::byte> all;
  std::vector<std::vector<double>> seen(5, std::vector<double>(16));
  std::array<Address, 5> inputs{};
  for (std::size_t r = 0; r < records; ++r) {
    g.draw(r, inputs);
    for (std::size_t s = 0; s < 5; ++s) {
      all.push_back(static_cast<std::byte>(inputs[s]));
      ++seen[s][static_cast<std::size_t>(inputs[s])];
    }
  }
  EXPECT_EQ(hex(blake2b_128(all)), "4fa3a023cc73aeb5fcbb4f5b03ca93a3");
  for (std::size_t s = 0; s < 5; ++s)
    for (std::size_t a = 0; a < 16; ++a) {
      const double low = a == 0 ? 0 : g.marginals[s][a - 1], high = a == 15 ? 65'536 : g.marginals[s][a];
      const double p = (high - low) / 65'536;
      EXPECT_NEAR(seen[s][a], p * records, 5 * std::sqrt(p * (1 - p) * records)) << s << " " << a;
    }
}

TEST(Columns, RefuseMoreRecordsThanTheirLengthCanMean) {
  // A mask that hides whole columns takes no bytes for records: their number is bounded all the same.
  const Shape wide(60'000, 2);
  std::vector<AatBlock> records{AatBlock(wide, 1), AatBlock(Shape(1, 2), 1)};
  records[1].entries(0, 0) = 1;
  const auto body = encode_columns(records, 0, 1);
  const std::vector shapes{wide, Shape(1, 2)};
  EXPECT_TRUE(decode_columns(body, shapes, 1).has_value());
  const auto refused = decode_columns(body, shapes, 65'536);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(std::string(refused.error().what()).find("at most"), std::string::npos);
}

}  // namespace
}  // namespace assimilaate
