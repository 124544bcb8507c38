#include "assimilaate/stream/log_writer.hpp"

#include <gtest/gtest.h>

#include "assimilaate/stream/columns.hpp"
#include "assimilaate/stream/internal/memory_carrier.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"
#include "assimilaate/stream/log_reader.hpp"

namespace assimilaate {
namespace {

using internal::error_of;
using internal::MemoryCarrier;

/// A log of a setup and three segments of seven records, all under the head, and two more that are not.
class LogWriterTest : public ::testing::Test {
 protected:
  LogWriterTest() {
    LogWriter writer(carrier, name);
    writer.append(SegmentKind::Setup, write_setup(descriptor), 0, codebook);
    for (int i = 0; i < 3; ++i) append(writer);
    writer.publish();
    headed = carrier.log(name).size();
    for (int i = 0; i < 2; ++i) {
      last = carrier.log(name).size();
      append(writer);
    }
  }
  void append(LogWriter& writer) {
    const auto records = internal::drawn_records(descriptor, 7, writer.state().count);
    writer.append(SegmentKind::Data, encode_columns(records, 0, 7), 7, codebook);
  }
  std::size_t records_read() {
    LogReader reader(carrier, name.stream);
    std::size_t records = 0;
    while (const auto segment = reader.next()) records += reader.records(*segment).front().size();
    return records;
  }

