#pragma once
/// The records of a whole segment: its body as its header says it is.

#include "assimilaate/stream/columns.hpp"
#include "assimilaate/stream/segment.hpp"

namespace assimilaate {

/// The records of a data or held-out segment, a block per boundary.
/// Errors: those of `decode_columns`; Format where header and body disagree about masks or drawn inputs.
[[nodiscard]] Result<std::vector<AatBlock>> decode_records(const Segment& segment, const ColumnCoding& coding);

/// The header of a body, as far as the body says it: codec, raw length, records, flags.
[[nodiscard]] SegmentHeader header_of(const ColumnBody& body, std::size_t records);

}  // namespace assimilaate
