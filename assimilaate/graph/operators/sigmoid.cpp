/// Sigmoid (ONNX): 1 / (1 + exp(-x)).
#include <algorithm>
#include <cmath>

#include "assimilaate/graph/operator.hpp"

namespace assimilaate {

extern const OperatorKind sigmoid_operator;
const OperatorKind sigmoid_operator{
    "Sigmoid", "1 / (1 + exp(-x))", 1, 1, [](const Node&, float x) { return 1 / (1 + std::exp(-x)); }, nullptr};

}  // namespace assimilaate
