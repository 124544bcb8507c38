/// Key sets, without a signature in the way.

#include "assimilaate/stream/key_set.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assimilaate;
  static_cast<void>(peek_key_set(std::as_bytes(std::span(data, size))));
  SegmentHeader header{.kind = SegmentKind::Keys};
  header.index = size > 0 ? data[0] % 8U : 0;
  if (size > segment_limits::message) return 0;
  static_cast<void>(peek_key_set(seal_segment(header, std::as_bytes(std::span(data, size)))));
  return 0;
}
