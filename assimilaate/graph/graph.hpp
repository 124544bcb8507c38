#pragma once
/// A teacher's graph: a network with its weights, from ONNX. Only teachers include this.

#include <filesystem>

#include "assimilaate/graph/stripped_graph.hpp"

namespace assimilaate {

/// The weights of one transform: output = weight * input + bias.
struct DenseWeights {
  Matrix<float> weight;     ///< [outputs x inputs]
  std::vector<float> bias;  ///< [outputs]
};

/// Rows of `input` [n x inputs] through a dense layer, [n x outputs].
[[nodiscard]] Matrix<float> dense(const DenseWeights& weights, const Matrix<float>& input);

/// Immutable; safe to run from many threads.
class Graph {
 public:
  /// @throws Error{Io} for a missing file, Error{Format} for bytes that are no ONNX graph, NaN weights or shapes that
  /// do not fit, Error{Unsupported} for an operator, type or opset this build does not know.
  [[nodiscard]] static Graph load(const std::filesystem::path& file);
  [[nodiscard]] static Graph from_bytes(std::span<const std::byte> bytes, std::string_view name);

  [[nodiscard]] const Network& network() const noexcept { return network_; }
  [[nodiscard]] std::vector<TransformShape> transforms() const { return network_.transforms(); }
  /// @throws Error{Usage} for an unknown transform.
  [[nodiscard]] const DenseWeights& weights(std::string_view transform) const;
  /// Run a batch with the weights; @return the tensors asked for.
  [[nodiscard]] std::map<std::string, Matrix<float>> run(const Matrix<float>& batch,
                                                         std::span<const std::string> taps) const;
  /// What a target may see.
  [[nodiscard]] StrippedGraph strip() const { return StrippedGraph(network_); }

 private:
  Network network_;
  std::map<std::string, DenseWeights, std::less<>> weights_;
};

}  // namespace assimilaate
