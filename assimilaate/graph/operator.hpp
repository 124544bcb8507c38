#pragma once
/// Operators between transforms. A catalogue: `operators/<name>.cpp` is one of them, whole.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assimilaate/core/matrix.hpp"

namespace assimilaate {

struct OperatorKind;

/// One step of a network. A weight-bearing step has the operator `Transform` and no kind: what it does is its
/// executor's business.
struct Node {
  std::string name;
  std::string op;  ///< as ONNX spells it; "Transform" for weight-bearing steps
  std::vector<std::string> inputs, outputs;
  std::map<std::string, std::vector<double>> attributes;
  const OperatorKind* kind = nullptr;

  [[nodiscard]] bool is_transform() const noexcept { return kind == nullptr; }
  /// First number of an attribute, or `otherwise`.
  [[nodiscard]] double attribute(const std::string& key, double otherwise) const {
    const auto found = attributes.find(key);
    return found == attributes.end() || found->second.empty() ? otherwise : found->second[0];
  }
};

/// One entry of the catalogue. Values are matrices: a row per example of the batch.
struct OperatorKind {
  std::string_view name, about;
  std::size_t least_inputs, most_inputs;
  /// A function of each number, where the operator is one; else null.
  float (*apply)(const Node& node, float x);
  /// The whole operator, where it is more than that; else null. @throws Error{Format} for shapes that do not fit.
  Matrix<float> (*run)(const Node& node, std::span<const Matrix<float>* const> inputs);
  /// Its output holds the input's numbers in the input's order.
  bool rearranges_nothing = false;
  /// Attributes that ONNX has as constant inputs behind the first, in order; the loader turns those into these.
  std::span<const std::string_view> settings = {};
};

[[nodiscard]] std::span<const OperatorKind* const> operator_catalogue();

}  // namespace assimilaate
