#include "assimilaate/stream/chain.hpp"

#include <algorithm>

namespace assimilaate {
namespace {

/// Rows [first, first + count) of several blocks side by side.
AatBlock join(std::span<const AatBlock> boundaries, std::span<const std::uint32_t> places, std::size_t first,
              std::size_t count) {
  std::vector<std::uint32_t> addresses;
  for (const std::uint32_t place : places) {
    const Shape& shape = boundaries[place].shape;
    for (std::size_t space = 0; space < shape.spaces(); ++space) addresses.push_back(shape.addresses(space));
  }
  AatBlock joined(Shape(std::move(addresses)), count);
  for (std::size_t r = 0; r < count; ++r) {
    auto out = joined.entries.row(r).begin();
    for (const std::uint32_t place : places) out = std::ranges::copy(boundaries[place][first + r], out).out;
  }
  return joined;
}

}  // namespace

ExampleBlock chain_examples(const ChainRecords& records, std::size_t transform, std::size_t first, std::size_t count) {
  if (transform >= records.descriptor.transforms.size())
    fail(Errc::Usage, "transform {} of stream '{}', it has {}", transform, records.descriptor.name,
         records.descriptor.transforms.size());
  const auto& wanted = records.descriptor.transforms[transform];
  return boundary_examples(records.boundaries, wanted.inputs, wanted.output, first, count);
}

ExampleBlock boundary_examples(std::span<const AatBlock> boundaries, std::span<const std::uint32_t> inputs,
                               std::uint32_t output, std::size_t first, std::size_t count) {
  const auto beyond = [&](std::uint32_t place) { return place >= boundaries.size(); };
  if (inputs.empty() || beyond(output) || std::ranges::any_of(inputs, beyond))
    fail(Errc::Usage, "inputs and output must be among the {} boundaries", boundaries.size());
  const auto size = boundaries.front().size();
  first = std::min(first, size);
  count = std::min(count, size - first);
  const std::array outputs{output};
  return {join(boundaries, inputs, first, count), join(boundaries, outputs, first, count)};
}

}  // namespace assimilaate
