#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <functional>

#include "assimilaate/stream/columns.hpp"
#include "assimilaate/stream/head.hpp"
#include "assimilaate/stream/internal/golden_files.hpp"
#include "assimilaate/stream/internal/memory_carrier.hpp"
#include "assimilaate/stream/internal/test_stream.hpp"
#include "assimilaate/stream/records.hpp"
#include "assimilaate/stream/stream_reader.hpp"

namespace assimilaate {
namespace {

using Bytes = std::vector<std::byte>;
namespace fs = std::filesystem;

using internal::golden;
using internal::golden_bytes;

Bytes data_segment(std::uint32_t none_of, SegmentKind kind = SegmentKind::Data) {
  const Descriptor descriptor = internal::small_descriptor();
  const auto body = encode_columns(internal::drawn_records(descriptor, 9, 3, none_of), 0, 9);
  SegmentHeader header;
  header.kind = kind;
  header.flags = none_of == 0 ? 0 : segment_flags::Masked;
  header.stream = stream_id(descriptor);
  header.codebook = codebooks_digest(descriptor);
  header.index = 17;
  header.first_record = 1000;
  header.records = 9;
  header.time_ms = 1'700'000'000'000;
  return seal_segment(header, body);
}

/// Decode a segment of records and encode it anew.
Bytes encoded_again(const Bytes& bytes) {
  const auto segment = parse_segment(bytes).value();
  if (auto unknown = check_understood(segment.header)) throw *unknown;
  const ColumnCoding coding{.shapes = internal::small_descriptor().shapes()};
  const auto records = decode_records(segment, coding).value();
  return seal_segment(segment.header, encode_columns(records, 0, segment.header.records));
}

TEST(Golden, SegmentsDecodeForEverAndEncodeToTheSameBytes) {
  const std::vector<std::pair<fs::path, Bytes>> files{{"v1/data.aat", data_segment(0)},
                                                      {"v1/masked.aat", data_segment(3)},
                                                      {"v1/heldout.aat", data_segment(0, SegmentKind::HeldOut)}};
  for (const auto& [file, made] : files) {
    const auto bytes = golden_bytes(file, made);
    EXPECT_EQ(bytes, made) << file;
    EXPECT_EQ(encoded_again(bytes), bytes) << file;
  }
}

TEST(Golden, StreamDecodesForEverAndEncodesToTheSameBytes) {
  internal::MemoryCarrier carrier;
  const auto id = internal::write_small_stream(carrier, 20, 7);
  const auto log = golden_bytes("v1/log.aat", carrier.log({id, 1})),
             head = golden_bytes("v1/head.aat", carrier.heads[id]);
  EXPECT_EQ(log, carrier.log({id, 1}));
  EXPECT_EQ(head, carrier.heads[id]);
  EXPECT_EQ(hex(id), "23fd109bb0b49c78e5b2526ed679f362");
  carrier.log({id, 1}) = log;
  carrier.heads[id] = head;
  const StreamReader reader(carrier);
  EXPECT_EQ(reader.size(), 20U);
  EXPECT_EQ(reader.held_out_size(), 7U);
  EXPECT_EQ(write_head(id, parse_head(id, head).value()), head);
  const auto setup = parse_segment(log).value();
  EXPECT_TRUE(std::ranges::equal(write_setup(parse_setup(setup.body).value().descriptor), setup.body));
}

struct Bad {
  const char* file;
  Errc code;
  const char* reason;
  std::function<Bytes()> made;
};

template <typename T>
void put(Bytes& bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

/// A header field changed, the checksum right again.
template <typename T>
Bytes with_field(std::size_t at, T value) {
  auto bytes = data_segment(0);
  put(bytes, at, value);
  put(bytes, 12, std::uint32_t{0});
  put(bytes, 12, xxh32(std::span(bytes).first(256)));
  return bytes;
}

/// A body byte changed, all hashes right again.
Bytes with_body(std::size_t at, int value) {
  const auto bytes = data_segment(0);
  const auto segment = parse_segment(bytes).value();
  Bytes body(segment.body.begin(), segment.body.end());
  body[at] = static_cast<std::byte>(value);
  return seal_segment(segment.header, body);
}

Bytes flipped(std::size_t at) {
  auto bytes = data_segment(0);
  bytes[at] ^= std::byte{0x20};
  return bytes;
}

Bytes cut(std::size_t length) {
  auto bytes = data_segment(0);
  bytes.resize(length);
  return bytes;
}

const std::vector<Bad> bad_files{
    {"empty.aat", Errc::Integrity, "0 of the 256 bytes", [] { return Bytes{}; }},
    {"header_cut.aat", Errc::Integrity, "200 of the 256 bytes of a header", [] { return cut(200); }},
    {"body_cut.aat", Errc::Integrity, "of a body (cut short)", [] { return cut(300); }},
    {"magic.aat", Errc::Format, "starts with 41415453", [] { return flipped(0); }},
    {"header_flipped.aat", Errc::Integrity, "header checksum", [] { return flipped(60); }},
    {"body_flipped.aat", Errc::Integrity, "body checksum", [] { return flipped(300); }},
    {"body_altered.aat", Errc::Integrity, "body hash", [] { return with_field(160, 0); }},
    {"version.aat", Errc::Unsupported, "version 2", [] { return with_field(4, std::uint16_t{2}); }},
    {"header_length.aat", Errc::Unsupported, "headers of 320", [] { return with_field(6, std::uint16_t{320}); }},
    {"kind.aat", Errc::Unsupported, "kind 0x7f", [] { return with_field(8, std::uint8_t{0x7f}); }},
    {"codec.aat", Errc::Unsupported, "column method 239", [] { return with_field(9, std::uint8_t{1}); }},
    {"seeded_flag.aat", Errc::Format, "disagree about drawn inputs",
     [] { return with_field(10, std::uint16_t{0x200}); }},
    {"body_length.aat", Errc::Format, "at most 1 MiB", [] { return with_field(80, 0x7fffffff); }},
    {"records.aat", Errc::Format, "columns of 65536 records", [] { return with_field(72, 65'536); }},
    {"reserved.aat", Errc::Format, "reserved", [] { return with_field(84, 1); }},
    {"signed.aat", Errc::Format, "without a signature", [] { return with_field(104, std::uint64_t{1}); }},
    {"signature.aat", Errc::Format, "signature without a key", [] { return with_field(192, 1); }},
    {"layout.aat", Errc::Unsupported, "layout 9", [] { return with_body(0, 9); }},
    {"boundaries.aat", Errc::Format, "4 boundaries", [] { return with_body(1, 4); }},
    {"seeded.aat", Errc::Format, "the setup has no generator", [] { return with_body(2, 1); }},
    {"mask_mode.aat", Errc::Format, "padding bits of a mask", [] { return with_body(3, 1); }},
    {"address.aat", Errc::Format, "address 7 in space 0, codebook has 6 (boundary 1; wrong stream?)",
     [] { return with_body(32 + 5 * 5, 0xff); }},
    {"padding.aat", Errc::Format, "padding", [] { return with_body(32 + 4, 0xf0); }},
};

TEST(Golden, BadFilesAreRefusedWithTheirReason) {
  for (const Bad& bad : bad_files) {
    const auto bytes = golden_bytes(fs::path("bad") / bad.file, bad.made());
    const auto reason = internal::error_of([&] { (void)encoded_again(bytes); }, bad.code);
    EXPECT_NE(reason.find(bad.reason), std::string::npos) << bad.file << ": " << reason;
  }
  const auto files = std::distance(fs::directory_iterator(golden / "bad"), fs::directory_iterator());
  EXPECT_EQ(static_cast<std::size_t>(files), bad_files.size()) << "each file of tests/golden/bad has its line here";
}

}  // namespace
}  // namespace assimilaate
