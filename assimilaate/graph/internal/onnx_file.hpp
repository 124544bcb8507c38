#pragma once
/// ONNX files in and out. The one place that knows protobuf.

#include "assimilaate/graph/graph.hpp"

namespace assimilaate::onnx_file {

struct Content {
  Network network;
  std::map<std::string, DenseWeights, std::less<>> weights;  // by transform; empty for a stripped file
};

/// @param name  for messages. @throws as `Graph::load`.
[[nodiscard]] Content parse(std::span<const std::byte> bytes, std::string_view name);
[[nodiscard]] std::vector<std::byte> write(const Network& network);

}  // namespace assimilaate::onnx_file
