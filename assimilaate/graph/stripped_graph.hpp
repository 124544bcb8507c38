#pragma once
/// A network without its weights: what a target receives. Its loader refuses a file that still carries any.

#include <span>
#include <vector>

#include "assimilaate/graph/network.hpp"

namespace assimilaate {

class StrippedGraph {
 public:
  explicit StrippedGraph(Network network) : network_(std::move(network)) {}
  /// An ONNX file whose weight-bearing nodes are `assimilaate.Transform`, without a tensor that feeds one.
  [[nodiscard]] std::vector<std::byte> to_bytes() const;
  /// @throws Error{Mismatch} naming the tensor when the file carries weights; else as `Graph::load`.
  [[nodiscard]] static StrippedGraph from_bytes(std::span<const std::byte> bytes);

  [[nodiscard]] const Network& network() const noexcept { return network_; }
  [[nodiscard]] std::vector<TransformShape> transforms() const { return network_.transforms(); }
  [[nodiscard]] std::vector<std::function<float(float)>> glue(std::string_view tensor,
                                                              std::string_view transform) const {
    return network_.glue(tensor, transform);
  }

 private:
  Network network_;
};

}  // namespace assimilaate
