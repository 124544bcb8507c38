#include "assimilaate/stream/stream_reader.hpp"

#include <gtest/gtest.h>

#include "assimilaate/stream/internal/memory_carrier.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"

namespace assimilaate {
namespace {

using internal::drawn_records;
using internal::error_of;
using internal::MemoryCarrier;
using internal::write_small_stream;

TEST(Stream, BringsEveryRecordBackInOrderAndHeldOutOnesApart) {
  for (const std::uint32_t none_of : {0U, 4U}) {
    MemoryCarrier carrier;
    const auto id = write_small_stream(carrier, 40'000, 300, none_of);
    const StreamReader reader(carrier);
    EXPECT_EQ(reader.id(), id);
    EXPECT_EQ(reader.epoch(), 1U);
    EXPECT_GT(reader.segments(), 4U);
    const auto data = drawn_records(reader.descriptor(), 40'000, 1, none_of);
    const auto held_out = drawn_records(reader.descriptor(), 300, 100, none_of);
    ASSERT_EQ(reader.size(), 40'000U);
    for (std::size_t b = 0; b < 3; ++b) EXPECT_EQ(reader.boundaries()[b].entries, data[b].entries);
    EXPECT_EQ(reader.held_out_size(), 300U);
    EXPECT_EQ(reader.held_out(0).inputs().entries, held_out[0].entries);
    EXPECT_EQ(reader.held_out(0).expected().entries, held_out[1].entries);
    EXPECT_EQ(reader.held_out_between(0, 2).expected().entries, held_out[2].entries);
  }
}

TEST(Stream, GivesTheExamplesOfATransformAndJoinsItsInputs) {
  MemoryCarrier carrier;
  write_small_stream(carrier, 50, 5);
  const StreamReader reader(carrier);
  const auto source = reader.examples(reader.descriptor().transform("second"), 20);
  EXPECT_EQ(source->input_shape(), Shape({6, 6, 6, 16, 16, 16, 16, 16}));
  const auto block = source->next(100);
  ASSERT_EQ(block.size(), 20U);
  EXPECT_EQ(block.input.entries(19, 0), reader.boundaries()[1].entries(19, 0));
  EXPECT_EQ(block.input.entries(19, 7), reader.boundaries()[0].entries(19, 4));
  EXPECT_EQ(block.output.entries(19, 0), reader.boundaries()[2].entries(19, 0));
  EXPECT_EQ(source->next(100).size(), 0U);
  EXPECT_THROW((void)reader.examples(2), Error);
  EXPECT_THROW((void)reader.held_out_between(0, 3), Error);
}

TEST(Stream, CountsItsBitsAsCarried) {
  MemoryCarrier carrier;
  const auto id = write_small_stream(carrier, 800, 80);
  const StreamReader reader(carrier);
  EXPECT_EQ(reader.bits().data, 8 * 32 + 800 * 33U);
  EXPECT_EQ(reader.bits().held_out, 8 * 32 + 80 * 33U);
  EXPECT_EQ(reader.bits().stream(), 8 * (carrier.log({id, 1}).size() + carrier.heads[id].size()));
  EXPECT_EQ(reader.bits().codebooks, 8 * (17 + 18 + 17U));
  EXPECT_EQ(reader.bits().network, 8 * 7U);
}

TEST(Stream, IsTheSameBytesForTheSameContent) {
  MemoryCarrier one, two;
  const auto id = write_small_stream(one, 3000, 50);
  StreamWriter writer(two, internal::small_descriptor(), internal::small_codebooks(), internal::text_bytes("network"));
  const auto records = drawn_records(writer.descriptor(), 3000, 1);
  writer.add_held_out(drawn_records(writer.descriptor(), 50, 100));
  for (std::size_t r = 0; r < 3000; r += 500) {
    std::vector<AatBlock> part;
    for (const AatBlock& block : records) {
      AatBlock& rows = part.emplace_back(block.shape, 500);
      std::ranges::copy(block.entries.values().subspan(r * block.shape.spaces(), rows.entries.size()),
                        rows.entries.data());
    }
    writer.add(part);
  }
  writer.finish();
  EXPECT_EQ(one.log({id, 1}), two.log({id, 1}));
  EXPECT_EQ(one.heads, two.heads);
}

TEST(Stream, IsNotVisibleBeforeItIsFinished) {
  MemoryCarrier carrier;
  const auto id = write_small_stream(carrier, 10, 5);
  {
    StreamWriter abandoned(carrier, internal::small_descriptor(), internal::small_codebooks(),
                           internal::text_bytes("network"));
    abandoned.add(drawn_records(abandoned.descriptor(), 99, 2));
    EXPECT_EQ(abandoned.epoch(), 2U);
  }
  EXPECT_EQ(StreamReader(carrier).size(), 10U);
  EXPECT_EQ(write_small_stream(carrier, 20, 5), id);
  EXPECT_EQ(StreamReader(carrier).size(), 20U);
  EXPECT_EQ(StreamReader(carrier).epoch(), 3U);
}

TEST(Stream, OfAFullCarrierLeavesTheEarlierOneIntact) {
  MemoryCarrier carrier;
  write_small_stream(carrier, 10, 5);
  carrier.room = 70'000;
  EXPECT_NE(error_of([&] { write_small_stream(carrier, 40'000, 5); }, Errc::Io), "");
  EXPECT_EQ(StreamReader(carrier).size(), 10U);
}

TEST(Stream, MayHoldNoRecordsAtAll) {
  MemoryCarrier carrier;
  write_small_stream(carrier, 0, 0);
  const StreamReader reader(carrier);
  EXPECT_EQ(reader.size(), 0U);
  EXPECT_EQ(reader.examples(0)->next(10).size(), 0U);
}

TEST(Stream, RefusesAnotherCodebookOrNetwork) {
  MemoryCarrier carrier;
  write_small_stream(carrier, 10, 5);
  const auto refused = [&](std::string_view text) {
    auto damaged = carrier;
    damaged.objects.at(blake2b_256(internal::text_bytes(text)))[0] ^= std::byte{1};
    return error_of([&] { StreamReader reader(damaged); }, Errc::Mismatch);
  };
  EXPECT_NE(refused("codebook of hidden").find("codebook of boundary 'hidden'"), std::string::npos);
  EXPECT_NE(refused("network").find("network of stream 'small'"), std::string::npos);
  carrier.objects.clear();
  EXPECT_NE(error_of([&] { StreamReader reader(carrier); }, Errc::Io), "");
}

TEST(Stream, RefusesEveryFlippedBitOfLogAndHead) {
  MemoryCarrier carrier;
  const auto id = write_small_stream(carrier, 60, 20);
  const auto refused = [&](std::vector<std::byte>& bytes, std::size_t bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_THROW(StreamReader reader(carrier), Error) << bit;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
  };
  auto& log = carrier.log({id, 1});
  for (std::size_t bit = 0; bit < 8 * log.size(); bit += 11) refused(log, bit);
  auto& head = carrier.heads[id];
  for (std::size_t bit = 0; bit < 8 * head.size(); bit += 3) refused(head, bit);
  EXPECT_EQ(StreamReader(carrier).size(), 60U);
}

TEST(Stream, RefusesEveryCutOfLogAndHead) {
  MemoryCarrier carrier;
  const auto id = write_small_stream(carrier, 60, 20);
  const auto log = carrier.log({id, 1}), head = carrier.heads[id];
  for (std::size_t length = 0; length < log.size(); ++length) {
    carrier.log({id, 1}).assign(log.begin(), log.begin() + length);
    EXPECT_NE(error_of([&] { StreamReader reader(carrier); }, Errc::Integrity), "") << length;
  }
  carrier.log({id, 1}) = log;
  for (std::size_t length = 0; length < head.size(); ++length) {
    carrier.heads[id].assign(head.begin(), head.begin() + length);
    EXPECT_THROW(StreamReader reader(carrier), Error) << length;
  }
}

TEST(Stream, IsChosenByItsIdWhenThereAreSeveral) {
  MemoryCarrier carrier;
  EXPECT_NE(error_of([&] { StreamReader reader(carrier); }, Errc::Io).find("teach"), std::string::npos);
  const auto id = write_small_stream(carrier, 10, 5);
  auto descriptor = internal::small_descriptor();
  descriptor.name = "other";
  StreamWriter(carrier, descriptor, internal::small_codebooks()).finish();
  EXPECT_NE(error_of([&] { StreamReader reader(carrier); }, Errc::Usage).find(hex(id)), std::string::npos);
  EXPECT_EQ(StreamReader(carrier, id).size(), 10U);
  EXPECT_NE(error_of([&] { StreamReader reader(carrier, StreamId{}); }, Errc::Io).find("no head"), std::string::npos);
}

TEST(StreamWriter, RefusesRecordsThatAreNotItsOwn) {
  MemoryCarrier carrier;
  StreamWriter writer(carrier, internal::small_descriptor(), internal::small_codebooks());
  auto records = drawn_records(writer.descriptor(), 4, 1);
  records[1] = internal::drawn_block(Shape(3, 7), 4, 1);
  EXPECT_NE(error_of([&] { writer.add(records); }, Errc::Mismatch).find("'hidden'"), std::string::npos);
  records[1] = internal::drawn_block(Shape(3, 6), 3, 1);
  EXPECT_NE(error_of([&] { writer.add(records); }, Errc::Mismatch).find("3 records for boundary 'hidden'"),
            std::string::npos);
  records = drawn_records(writer.descriptor(), 4, 1);
  records[2].entries(3, 0) = 10;
  EXPECT_NE(error_of([&] { writer.add(records); }, Errc::Format), "");
  records.pop_back();
  EXPECT_NE(error_of([&] { writer.add_held_out(records); }, Errc::Mismatch), "");
  writer.finish();
  EXPECT_EQ(StreamReader(carrier).size(), 0U);
  EXPECT_NE(error_of([&] { writer.finish(); }, Errc::Usage), "");
  const std::vector<std::vector<std::byte>> one(1);
  EXPECT_NE(error_of([&] { StreamWriter w(carrier, internal::small_descriptor(), one); }, Errc::Usage), "");
}

}  // namespace
}  // namespace assimilaate
