#pragma once
/// Long logs of small segments, and a reader that takes a log as it is carried, for tests and benchmarks.

#include <cstring>

#include "assimilaate/stream/columns.hpp"
#include "assimilaate/stream/log_reader.hpp"
#include "assimilaate/stream/log_writer.hpp"
#include "assimilaate/stream/stream_reader.hpp"

namespace assimilaate::internal {

/// Records of the small stream that make a segment of about 4 KiB and of about 64 KiB.
inline constexpr std::uint32_t records_4k = 930, records_64k = 15'850;

/// Append `count` equal segments to epoch 1 and publish them.
inline void lengthen(Carrier& carrier, const StreamId& id, std::size_t count, std::uint32_t records = records_4k) {
  const auto descriptor = LogReader(carrier, id).descriptor();
  LogWriter writer(carrier, {id, 1});
  std::vector<AatBlock> blocks;
  for (const Shape& shape : descriptor.shapes()) {
    AatBlock block(shape, records);
    for (std::size_t i = 0; i < records; ++i)
      for (std::size_t m = 0; m < shape.spaces(); ++m)
        block.entries(i, m) = static_cast<Address>((7 * i + m) % shape.addresses(m));
    blocks.push_back(std::move(block));
  }
  const auto body = encode_columns(blocks, 0, records);
  for (std::size_t i = 0; i < count; ++i) writer.append(SegmentKind::Data, body, records, codebooks_digest(descriptor));
  writer.publish();
}

/// Read segment by segment from `offset` on, at most `most` of them; all their bytes when `keep`, else the last.
struct Read {
  std::size_t segments = 0;
  std::uint64_t end = 0;
  std::vector<std::byte> bytes{};
};
inline Read read_segments(const Carrier& carrier, const LogName& log, std::uint64_t offset, std::size_t most,
                          bool keep = true) {
  Read read{0, offset, {}};
  std::vector<std::byte> segment;
  while (read.segments < most) {
    segment.resize(256);
    if (carrier.read_log(log, read.end, segment) != 256) break;
    std::uint32_t body = 0;
    std::memcpy(&body, segment.data() + 80, sizeof body);
    segment.resize(256 + body);
    if (carrier.read_log(log, read.end + 256, std::span(segment).subspan(256)) != body) break;
    read.end += segment.size();
    ++read.segments;
    if (keep) read.bytes.insert(read.bytes.end(), segment.begin(), segment.end());
  }
  return read;
}

}  // namespace assimilaate::internal
