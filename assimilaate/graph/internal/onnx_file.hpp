#pragma once
/// ONNX files in and out. Only this, `onnx_tensor.cpp` and `onnx_write.cpp` know protobuf.

#include "assimilaate/graph/graph.hpp"

namespace assimilaate::onnx_file {

inline constexpr std::string_view domain = "assimilaate";  // of the operator Transform
inline constexpr std::size_t largest_setting = 64;         // numbers in a tensor or attribute of a stripped network

struct Content {
  Network network;
  std::map<std::string, DenseWeights, std::less<>> weights;  // by transform; empty for a stripped file
};

/// @param name  for messages. @throws as `Graph::load`.
[[nodiscard]] Content parse(std::span<const std::byte> bytes, std::string_view name);
/// A stripped network carries settings, not weights: short constants and attributes, and none that is a bias.
/// @throws Error{code}
void refuse_weights(const Network& network, std::string_view name, Errc code);
/// The file of a stripped network. @throws Error{Unsupported} when the network carries weights.
[[nodiscard]] std::vector<std::byte> write(const Network& network);

}  // namespace assimilaate::onnx_file
