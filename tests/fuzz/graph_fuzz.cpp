/// Networks, with weights and without: a stripped one that is accepted is accepted again once it is written.

#include <cstdlib>

#include "assimilaate/graph/graph.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assimilaate;
  const auto bytes = std::as_bytes(std::span(data, size));
  try {
    static_cast<void>(Graph::from_bytes(bytes, "fuzz"));
  } catch (const Error&) {
  }
  std::vector<std::byte> written;
  try {
    const auto stripped = StrippedGraph::from_bytes(bytes);
    for (const auto& transform : stripped.transforms()) {
      try {
        static_cast<void>(stripped.glue(stripped.network().input().name, transform.name));
      } catch (const Error&) {
      }
    }
    written = stripped.to_bytes();
  } catch (const Error&) {
    return 0;
  }
  if (StrippedGraph::from_bytes(written).to_bytes() != written) std::abort();
  return 0;
}