  MemoryCarrier carrier;
  Descriptor descriptor = internal::small_descriptor();
  LogName name{stream_id(descriptor), 1};
  ShortDigest codebook = codebooks_digest(descriptor);
  std::size_t headed = 0, last = 0;
};

TEST_F(LogWriterTest, ShowsReadersOnlyWhatTheHeadNames) {
  EXPECT_EQ(records_read(), 21U);
  LogWriter writer(carrier, name);
  EXPECT_EQ(writer.cut_bytes(), 0U);
  writer.publish();
  EXPECT_EQ(records_read(), 35U);
}

TEST_F(LogWriterTest, CutsATornTailAtEachByteOfTheLastSegmentAndGoesOn) {
  const auto whole = carrier.log(name);
  for (std::size_t length = last; length < whole.size(); ++length) {
    carrier.log(name) = whole;
    carrier.log(name).resize(length);
    LogWriter writer(carrier, name);
    ASSERT_EQ(writer.state().count, 5U) << length;
    ASSERT_EQ(writer.cut_bytes(), length - last);
    ASSERT_EQ(carrier.log(name).size(), last);
    append(writer);
    ASSERT_EQ(carrier.log(name), whole);
  }
}

TEST_F(LogWriterTest, CutsADamagedSegmentThatNoHeadNames) {
  const auto whole = carrier.log(name);
  for (std::size_t at = headed; at < whole.size(); at += 13) {
    carrier.log(name) = whole;
    carrier.log(name)[at] ^= std::byte{0x10};
    const auto begin = at < last ? headed : last;
    if (at - begin >= 4 && at - begin < 8) {  // another version is not damage: perhaps a newer writer was here
      EXPECT_NE(error_of([&] { LogWriter writer(carrier, name); }, Errc::Unsupported), "") << at;
      continue;
    }
    ASSERT_EQ(LogWriter(carrier, name).state().bytes, begin) << at;
    ASSERT_EQ(carrier.log(name).size(), begin);
  }
}

TEST_F(LogWriterTest, RefusesDamageBelowTheHeadAndKeepsTheLog) {
  const auto whole = carrier.log(name);
  for (std::size_t at = 0; at < headed; at += 7) {
    auto damaged = whole;
    damaged[at] ^= std::byte{0x01};
    carrier.log(name) = damaged;
    EXPECT_THROW(LogWriter(carrier, name), Error) << at;
    ASSERT_EQ(carrier.log(name), damaged);
    EXPECT_THROW((void)records_read(), Error) << at;
  }
}

TEST_F(LogWriterTest, NamesSegmentOffsetReasonAndRemedyOfDamage) {
  auto& bytes = carrier.log(name);
  bytes[headed - 1] ^= std::byte{0x01};
  const auto offset = bytes.size() - 3 * (bytes.size() - last);
  const auto place = fmt::format("segment 3 at offset {}: body checksum", offset);
  const auto writing = error_of([&] { LogWriter writer(carrier, name); }, Errc::Integrity);
  EXPECT_NE(writing.find(place), std::string::npos) << writing;
  EXPECT_NE(writing.find("kept as it is; restore it"), std::string::npos) << writing;
  const auto reading = error_of([&] { (void)records_read(); }, Errc::Integrity);
  EXPECT_NE(reading.find(place), std::string::npos) << reading;
  EXPECT_NE(reading.find("teach it again"), std::string::npos) << reading;
}

TEST_F(LogWriterTest, RefusesALogThatEndsBeforeItsHead) {
  const auto whole = carrier.log(name);
  for (const std::size_t length : {std::size_t{0}, std::size_t{10}, headed - 300, headed - 1}) {
    carrier.log(name) = {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)};
    EXPECT_THROW(LogWriter(carrier, name), Error) << length;
    EXPECT_EQ(carrier.log(name).size(), length);
    EXPECT_THROW((void)records_read(), Error) << length;
  }
}

TEST_F(LogWriterTest, RefusesAnotherChainUnderTheSameHead) {
  MemoryCarrier other;
  LogWriter writer(other, name);
  writer.append(SegmentKind::Setup, write_setup(descriptor), 0, codebook, 0, 5);
  for (int i = 0; i < 3; ++i) append(writer);
  carrier.log(name) = other.log(name);
  const auto reason = error_of([&] { LogWriter again(carrier, name); }, Errc::Integrity);
  EXPECT_NE(reason.find("head's tip"), std::string::npos) << reason;
  EXPECT_NE(error_of([&] { (void)records_read(); }, Errc::Integrity).find("as the head says"), std::string::npos);
}

TEST_F(LogWriterTest, RefusesSegmentsThatWereSwapped) {
  auto& bytes = carrier.log(name);
  const auto length = bytes.size() - last;
  std::swap_ranges(bytes.begin() + headed - length, bytes.begin() + headed, bytes.begin() + headed - 2 * length);
  const auto reason = error_of([&] { (void)records_read(); }, Errc::Integrity);
  EXPECT_NE(reason.find("out of order"), std::string::npos) << reason;
}

TEST_F(LogWriterTest, SkipsAncillarySegmentsAndStopsAtCriticalOnes) {
  LogWriter writer(carrier, name);
  writer.append(static_cast<SegmentKind>(0x80), internal::text_bytes("not for us"), 0, codebook);
  append(writer);
  writer.publish();
  EXPECT_EQ(records_read(), 42U);
  writer.append(static_cast<SegmentKind>(0x05), {}, 0, codebook);
  writer.publish();
  const auto reason = error_of([&] { (void)records_read(); }, Errc::Unsupported);
  EXPECT_NE(reason.find("kind 0x05"), std::string::npos) << reason;
  const auto size = carrier.log(name).size();
  EXPECT_THROW(LogWriter(carrier, name), Error);
  EXPECT_EQ(carrier.log(name).size(), size);
}

TEST_F(LogWriterTest, CountsUpTheVersionOfItsHeadsAndClosesEpochs) {
  const auto version = [&] { return read_head(carrier, name.stream)->version; };
  EXPECT_EQ(version(), 0U);
  LogWriter(carrier, name).publish();
  EXPECT_EQ(version(), 1U);
  LogWriter next(carrier, {name.stream, 2});
  next.append(SegmentKind::Setup, write_setup(descriptor), 0, codebook);
  next.publish();
  EXPECT_EQ(version(), 2U);
  EXPECT_EQ(read_head(carrier, name.stream)->previous->epoch, 1U);
  EXPECT_NE(error_of([&] { LogWriter old(carrier, name); }, Errc::Usage).find("epoch 1 is closed"), std::string::npos);
}

TEST_F(LogWriterTest, SyncsEveryGroupAndBeforeEveryHead) {
  MemoryCarrier fresh;
  LogWriter writer(fresh, name);
  writer.append(SegmentKind::Setup, write_setup(descriptor), 0, codebook);
  for (std::uint64_t i = 1; i < 2 * LogWriter::sync_group + 10; ++i) append(writer);
  EXPECT_EQ(fresh.syncs, 2U);
  writer.publish();
  EXPECT_EQ(fresh.syncs, 3U);
}

}  // namespace
}  // namespace assimilaate
