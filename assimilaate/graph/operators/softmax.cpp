/// Softmax (ONNX) along the last axis.
#include <algorithm>
#include <cmath>

#include "assimilaate/graph/operator.hpp"

namespace assimilaate {
namespace {

Matrix<float> run(const Node& node, std::span<const Matrix<float>* const> inputs) {
  if (const double axis = node.attribute("axis", -1); axis != -1 && axis != 1)
    fail(Errc::Unsupported, "node {}: Softmax along axis {}; only the last is", node.name, axis);
  Matrix<float> p = *inputs[0];
  if (p.empty()) return p;
  for (std::size_t i = 0; i < p.rows(); ++i) {
    auto row = p.row(i);
    const float top = *std::ranges::max_element(row);
    float sum = 0;
    for (float& x : row) sum += x = std::exp(x - top);
    for (float& x : row) x /= sum;
  }
  return p;
}

}  // namespace

extern const OperatorKind softmax_operator;
const OperatorKind softmax_operator{"Softmax", "exponentials that sum to 1", 1, 1, nullptr, run};

}  // namespace assimilaate
