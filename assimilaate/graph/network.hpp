#pragma once
/// A network of transforms and the operators between them: the one executor of teachers and targets.

#include <functional>

#include "assimilaate/graph/operator.hpp"

namespace assimilaate {

/// What a weight-bearing node is, without its weights.
struct TransformShape {
  std::string name, input, output;  ///< node and tensors
  std::size_t inputs = 0, outputs = 0;
};

/// Computes the output [n x outputs] of the transform called `name` from its input [n x inputs].
using TransformFunction = std::function<Matrix<float>(std::string_view name, const Matrix<float>& input)>;

/// Nodes in the order of execution. Immutable once built; safe to run from many threads.
class Network {
 public:
  struct Port {
    std::string name;
    std::size_t width = 0;  ///< numbers per example; 0 when the file does not say
  };

  Network() = default;
  /// Checks and orders the nodes; where the input's width is known, all widths are checked too.
  /// @throws Error{Format} for a tensor that nobody makes or two make, a cycle, widths that do not fit, or an operator
  /// with the wrong number of
  /// inputs; Error{Unsupported} for an unknown operator, listing those there are.
  Network(Port input, Port output, std::vector<Node> nodes, std::map<std::string, Matrix<float>> constants);

  [[nodiscard]] const Port& input() const noexcept { return input_; }
  [[nodiscard]] const Port& output() const noexcept { return output_; }
  [[nodiscard]] const std::vector<Node>& nodes() const noexcept { return nodes_; }
  [[nodiscard]] const std::map<std::string, Matrix<float>>& constants() const noexcept { return constants_; }
  [[nodiscard]] std::vector<TransformShape> transforms() const;

  /// Run a batch [n x input width]; @return the tensors asked for by name. Transforms are computed by `transform`; what
  /// no asked-for tensor needs is not run, and a value is dropped after its last use.
  /// @throws Error{Mismatch} for another width, also from `transform`, Error{Usage} for an unknown tensor.
  [[nodiscard]] std::map<std::string, Matrix<float>> run(const Matrix<float>& batch, std::span<const std::string> taps,
                                                         const TransformFunction& transform) const;

  /// The elementwise functions between a tensor and the input of a transform, in order; empty when they are the same
  /// tensor.
  /// @throws Error{Unsupported} when something else lies between, Error{Usage} for unknown names.
  [[nodiscard]] std::vector<std::function<float(float)>> glue(std::string_view tensor,
                                                              std::string_view transform) const;

 private:
  [[nodiscard]] const Node* maker(std::string_view tensor) const;
  void order(std::vector<Node> nodes);
  void check_widths() const;
  Port input_, output_;
  std::vector<Node> nodes_;
  std::map<std::string, Matrix<float>> constants_;
};

}  // namespace assimilaate
