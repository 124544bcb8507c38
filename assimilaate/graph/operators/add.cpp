/// Add (ONNX): the sum of two values of the same shape, of one row to all, or of one number to all.
#include "assimilaate/graph/operator.hpp"

namespace assimilaate {
namespace {

Matrix<float> run(const Node& node, std::span<const Matrix<float>* const> inputs) {
  const Matrix<float>&a = *inputs[0], &b = *inputs[1];
  if (a.size() == 1 || b.size() == 1) {
    Matrix<float> sum = a.size() == 1 ? b : a;
    const float number = (a.size() == 1 ? a : b).values()[0];
    for (float& x : sum.values()) x += number;
    return sum;
  }
  const bool a_is_one_row = a.rows() == 1 && b.rows() != 1;
  const Matrix<float>&wide = a_is_one_row ? b : a, &other = a_is_one_row ? a : b;
  if (wide.cols() != other.cols() || (other.rows() != wide.rows() && other.rows() != 1))
    fail(Errc::Format, "node {}: cannot add {}x{} to {}x{}", node.name, b.rows(), b.cols(), a.rows(), a.cols());
  Matrix<float> sum = wide;
  for (std::size_t i = 0; i < sum.rows(); ++i)
    for (std::size_t c = 0; c < sum.cols(); ++c) sum(i, c) += other(other.rows() == 1 ? 0 : i, c);
  return sum;
}

}  // namespace

extern const OperatorKind add_operator;
const OperatorKind add_operator{"Add", "sum of two values", 2, 2, nullptr, run};

}  // namespace assimilaate
