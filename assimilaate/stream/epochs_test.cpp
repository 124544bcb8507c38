/// Epochs on top of each other, tombstones, drawn inputs and range coding in whole streams.

#include <gtest/gtest.h>

#include "assimilaate/stream/internal/memory_carrier.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"
#include "assimilaate/stream/stream_reader.hpp"

namespace assimilaate {
namespace {

using internal::drawn_records;
using internal::error_of;
using internal::MemoryCarrier;

StreamWriter writer(Carrier& carrier, EpochSetup epoch = {}, EpochStart start = EpochStart::Complete) {
  return {carrier, internal::small_descriptor(), internal::small_codebooks(), {}, 0, {}, std::move(epoch), start};
}

void write_epoch(Carrier& carrier, std::size_t data, std::size_t held_out, bool extend) {
  auto to = writer(carrier, {}, extend ? EpochStart::Extension : EpochStart::Complete);
  to.add(drawn_records(to.descriptor(), data, 1 + to.epoch()));
  to.add_held_out(drawn_records(to.descriptor(), held_out, 100 + to.epoch()));
  to.finish();
}

TEST(Epochs, AddUpAndHoldOutTheNewest) {
  MemoryCarrier carrier;
  write_epoch(carrier, 50, 9, false);
  write_epoch(carrier, 20, 0, true);
  EXPECT_EQ(StreamReader(carrier).size(), 70U);
  EXPECT_EQ(StreamReader(carrier).held_out_size(), 9U);
  write_epoch(carrier, 5, 3, true);
  const StreamReader reader(carrier);
  EXPECT_EQ(reader.size(), 75U);
  EXPECT_EQ(reader.held_out_size(), 3U);
  const auto& input = reader.boundaries()[0];
  EXPECT_TRUE(std::ranges::equal(input[0], drawn_records(reader.descriptor(), 50, 2)[0][0]));
  EXPECT_TRUE(std::ranges::equal(input[50], drawn_records(reader.descriptor(), 20, 3)[0][0]));
  EXPECT_TRUE(std::ranges::equal(input[70], drawn_records(reader.descriptor(), 5, 4)[0][0]));
  write_epoch(carrier, 8, 0, false);
  EXPECT_EQ(StreamReader(carrier).size(), 8U) << "a complete epoch begins anew";
}

TEST(Epochs, ArePinnedToTheOneTheyExtend) {
  MemoryCarrier carrier, other;
  write_epoch(carrier, 50, 9, false);
  write_epoch(other, 51, 9, false);
  write_epoch(carrier, 20, 0, true);
  const auto id = carrier.streams().front();
  carrier.log({id, 1}) = other.log({id, 1});
  EXPECT_NE(error_of([&] { StreamReader reader(carrier); }, Errc::Integrity).find("before the tip"), std::string::npos);
  carrier.logs.erase({id, 1});
  EXPECT_NE(error_of([&] { StreamReader reader(carrier); }, Errc::Integrity), "");
  MemoryCarrier empty;
  EXPECT_NE(error_of([&] { (void)writer(empty, {}, EpochStart::Extension); }, Errc::Usage).find("no epoch yet"),
            std::string::npos);
}

/// What a live teacher does: held-out first, then blocks, each published.
void teach_live(Carrier& carrier, EpochStart start, std::size_t blocks) {
  auto to = writer(carrier, {}, start);
  to.add_held_out(drawn_records(to.descriptor(), 9, 100));
  for (std::size_t block = 0; block < blocks; ++block) {
    to.add(drawn_records(to.descriptor(), 40, block));
    to.publish();
  }
  if (blocks == 3) to.finish();
}

TEST(LiveEpoch, ShowsWhatWasPublishedAndSaysWhenItEnds) {
  MemoryCarrier carrier;
  auto to = writer(carrier);
  to.add_held_out(drawn_records(to.descriptor(), 9, 100));
  to.add(drawn_records(to.descriptor(), 40, 1));
  to.publish();
  EXPECT_EQ(StreamReader(carrier).size(), 40U);
  EXPECT_EQ(StreamReader(carrier).held_out_size(), 9U);
  EXPECT_FALSE(StreamReader(carrier).closed());
  const auto version = read_head(carrier, to.id())->version;
  to.publish();
  EXPECT_EQ(read_head(carrier, to.id())->version, version) << "nothing new, no head";
  to.add(drawn_records(to.descriptor(), 2, 2));
  to.publish();
  to.finish();
  const StreamReader reader(carrier);
  EXPECT_TRUE(reader.closed());
  EXPECT_EQ(reader.size(), 42U);
}

TEST(LiveEpoch, KilledAfterAnySegmentAndResumedHasTheSameBytes) {
  MemoryCarrier whole;
  teach_live(whole, EpochStart::Complete, 3);
  const auto id = whole.streams().front();
  const auto& expected = whole.log({id, 1});
  for (std::size_t room = 500; room < expected.size() + 500; room += 700) {
    MemoryCarrier killed;
    killed.room = room;
    const bool failed = room < expected.size();
    try {
      teach_live(killed, EpochStart::Resume, 3);
      EXPECT_FALSE(failed) << room;
    } catch (const Error&) {
      EXPECT_TRUE(failed) << room;
    }
    killed.room = SIZE_MAX;
    if (!failed) continue;
    auto& torn = killed.log({id, 1});
    torn.insert(torn.end(), 100, std::byte{1});
    teach_live(killed, EpochStart::Resume, 3);
    EXPECT_TRUE(torn == expected) << room;
    EXPECT_TRUE(StreamReader(killed).closed());
    teach_live(killed, EpochStart::Resume, 3);
    EXPECT_EQ(StreamReader(killed).epoch(), 2U) << "what is finished is not resumed";
  }
}

TEST(LiveEpoch, IsNotResumedWithOtherData) {
  MemoryCarrier carrier;
  teach_live(carrier, EpochStart::Complete, 2);
  auto shorter = writer(carrier, {}, EpochStart::Resume);
  shorter.add_held_out(drawn_records(shorter.descriptor(), 9, 100));
  EXPECT_NE(error_of([&] { shorter.finish(); }, Errc::Mismatch).find("80 records"), std::string::npos);
  EpochSetup other;
  other.frequencies = fit_frequencies(drawn_records(shorter.descriptor(), 50, 1), 1000);
  EXPECT_NE(error_of([&] { (void)writer(carrier, other, EpochStart::Resume); }, Errc::Mismatch).find("another setup"),
            std::string::npos);
}

TEST(LiveEpoch, ThatIsClosedTakesNoMoreThoughNoHeadSaysSoYet) {
  MemoryCarrier carrier;
  teach_live(carrier, EpochStart::Complete, 3);
  carrier.heads.clear();  // killed before its last head
  EXPECT_NE(error_of([&] { teach_live(carrier, EpochStart::Resume, 4); }, Errc::Mismatch).find("is closed"),
            std::string::npos);
  teach_live(carrier, EpochStart::Resume, 3);
  EXPECT_TRUE(StreamReader(carrier).closed());
}

TEST(Reader, OfWhatIsThereSoFarStopsWhereTheLogDoes) {
  MemoryCarrier carrier;
  teach_live(carrier, EpochStart::Complete, 3);
  const auto id = carrier.streams().front();
  auto& log = carrier.log({id, 1});
  const auto all = log;
  std::size_t before = 0, steps = 0;
  for (std::uint64_t end = 0; end < all.size();) {
    end += parse_segment(std::span(all).subspan(end)).value().header.segment_length();
    log.assign(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(end));
    const StreamReader reader(carrier, id, {}, Extent::SoFar);
    EXPECT_EQ(reader.whole(), end == all.size());
    EXPECT_EQ(reader.closed(), end == all.size());
    EXPECT_GE(reader.size(), before);
    before = reader.size();
    ++steps;
    if (end == all.size()) continue;
    EXPECT_NE(error_of([&] { StreamReader whole(carrier, id); }, Errc::Integrity), "");
  }
  EXPECT_EQ(before, 120U);
  EXPECT_GE(steps, 5U);
  log.back() ^= std::byte{1};
  EXPECT_NE(error_of([&] { StreamReader r(carrier, id, {}, Extent::SoFar); }, Errc::Integrity), "");
}

TEST(Tombstone, TakesSegmentsOutAndLetsTheirBodiesGo) {
  MemoryCarrier carrier;
  const auto id = internal::write_small_stream(carrier, 40'000, 30);
  const auto before = StreamReader(carrier);
  std::uint64_t taken = 0;
  {
    LogWriter log(carrier, {id, 1});
    log.withdraw({.ranges = {{1, 1}}, .reason = 3});
    log.publish();
    EXPECT_NE(error_of([&] { log.withdraw({.ranges = {{0, 1}}}); }, Errc::Usage), "");
    EXPECT_NE(error_of([&] { log.withdraw({.ranges = {{1, 99}}}); }, Errc::Usage), "");
  }
  auto& log = carrier.log({id, 1});
  const auto setup = parse_segment(log).value().header;
  const auto first = parse_segment(std::span(log).subspan(setup.segment_length())).value().header;
  taken = first.records;
  EXPECT_EQ(StreamReader(carrier).size(), before.size() - taken);
  std::fill_n(log.begin() + static_cast<std::ptrdiff_t>(setup.segment_length()) + 256, first.body_length, std::byte{0});
  EXPECT_EQ(StreamReader(carrier).size(), before.size() - taken);
  LogWriter(carrier, {id, 1}).publish();  // a writer goes on behind it
  log[setup.segment_length() + 256 + first.body_length + 300] ^= std::byte{1};
  EXPECT_NE(error_of([&] { StreamReader reader(carrier); }, Errc::Integrity), "") << "the next body counts";
}

TEST(Tombstone, OfASegmentThatIsNotThereIsNone) {
  EXPECT_FALSE(parse_tombstone(write_tombstone({.ranges = {{5, 4}}}), 9).has_value());
  EXPECT_FALSE(parse_tombstone(write_tombstone({.ranges = {{5, 9}}}), 9).has_value());
  EXPECT_FALSE(parse_tombstone(write_tombstone({}), 9).has_value());
  EXPECT_TRUE(parse_tombstone(write_tombstone({.ranges = {{5, 8}}}), 9).has_value());
}

EpochSetup generator() {
  EpochSetup epoch;
  epoch.generator = InputGenerator{.seed = 99, .marginals = {}};
  for (int s = 0; s < 5; ++s) epoch.generator->marginals.push_back(thresholds_of(std::vector<std::uint64_t>(16, 1)));
  return epoch;
}

TEST(SeededStream, BringsItsInputsBackAlsoOverWideGapsAndBesideExplicitOnes) {
  MemoryCarrier carrier;
  auto to = writer(carrier, generator());
  auto records = drawn_records(to.descriptor(), 6, 1);
  const std::vector<std::uint64_t> counters{3, 4, 100'000, 100'001, 100'002, 100'900};
  for (std::size_t r = 0; r < 6; ++r) generator().generator->draw(counters[r], records[0].entries.row(r));
  const auto explicit_ones = drawn_records(to.descriptor(), 4, 7);
  to.add_seeded(records, counters);
  to.add(explicit_ones);
  to.add_held_out(explicit_ones);
  to.finish();
  const StreamReader reader(carrier);
  ASSERT_EQ(reader.size(), 10U);
  for (std::size_t r = 0; r < 6; ++r) EXPECT_TRUE(std::ranges::equal(reader.boundaries()[0][r], records[0][r])) << r;
  for (std::size_t r = 0; r < 4; ++r)
    EXPECT_TRUE(std::ranges::equal(reader.boundaries()[0][6 + r], explicit_ones[0][r])) << r;
  EXPECT_EQ(reader.segments(), 5U) << "setup, two around the gap, explicit ones, held out";
}

TEST(RangeCodedStream, IsShorterAndTheSame) {
  MemoryCarrier plain, coded;
  const auto skewed = [](const Descriptor& descriptor) {
    auto records = drawn_records(descriptor, 5000, 1);
    for (AatBlock& block : records)
      for (Address& a : block.entries.values()) a /= 3;
    return records;
  };
  EpochSetup tables;
  tables.frequencies = fit_frequencies(skewed(internal::small_descriptor()), 5000);
  for (auto* carrier : {&plain, &coded}) {
    auto to = writer(*carrier, carrier == &coded ? tables : EpochSetup{});
    to.add(skewed(to.descriptor()));
    to.finish();
  }
  const StreamReader a(plain), b(coded);
  EXPECT_LT(b.bits().data + b.bits().setup, a.bits().data + a.bits().setup);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(a.boundaries()[i].entries, b.boundaries()[i].entries);
}

}  // namespace
}  // namespace assimilaate
