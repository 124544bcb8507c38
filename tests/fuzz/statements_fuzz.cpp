/// Plans, reports, health and novelty, without a signature in the way.

#include "assimilaate/stream/statements.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assimilaate;
  if (size < 1) return 0;
  const auto body = std::as_bytes(std::span(data + 1, size - 1));
  constexpr std::array kinds{SegmentKind::Plan, SegmentKind::Report, SegmentKind::Health, SegmentKind::Novelty};
  SegmentHeader header{.kind = kinds[data[0] % kinds.size()]};
  header.records = header.kind == SegmentKind::Novelty ? 1 + data[0] / 4U : 0;
  if (body.size() > segment_limits::message) return 0;
  const auto bytes = seal_segment(header, body);
  const Trust anyone = Trust::anyone();
  const std::array shapes{Shape(5, 16), Shape(3, 6), Shape(1, 10)};
  static_cast<void>(parse_plan(bytes, anyone));
  static_cast<void>(parse_report(bytes, anyone));
  static_cast<void>(parse_health(bytes, anyone));
  static_cast<void>(parse_novelty(bytes, anyone, shapes, ShortDigest{}));
  return 0;
}
