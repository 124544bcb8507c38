#pragma once
/// What may go up, and what devices are called on the way.

#include <string>

#include "assimilaate/stream/key_file.hpp"
#include "assimilaate/stream/segment.hpp"

namespace assimilaate::internal {

/// 64 lower-case hexadecimal digits: fits a certificate's common name, a topic and a folder.
[[nodiscard]] inline std::string device_name(const PublicKey& device) { return hex(device); }
/// Nothing for what is no device's name, upper-case digits too: a device has one name.
[[nodiscard]] inline std::optional<PublicKey> parse_device_name(std::string_view name) {
  const auto key = parse_public_key(name);
  return key && hex(*key) == name ? key : std::nullopt;
}

/// The header of a segment that may go up. @throws Error{Usage} for another kind, or bytes behind it; what is no
/// segment at all is refused as `parse_header` does.
[[nodiscard]] inline SegmentHeader upload_header(std::span<const std::byte> segment) {
  const auto header = parse_header(segment).value();
  if (header.kind != SegmentKind::Report && header.kind != SegmentKind::Novelty && header.kind != SegmentKind::Health)
    fail(Errc::Usage, "a segment of kind 0x{:02x} does not go up: reports, health and novelty do",
         static_cast<unsigned>(header.kind));
  if (header.segment_length() != segment.size())
    fail(Errc::Usage, "{} bytes to send, the segment has {}", segment.size(), header.segment_length());
  return header;
}

}  // namespace assimilaate::internal
