#include "assimilaate/stream/segment.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace assimilaate {
namespace {

static_assert(std::endian::native == std::endian::little, "segments are little-endian");

constexpr std::uint32_t magic = 0x53544141;  // "AATS"
constexpr std::uint16_t version = 1;
constexpr std::size_t checksum_at = 12;

/// Calls `field(offset, value)` for every field that is kept as it is.
template <typename Header, typename Visit>
void visit_fields(Header& h, Visit field) {
  field(8, h.kind);
  field(9, h.codec);
  field(10, h.flags);
  field(16, h.stream);
  field(32, h.codebook);
  field(48, h.epoch);
  field(52, h.base_epoch);
  field(56, h.index);
  field(64, h.first_record);
  field(72, h.records);
  field(76, h.raw_length);
  field(80, h.body_length);
  field(88, h.body_xxh3);
  field(96, h.time_ms);
  field(104, h.key_id);
  field(128, h.previous);
  field(160, h.body_hash);
  field(192, h.signature);
}

template <typename T>
T load(std::span<const std::byte> bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

template <typename T>
void store(HeaderBytes& bytes, std::size_t offset, const T& value) {
  std::memcpy(bytes.data() + offset, &value, sizeof(T));
}

bool all_zero(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

bool is_known(SegmentKind kind) {
  return (kind >= SegmentKind::Setup && kind <= SegmentKind::Tombstone) ||
         (kind >= SegmentKind::Head && kind <= SegmentKind::Keys) ||
         (kind >= SegmentKind::Report && kind <= SegmentKind::Health);
}

std::optional<Error> check_limits(const SegmentHeader& h) {
  using namespace segment_limits;
  const auto refuse = [](const char* what, std::uint64_t value, const char* limit) {
    return error(Errc::Format, "{} is {}, {} (not a segment of this format)", what, value, limit);
  };
  if (h.body_length > body) return refuse("body length", h.body_length, "at most 1 MiB is allowed");
  if (h.raw_length > raw || h.raw_length > 64ULL * h.body_length + 4096)
    return refuse("decoded length", h.raw_length, "at most 4 MiB and 64 times the body is allowed");
  if (h.codec == 0 && h.raw_length != h.body_length)
    return refuse("decoded length", h.raw_length, "codec 0 keeps the length of the body");
  if (h.records > records) return refuse("number of records", h.records, "at most 65536 are allowed");
  if (is_known(h.kind) && carries_records(h.kind) != (h.records > 0))
    return refuse("number of records", h.records, "segments of examples have some, others none");
  if (is_known(h.kind) && !carries_records(h.kind) && h.kind != SegmentKind::Setup && h.body_length > message)
    return refuse("body length", h.body_length, "at most 64 KiB is allowed for this kind");
  if (h.epoch == 0) return refuse("epoch", h.epoch, "epochs count from 1");
  if (h.base_epoch >= h.epoch) return refuse("base epoch", h.base_epoch, "it must lie before the epoch");
  return std::nullopt;
}

}  // namespace

HeaderBytes write_header(const SegmentHeader& header) {
  HeaderBytes bytes{};
  store(bytes, 0, magic);
  store(bytes, 4, version);
  store(bytes, 6, static_cast<std::uint16_t>(bytes.size()));
  visit_fields(header, [&](std::size_t offset, const auto& value) { store(bytes, offset, value); });
  store(bytes, checksum_at, xxh32(bytes));
  return bytes;
}

Result<SegmentHeader> parse_header(std::span<const std::byte> bytes) {
  using segment_limits::header;
  if (bytes.size() < header)
    return error(Errc::Integrity, "{} of the {} bytes of a header (cut short)", bytes.size(), header);
  bytes = bytes.first(header);
  if (load<std::uint32_t>(bytes, 0) != magic)
    return error(Errc::Format, "magic is {}, a segment starts with 41415453", hex(bytes.first(4)));
  if (const auto v = load<std::uint16_t>(bytes, 4), length = load<std::uint16_t>(bytes, 6);
      v != version || length != header)
    return error(Errc::Unsupported, "version {} with headers of {} bytes, this build reads version 1 with 256", v,
                 length);
  HeaderBytes copy;
  std::ranges::copy(bytes, copy.begin());
  store(copy, checksum_at, std::uint32_t{0});
  if (const auto named = load<std::uint32_t>(bytes, checksum_at), found = xxh32(copy); named != found)
    return error(Errc::Integrity, "header checksum is {:08x}, its bytes give {:08x} (damaged)", named, found);
  SegmentHeader h;
  visit_fields(h, [&](std::size_t offset, auto& value) { std::memcpy(&value, bytes.data() + offset, sizeof(value)); });
  if (!all_zero(bytes.subspan(84, 4)) || !all_zero(bytes.subspan(112, 16)))
    return error(Errc::Format, "reserved header bytes are not zero");
  if (auto broken = check_limits(h)) return *std::move(broken);
  if (h.key_id == 0 && !all_zero(h.signature)) return error(Errc::Format, "a signature without a key");
  if (h.key_id != 0 && all_zero(h.signature)) return error(Errc::Format, "key {:016x} without a signature", h.key_id);
  return h;
}

std::optional<Error> check_body(const SegmentHeader& header, std::span<const std::byte> body) {
  if (const auto found = xxh3(body); found != header.body_xxh3)
    return error(Errc::Integrity, "body checksum is {:016x}, its bytes give {:016x} (damaged)", header.body_xxh3,
                 found);
  if (const auto found = blake2b_256(body); found != header.body_hash)
    return error(Errc::Integrity, "body hash is {}, its bytes give {} (altered)", hex(header.body_hash), hex(found));
  return std::nullopt;
}

Result<Segment> parse_segment(std::span<const std::byte> bytes) {
  auto header = parse_header(bytes);
  if (!header) return header.error();
  const auto behind = bytes.subspan(segment_limits::header);
  if (behind.size() < header->body_length)
    return error(Errc::Integrity, "{} of the {} bytes of a body (cut short)", behind.size(), header->body_length);
  const auto body = behind.first(header->body_length);
  if (auto broken = check_body(*header, body)) return *std::move(broken);
  return Segment{*header, body};
}

std::optional<Error> check_understood(const SegmentHeader& h) {
  if (static_cast<std::uint8_t>(h.kind) >= 0x80) return std::nullopt;
  const auto refuse = [](const char* what, unsigned value) {
    return error(Errc::Unsupported, "{} 0x{:02x} is not known to this build (a newer teacher?)", what, value);
  };
  if (!is_known(h.kind)) return refuse("kind", static_cast<unsigned>(h.kind));
  const bool records = h.kind == SegmentKind::Data || h.kind == SegmentKind::HeldOut;
  if (h.codec > (records ? 1 : 0)) return refuse("codec", h.codec);
  // Held-out records are never drawn; nothing but novelty is sealed.
  const unsigned known = h.kind == SegmentKind::Data      ? segment_flags::Masked | segment_flags::Seeded
                         : h.kind == SegmentKind::Novelty ? segment_flags::Masked | segment_flags::Sealed
                         : carries_records(h.kind)        ? segment_flags::Masked
                                                          : 0U;
  if (const unsigned critical = h.flags & 0xff00U & ~known; critical != 0) return refuse("critical flag", critical);
  return std::nullopt;
}

SignedBytes signed_bytes(const SegmentHeader& header) {
  auto bytes = write_header(header);
  store(bytes, checksum_at, std::uint32_t{0});
  SignedBytes part;
  std::copy_n(bytes.begin(), part.size(), part.begin());
  return part;
}

std::vector<std::byte> seal_segment(SegmentHeader header, std::span<const std::byte> body, const SecretKey* key) {
  ASSIMILAATE_EXPECTS(body.size() <= segment_limits::body);
  header.body_length = static_cast<std::uint32_t>(body.size());
  if (header.codec == 0) header.raw_length = header.body_length;
  header.body_xxh3 = xxh3(body);
  header.body_hash = blake2b_256(body);
  header.key_id = key != nullptr ? key_id(key->public_key()) : 0;
  header.signature = key != nullptr ? key->sign(signed_bytes(header)) : Signature{};
  const auto head = write_header(header);
  std::vector<std::byte> bytes(head.size() + body.size());
  std::ranges::copy(body, std::ranges::copy(head, bytes.begin()).out);
  return bytes;
}

Digest header_hash(const SegmentHeader& header) { return blake2b_256(write_header(header)); }

}  // namespace assimilaate
