#include "assimilaate/graph/network.hpp"

#include <algorithm>
#include <set>

namespace assimilaate {
namespace {

const OperatorKind& find_operator(const Node& node) {
  std::string known;
  for (const OperatorKind* kind : operator_catalogue()) {
    if (kind->name == node.op) return *kind;
    known += (known.empty() ? "" : ", ") + std::string(kind->name);
  }
  fail(Errc::Unsupported, "node {}: operator {} is not supported (there are Gemm, MatMul, {})", node.name, node.op,
       known);
}

}  // namespace

Network::Network(Port input, Port output, std::vector<Node> nodes, std::map<std::string, Matrix<float>> constants)
    : input_(std::move(input)), output_(std::move(output)), constants_(std::move(constants)) {
  std::set<std::string> made{input_.name}, promised{input_.name};
  for (const auto& [name, value] : constants_) made.insert(name), promised.insert(name);
  for (Node& node : nodes) {
    if (node.op != "Transform") {
      node.kind = &find_operator(node);
      if (node.inputs.size() < node.kind->least_inputs || node.inputs.size() > node.kind->most_inputs)
        fail(Errc::Format, "node {}: {} with {} inputs", node.name, node.op, node.inputs.size());
    }
    if (node.outputs.size() != 1)
      fail(Errc::Format, "node {}: {} outputs, one is supported", node.name, node.outputs.size());
    if (!promised.insert(node.outputs[0]).second)
      fail(Errc::Format, "node {}: tensor {} is made twice", node.name, node.outputs[0]);
  }
  while (!nodes.empty()) {
    const auto ready = std::ranges::find_if(nodes, [&](const Node& n) {
      return std::ranges::all_of(n.inputs, [&](const auto& t) { return made.contains(t); });
    });
    if (ready == nodes.end()) {
      for (const auto& tensor : nodes.front().inputs)
        if (!promised.contains(tensor))
          fail(Errc::Format, "node {}: nobody makes its input {}", nodes.front().name, tensor);
      fail(Errc::Format, "node {}: its inputs depend on its output (a cycle)", nodes.front().name);
    }
    made.insert(ready->outputs[0]);
    nodes_.push_back(std::move(*ready));
    nodes.erase(ready);
  }
  if (!made.contains(output_.name)) fail(Errc::Format, "graph: nobody makes its output {}", output_.name);
}

std::vector<TransformShape> Network::transforms() const {
  std::vector<TransformShape> list;
  for (const Node& node : nodes_)
    if (node.is_transform())
      list.push_back({node.name, node.inputs[0], node.outputs[0], static_cast<std::size_t>(node.attribute("inputs", 0)),
                      static_cast<std::size_t>(node.attribute("outputs", 0))});
  return list;
}

std::map<std::string, Matrix<float>> Network::run(const Matrix<float>& batch, std::span<const std::string> taps,
                                                  const TransformFunction& transform) const {
  if (input_.width > 0 && batch.cols() != input_.width)
    fail(Errc::Mismatch, "graph: inputs have {} numbers per example, {} expects {}", batch.cols(), input_.name,
         input_.width);
  std::map<std::string, Matrix<float>> values;
  values[input_.name] = batch;
  const auto value = [&](const std::string& name) -> const Matrix<float>& {
    const auto constant = constants_.find(name);
    return constant != constants_.end() ? constant->second : values.at(name);
  };
  for (const Node& node : nodes_) {
    const Matrix<float>& in = value(node.inputs[0]);
    Matrix<float>& out = values[node.outputs[0]];
    if (node.is_transform()) {
      const auto width = static_cast<std::size_t>(node.attribute("inputs", 0));
      if (in.cols() != width)
        fail(Errc::Mismatch, "transform {}: its input {} has {} numbers, {} are expected", node.name, node.inputs[0],
             in.cols(), width);
      out = transform(node.name, in);
    } else if (node.kind->apply != nullptr) {
      out = in;
      for (float& x : out.values()) x = node.kind->apply(node, x);
    } else {
      std::vector<const Matrix<float>*> inputs;
      for (const auto& name : node.inputs) inputs.push_back(&value(name));
      out = node.kind->run(node, inputs);
    }
  }
  std::map<std::string, Matrix<float>> wanted;
  for (const auto& tap : taps) {
    const auto found = values.find(tap);
    if (found == values.end()) fail(Errc::Usage, "graph: there is no tensor '{}' to tap", tap);
    wanted.emplace(tap, found->second);
  }
  return wanted;
}

const Node* Network::maker(std::string_view tensor) const {
  const auto found = std::ranges::find_if(nodes_, [&](const Node& n) { return n.outputs[0] == tensor; });
  return found == nodes_.end() ? nullptr : &*found;
}

std::vector<std::function<float(float)>> Network::glue(std::string_view tensor, std::string_view transform) const {
  const auto node =
      std::ranges::find_if(nodes_, [&](const Node& n) { return n.is_transform() && n.name == transform; });
  if (node == nodes_.end()) fail(Errc::Usage, "graph: there is no transform '{}'", transform);
  if (tensor != input_.name && maker(tensor) == nullptr) fail(Errc::Usage, "graph: there is no tensor '{}'", tensor);
  std::vector<std::function<float(float)>> functions;
  for (std::string_view at = node->inputs[0]; at != tensor;) {
    const Node* before = maker(at);
    if (before == nullptr) fail(Errc::Unsupported, "transform {}: tensor {} does not lead to it; only chains can be taught", transform, tensor);
    if (before->is_transform() || before->inputs.size() != 1 ||
        (before->kind->apply == nullptr && before->op != "Flatten"))
      fail(Errc::Unsupported,
           "transform {}: {} lies between it and {}; only functions of single numbers can be folded into drives",
           transform, before->op, tensor);
    if (before->kind->apply != nullptr)
      functions.insert(functions.begin(), [copy = *before](float x) { return copy.kind->apply(copy, x); });
    at = before->inputs[0];
  }
  return functions;
}

}  // namespace assimilaate
