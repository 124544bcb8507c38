#include "assimilaate/stream/records.hpp"

namespace assimilaate {

Result<std::vector<AatBlock>> decode_records(const Segment& segment, const ColumnCoding& coding) {
  const SegmentHeader& header = segment.header;
  const auto flagged = [&](std::uint16_t flag) { return (header.flags & flag) != 0; };
  auto records = decode_columns(segment.body, coding, header.records, header.codec, header.raw_length);
  if (!records) return records;
  if (columns_masked(segment.body) != flagged(segment_flags::Masked))
    return error(Errc::Format, "its header and its body disagree about masks");
  if (columns_seeded(segment.body) != flagged(segment_flags::Seeded))
    return error(Errc::Format, "its header and its body disagree about drawn inputs");
  return records;
}

SegmentHeader header_of(const ColumnBody& body, std::size_t records) {
  SegmentHeader header{.codec = body.codec};
  header.records = static_cast<std::uint32_t>(records);
  header.raw_length = body.raw_length;
  if (body.masked) header.flags |= segment_flags::Masked;
  if (body.seeded) header.flags |= segment_flags::Seeded;
  return header;
}

}  // namespace assimilaate
