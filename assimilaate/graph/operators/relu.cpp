/// Relu (ONNX): max(x, 0).
#include <algorithm>
#include <cmath>

#include "assimilaate/graph/operator.hpp"

namespace assimilaate {

extern const OperatorKind relu_operator;
const OperatorKind relu_operator{"Relu", "max(x, 0)", 1, 1, [](const Node&, float x) { return std::max(x, 0.0F); },
                                 nullptr};

}  // namespace assimilaate
