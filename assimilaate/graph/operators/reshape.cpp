/// Reshape (ONNX), where the batch stays the first dimension: every example is a row already.
#include <array>

#include "assimilaate/graph/operator.hpp"

namespace assimilaate {
namespace {

constexpr std::array<std::string_view, 1> settings{"shape"};

Matrix<float> run(const Node& node, std::span<const Matrix<float>* const> inputs) {
  const auto found = node.attributes.find("shape");
  if (found == node.attributes.end()) return *inputs[0];
  const std::vector<double>& shape = found->second;
  if (shape.size() < 2 || (shape[0] != -1 && shape[0] != 0))
    fail(Errc::Unsupported,
         "node {}: Reshape to a shape that begins with {}, not the batch (export with a dynamic batch)", node.name,
         shape.empty() ? 0 : shape[0]);
  double width = 1;
  bool open = false;
  for (std::size_t d = 1; d < shape.size(); ++d) {
    if (shape[d] == -1 && shape[0] == 0 && !open) {
      open = true;
    } else if (shape[d] >= 1) {
      width *= shape[d];
    } else if (shape[d] == 0 && d == 1 && shape.size() == 2) {
      width = static_cast<double>(inputs[0]->cols());
    } else {
      fail(Errc::Unsupported, "node {}: Reshape with a dimension of {} at {}", node.name, shape[d], d);
    }
  }
  const auto cols = static_cast<double>(inputs[0]->cols());
  if (open ? cols / width != static_cast<double>(static_cast<std::size_t>(cols / width)) : cols != width)
    fail(Errc::Format, "node {}: Reshape of {} numbers per example to {}", node.name, cols, width);
  return *inputs[0];
}

}  // namespace

extern const OperatorKind reshape_operator;
const OperatorKind reshape_operator{"Reshape", "another shape per example", 1, 1, nullptr, run, true, settings};

}  // namespace assimilaate
