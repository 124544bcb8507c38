/// Identity (ONNX): x itself.
#include <algorithm>
#include <cmath>

#include "assimilaate/graph/operator.hpp"

namespace assimilaate {

extern const OperatorKind identity_operator;
const OperatorKind identity_operator{"Identity", "x itself", 1, 1, [](const Node&, float x) { return x; },
                                     nullptr,    true};

}  // namespace assimilaate
