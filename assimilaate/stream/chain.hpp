#pragma once
/// Records of a chain of transforms: each carries the AAT of every boundary once.

#include "assimilaate/aat/example.hpp"
#include "assimilaate/stream/setup.hpp"

namespace assimilaate {

struct ChainRecords {
  Descriptor descriptor;
  std::vector<AatBlock> boundaries;  ///< one per boundary of the descriptor, equal in size
  [[nodiscard]] std::size_t size() const noexcept { return boundaries.empty() ? 0 : boundaries.front().size(); }
};

/// Examples [first, first + count) of one transform, cut short at the end of the records; several inputs are joined in
/// order.
/// @param transform  place in the descriptor
[[nodiscard]] ExampleBlock chain_examples(const ChainRecords& records, std::size_t transform, std::size_t first,
                                          std::size_t count);

/// The same for inputs and outputs at any boundaries, say the first and the last.
[[nodiscard]] ExampleBlock boundary_examples(std::span<const AatBlock> boundaries,
                                             std::span<const std::uint32_t> inputs, std::uint32_t output,
                                             std::size_t first, std::size_t count);

}  // namespace assimilaate
