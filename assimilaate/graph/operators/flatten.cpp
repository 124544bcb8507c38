/// Flatten (ONNX), axis 1: every example is a row already.
#include "assimilaate/graph/operator.hpp"

namespace assimilaate {

extern const OperatorKind flatten_operator;
const OperatorKind flatten_operator{"Flatten",
                                    "one row per example",
                                    1,
                                    1,
                                    nullptr,
                                    [](const Node& node, std::span<const Matrix<float>* const> inputs) {
                                      if (node.attribute("axis", 1) != 1)
                                        fail(Errc::Unsupported,
                                             "node {}: Flatten along axis {}; only axis 1 keeps the batch", node.name,
                                             node.attribute("axis", 1));
                                      return *inputs[0];
                                    },
                                    true};

}  // namespace assimilaate
