/// Novelty that only the teacher reads.

#include <gtest/gtest.h>

#include <algorithm>

#include "assimilaate/stream/internal/golden_files.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"
#include "assimilaate/stream/statements.hpp"

namespace assimilaate {
namespace {

SecretKey key_of(int number) {
  SecretKey::Seed seed{};
  seed[0] = static_cast<std::byte>(number);
  return SecretKey(seed);
}

const SecretKey teacher = key_of(1), device = key_of(2), other = key_of(3);

struct Case {
  Descriptor descriptor = internal::small_descriptor();
  std::vector<AatBlock> records = internal::drawn_records(descriptor, 3, 3);
  Novelty novelty{.epoch = 2, .seen = 9, .consent = 1};

  [[nodiscard]] Bytes write() const {
    const Statement of{
        .stream = stream_id(descriptor), .codebook = codebooks_digest(descriptor), .epoch = 2, .version = 7};
    const auto reader = teacher.public_key();
    return write_novelty(of, novelty, records, &device, &reader);
  }
  [[nodiscard]] Result<Signed<NoveltyRecords>> read(const Bytes& bytes, const SecretKey* reader) const {
    const Trust trust = Trust().grant({.key = device.public_key(), .role = Role::Device});
    return parse_novelty(bytes, trust, descriptor.shapes(), codebooks_digest(descriptor), reader);
  }
  void expect_read(const Bytes& bytes) const {
    const auto read_back = read(bytes, &teacher).value();
    EXPECT_EQ(read_back.body.novelty, novelty);
    ASSERT_EQ(read_back.body.records.size(), records.size());
    for (std::size_t b = 0; b < records.size(); ++b)
      EXPECT_TRUE(std::ranges::equal(read_back.body.records[b].entries.values(), records[b].entries.values())) << b;
  }
};

TEST(SealedNovelty, IsReadByTheTeacherAlone) {
  const Case sealed;
  const auto bytes = sealed.write();
  sealed.expect_read(bytes);
  EXPECT_EQ(sealed.read(bytes, nullptr).error().code(), Errc::Unsupported);
  EXPECT_EQ(sealed.read(bytes, &other).error().code(), Errc::Integrity);
  EXPECT_EQ(sealed.read(bytes, &device).error().code(), Errc::Integrity);
}

TEST(SealedNovelty, ShowsNothingOfItsRecords) {
  const Case sealed;
  const auto bytes = sealed.write();
  const auto columns = encode_columns(sealed.records, 0, 3);
  EXPECT_TRUE(std::ranges::search(bytes, std::span(columns).subspan(32)).empty());
}

TEST(SealedNovelty, IsRefusedWhenItsDeviceSignedOnlyAPartOfIt) {
  const Case sealed;
  const auto bytes = sealed.write();
  const auto segment = parse_segment(bytes).value();
  const Bytes box(segment.body.begin(), segment.body.end());
  for (std::size_t size = 0; size < box.size(); ++size) {
    const auto cut = seal_segment(segment.header, std::span(box).first(size), &device);
    EXPECT_EQ(sealed.read(cut, &teacher).error().code(), Errc::Integrity) << size;
  }
}

TEST(SealedNovelty, IsRefusedWhereNothingIsSealed) {
  const Case sealed;
  auto header = parse_segment(sealed.write()).value().header;
  for (const auto kind : {SegmentKind::Data, SegmentKind::HeldOut, SegmentKind::Report}) {
    header.kind = kind;
    EXPECT_EQ(check_understood(header)->code(), Errc::Unsupported);
  }
}

TEST(SealedNovelty, IsOpenedForEver) {
  const Case sealed;
  sealed.expect_read(internal::golden_bytes("v1/novelty_sealed.aat", sealed.write()));
}

}  // namespace
}  // namespace assimilaate
