/// Headers and segments, as they come and with sums that hold: what is accepted is written to the same bytes.

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "assimilaate/stream/segment.hpp"

namespace {

using namespace assimilaate;

void check(std::span<const std::byte> bytes) {
  if (const auto header = parse_header(bytes); header && !std::ranges::equal(write_header(*header), bytes.first(256)))
    std::abort();
  const auto segment = parse_segment(bytes);
  if (segment && segment->header.segment_length() > bytes.size()) std::abort();
  if (segment) static_cast<void>(check_understood(segment->header));
}

template <typename T>
void store(std::vector<std::byte>& bytes, std::size_t offset, const T& value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check(bytes);
  if (size < segment_limits::header) return 0;
  std::vector<std::byte> sound(bytes.begin(), bytes.end());
  const auto body = bytes.subspan(segment_limits::header);
  store(sound, 80, static_cast<std::uint32_t>(body.size()));
  store(sound, 88, xxh3(body));
  store(sound, 160, blake2b_256(body));
  store(sound, 12, std::uint32_t{0});
  store(sound, 12, xxh32(std::span(sound).first(segment_limits::header)));
  check(sound);
  return 0;
}
