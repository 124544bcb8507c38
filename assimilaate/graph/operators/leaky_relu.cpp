/// LeakyRelu (ONNX): x above 0, alpha x below.
#include <algorithm>
#include <cmath>

#include "assimilaate/graph/operator.hpp"

namespace assimilaate {

extern const OperatorKind leaky_relu_operator;
const OperatorKind leaky_relu_operator{
    "LeakyRelu",
    "x above 0, alpha x below",
    1,
    1,
    [](const Node& node, float x) { return x >= 0 ? x : static_cast<float>(node.attribute("alpha", 0.01)) * x; },
    nullptr};

}  // namespace assimilaate
