#include "assimilaate/stream/tombstone.hpp"

#include "assimilaate/stream/internal/message.hpp"
#include "assimilaate/stream/stream.pb.h"

namespace assimilaate {

std::vector<std::byte> write_tombstone(const Tombstone& tombstone) {
  proto::Tomb message;
  for (const auto& [first, last] : tombstone.ranges) {
    message.add_first_last(first);
    message.add_first_last(last);
  }
  message.set_reason(tombstone.reason);
  return internal::to_bytes(message);
}

Result<Tombstone> parse_tombstone(std::span<const std::byte> body, std::uint64_t index) {
  proto::Tomb message;
  if (!internal::from_bytes(body, message)) return error(Errc::Format, "tombstone: not a message of its kind");
  if (message.first_last_size() == 0 || message.first_last_size() % 2 != 0)
    return error(Errc::Format, "tombstone: {} indices are no ranges", message.first_last_size());
  Tombstone tombstone{.reason = message.reason()};
  for (int i = 0; i < message.first_last_size(); i += 2) {
    const IndexRange range{message.first_last(i), message.first_last(i + 1)};
    if (range.first == 0 || range.last < range.first || range.last >= index)
      return error(Errc::Format, "tombstone: segments {} to {} are not all between the setup and segment {}",
                   range.first, range.last, index);
    tombstone.ranges.push_back(range);
  }
  return tombstone;
}

std::vector<IndexRange> find_withdrawn(const Carrier& carrier, const LogName& log, std::uint64_t count,
                                       const Trust& trust) {
  std::vector<IndexRange> ranges;
  std::uint64_t offset = 0;
  for (std::uint64_t index = 0; index < count; ++index) {
    HeaderBytes bytes;
    const auto got = carrier.read_log(log, offset, bytes);
    const auto header = parse_header(std::span(bytes).first(got));
    if (!header || header->index != index || header->stream != log.stream || header->epoch != log.epoch) break;
    if (header->kind == SegmentKind::Tombstone && !trust.check(*header)) {
      std::vector<std::byte> body(header->body_length);
      if (carrier.read_log(log, offset + bytes.size(), body) < body.size() || check_body(*header, body)) break;
      const auto tombstone = parse_tombstone(body, index);
      if (!tombstone) break;
      ranges.insert(ranges.end(), tombstone->ranges.begin(), tombstone->ranges.end());
    }
    offset += header->segment_length();
  }
  return ranges;
}

}  // namespace assimilaate
