#pragma once
/// Segments that their teacher has withdrawn: their headers stay in the chain, their bodies are neither read nor
/// checked any more, so that a log may drop them (zeros in their place).

#include "assimilaate/stream/carrier.hpp"
#include "assimilaate/stream/trust.hpp"

namespace assimilaate {

/// Indices of segments, both ends included.
struct IndexRange {
  std::uint64_t first = 0, last = 0;
  bool operator==(const IndexRange&) const = default;
};

struct Tombstone {
  std::vector<IndexRange> ranges{};
  std::uint32_t reason = 0;  ///< the teacher's own number
  bool operator==(const Tombstone&) const = default;
};

/// The body of a segment of kind Tombstone.
[[nodiscard]] std::vector<std::byte> write_tombstone(const Tombstone& tombstone);
/// Errors: Format, also for ranges that are none or reach to the setup or to `index`, the tombstone's own.
[[nodiscard]] Result<Tombstone> parse_tombstone(std::span<const std::byte> body, std::uint64_t index);

/// What the tombstones among the first `count` segments of a log withdraw. Looks at headers and tombstones only; stops
/// without a word where the log does not hold together: who reads it finds that.
/// @param trust  who may have signed the tombstones
[[nodiscard]] std::vector<IndexRange> find_withdrawn(const Carrier& carrier, const LogName& log, std::uint64_t count,
                                                     const Trust& trust);

}  // namespace assimilaate
