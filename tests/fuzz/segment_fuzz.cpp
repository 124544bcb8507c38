/// Headers and segments: nothing crashes, and what is accepted is written to the same bytes.

#include <algorithm>

#include "assimilaate/stream/head.hpp"
#include "assimilaate/stream/segment.hpp"
#include "assimilaate/stream/setup.hpp"
#include "assimilaate/stream/tombstone.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assimilaate;
  const auto bytes = std::as_bytes(std::span(data, size));
  if (const auto header = parse_header(bytes); header && !std::ranges::equal(write_header(*header), bytes.first(256)))
    std::abort();
  static_cast<void>(parse_segment(bytes));
  static_cast<void>(parse_head(StreamId{}, bytes));
  static_cast<void>(parse_setup(bytes));
  static_cast<void>(parse_tombstone(bytes, 1000));
  return 0;
}
