/// Bodies of heads: what is accepted is read again as it was once it is written. The first byte is the epoch.

#include <cstdlib>

#include "assimilaate/stream/head.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assimilaate;
  if (size < 1 || size > segment_limits::message) return 0;
  SegmentHeader header{.kind = SegmentKind::Head};
  header.epoch = data[0];
  const auto head = parse_head({}, seal_segment(header, std::as_bytes(std::span(data + 1, size - 1))));
  if (!head) return 0;
  const auto written = write_head({}, *head, nullptr);
  if (write_head({}, parse_head({}, written).value(), nullptr) != written) std::abort();
  return 0;
}
