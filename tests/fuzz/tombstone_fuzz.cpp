/// Bodies of tombstones: what is accepted lies before it, and is read again as it was once it is written.

#include <cstdlib>

#include "assimilaate/stream/tombstone.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assimilaate;
  constexpr std::uint64_t index = 1000;
  const auto tombstone = parse_tombstone(std::as_bytes(std::span(data, size)), index);
  if (!tombstone) return 0;
  for (const auto& [first, last] : tombstone->ranges)
    if (first < 1 || last < first || last >= index) std::abort();
  const auto again = parse_tombstone(write_tombstone(*tombstone), index).value();
  if (write_tombstone(again) != write_tombstone(*tombstone)) std::abort();
  return 0;
}
