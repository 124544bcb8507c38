#pragma once
/// One segment: a header of 256 bytes and a body. The same bytes in a file, an HTTP range and an MQTT payload.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assimilaate/core/digest.hpp"
#include "assimilaate/core/error.hpp"
#include "assimilaate/core/signature.hpp"
#include "assimilaate/stream/stream_id.hpp"

namespace assimilaate {

/// What a segment holds. Values of 0x80 and more are ancillary: a reader may skip their bodies.
enum class SegmentKind : std::uint8_t {
  Setup = 0x01,
  Data = 0x02,
  HeldOut = 0x03,
  Tombstone = 0x04,
  Head = 0x10,
  Plan = 0x11,
  Keys = 0x12,
  Report = 0x20,
  Novelty = 0x21,
  Health = 0x22,
  End = 0x80  ///< nothing but the flag LastOfEpoch, where all records were published before
};

/// True for kinds whose bodies are columns of records, alone or behind a message; the others have no records.
[[nodiscard]] constexpr bool carries_records(SegmentKind kind) {
  return kind == SegmentKind::Data || kind == SegmentKind::HeldOut || kind == SegmentKind::Novelty;
}
/// True for kinds that lie in a log, chained.
[[nodiscard]] constexpr bool lies_in_log(SegmentKind kind) {
  return kind < SegmentKind::Head || static_cast<std::uint8_t>(kind) >= 0x80;
}

/// Low byte advisory (unknown bits are ignored), high byte critical (unknown bits are refused).
namespace segment_flags {
inline constexpr std::uint16_t LastOfEpoch = 0x0001, Balanced = 0x0002, Masked = 0x0100, Seeded = 0x0200,
                               Sealed = 0x0400;
}

namespace segment_limits {
inline constexpr std::size_t header = 256;           // [B]
inline constexpr std::uint32_t body = 1U << 20;      // [B]
inline constexpr std::uint32_t raw = 4U << 20;       // [B]
inline constexpr std::uint32_t message = 64U << 10;  // [B], protobuf bodies other than setup
inline constexpr std::uint32_t records = 65'536;
}  // namespace segment_limits

/// The fields of a header, in the order of their bytes; magic, version and header checksum are implied.
struct SegmentHeader {
  SegmentKind kind = SegmentKind::Data;
  std::uint8_t codec = 0;
  std::uint16_t flags = 0;
  StreamId stream{};
  ShortDigest codebook{};          ///< BLAKE2b-128 of the codebook hashes, boundary order
  std::uint32_t epoch = 1;         ///< from 1
  std::uint32_t base_epoch = 0;    ///< 0: a complete teaching set
  std::uint64_t index = 0;         ///< position in the epoch; in heads the version of the head
  std::uint64_t first_record = 0;  ///< records of the same kind before this segment
  std::uint32_t records = 0;       ///< 0 for protobuf bodies
  std::uint32_t raw_length = 0;    ///< of the body decoded to codec 0 [B]
  std::uint32_t body_length = 0;   ///< of the body as carried [B]
  std::uint64_t body_xxh3 = 0;
  std::int64_t time_ms = 0;  ///< Unix time [ms], informative
  std::uint64_t key_id = 0;  ///< 0: unsigned
  Digest previous{};         ///< BLAKE2b-256 of the header before; zero at index 0
  Digest body_hash{};        ///< BLAKE2b-256 of the body as carried
  Signature signature{};     ///< zero: unsigned

  bool operator==(const SegmentHeader&) const = default;
  [[nodiscard]] std::uint64_t segment_length() const noexcept { return segment_limits::header + body_length; }
};

using HeaderBytes = std::array<std::byte, segment_limits::header>;

/// A header and the body behind it; looks at the bytes it was parsed from.
struct Segment {
  SegmentHeader header;
  std::span<const std::byte> body;
};

/// The 256 bytes of a header, its checksum included.
[[nodiscard]] HeaderBytes write_header(const SegmentHeader& header);

/// The header in the first 256 bytes. Checked in this order: length, magic, version, header checksum, reserved bytes
/// and limits, key and signature both there or neither. Kinds, codecs and flags this build does not know pass, so that
/// they can be forwarded. Whether the signature holds is for `Trust` to say.
/// Errors: Integrity (short, checksum), Format (magic, limit), Unsupported (version).
[[nodiscard]] Result<SegmentHeader> parse_header(std::span<const std::byte> bytes);

/// The segment at the front of `bytes`; more may follow. Checked as `parse_header` does, then length and hashes of the
/// body.
[[nodiscard]] Result<Segment> parse_segment(std::span<const std::byte> bytes);

/// Why `body` is not the one its header names, or nothing when it is.
[[nodiscard]] std::optional<Error> check_body(const SegmentHeader& header, std::span<const std::byte> body);

/// Why this build may not use a segment (a critical kind, codec or flag that it does not know), or nothing.
[[nodiscard]] std::optional<Error> check_understood(const SegmentHeader& header);

/// Header and body as they are carried. Fills in lengths (that of the decoded body for codec 0 only), hashes of the
/// body, key and signature.
/// @param key  who signs; nobody leaves it unsigned
[[nodiscard]] std::vector<std::byte> seal_segment(SegmentHeader header, std::span<const std::byte> body,
                                                  const SecretKey* key = nullptr);

/// What a signature is made over: bytes 0..191 of the header with its checksum zero.
using SignedBytes = std::array<std::byte, 192>;
[[nodiscard]] SignedBytes signed_bytes(const SegmentHeader& header);

/// The BLAKE2b-256 of a final header: what the next one names as `previous` and a head as its tip.
[[nodiscard]] Digest header_hash(const SegmentHeader& header);

}  // namespace assimilaate
