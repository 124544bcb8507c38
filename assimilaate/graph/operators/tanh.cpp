/// Tanh (ONNX): the hyperbolic tangent.
#include <algorithm>
#include <cmath>

#include "assimilaate/graph/operator.hpp"

namespace assimilaate {

extern const OperatorKind tanh_operator;
const OperatorKind tanh_operator{
    "Tanh", "the hyperbolic tangent", 1, 1, [](const Node&, float x) { return std::tanh(x); }, nullptr};

}  // namespace assimilaate
