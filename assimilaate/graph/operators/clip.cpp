/// Clip (ONNX): x no lower than min and no higher than max.
#include <algorithm>
#include <array>
#include <limits>

#include "assimilaate/graph/operator.hpp"

namespace assimilaate {
namespace {

constexpr double everything = std::numeric_limits<float>::max();
constexpr std::array<std::string_view, 2> settings{"min", "max"};

float apply(const Node& node, float x) {
  return std::min(std::max(x, static_cast<float>(node.attribute("min", -everything))),
                  static_cast<float>(node.attribute("max", everything)));
}

}  // namespace

extern const OperatorKind clip_operator;
const OperatorKind clip_operator{"Clip", "x between min and max", 1, 1, apply, nullptr, false, settings};

}  // namespace assimilaate
