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
  fail(Errc::Unsupported, "node {}: operator {} is not supported (there are Gemm, MatMul, Constant, {})", node.name,
       node.op, known);
}

Matrix<float> compute(const Node& node, std::span<const Matrix<float>* const> inputs,
                      const TransformFunction& transform) {
  const Matrix<float>& in = *inputs[0];
  if (node.is_transform()) {
    const auto width = static_cast<std::size_t>(node.attribute("inputs", 0));
    if (in.cols() != width)
      fail(Errc::Mismatch, "transform {}: its input {} has {} numbers, {} are expected", node.name, node.inputs[0],
           in.cols(), width);
    Matrix<float> out = transform(node.name, in);
    if (const auto outputs = static_cast<std::size_t>(node.attribute("outputs", 0));
        out.rows() != in.rows() || out.cols() != outputs)
      fail(Errc::Mismatch, "transform {}: {}x{} numbers were computed, {}x{} are expected", node.name, out.rows(),
           out.cols(), in.rows(), outputs);
    return out;
  }
  if (node.kind->apply == nullptr) return node.kind->run(node, inputs);
  Matrix<float> out = in;
  for (float& x : out.values()) x = node.kind->apply(node, x);
  return out;
}

}  // namespace

Network::Network(Port input, Port output, std::vector<Node> nodes, std::map<std::string, Matrix<float>> constants)
    : input_(std::move(input)), output_(std::move(output)), constants_(std::move(constants)) {
  std::set<std::string> promised{input_.name};
  for (const auto& [name, value] : constants_) promised.insert(name);
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
  for (const Node& node : nodes)
    for (const auto& tensor : node.inputs)
      if (!promised.contains(tensor)) fail(Errc::Format, "node {}: nobody makes its input {}", node.name, tensor);
  if (!promised.contains(output_.name)) fail(Errc::Format, "graph: nobody makes its output {}", output_.name);
  order(std::move(nodes));
  if (input_.width > 0) check_widths();
}

/// A node stands behind those it reads from, else in the order of the file.
void Network::order(std::vector<Node> nodes) {
  std::map<std::string, std::size_t> makers;
  for (std::size_t i = 0; i < nodes.size(); ++i) makers[nodes[i].outputs[0]] = i;
  std::vector<std::vector<std::size_t>> readers(nodes.size());
  std::vector<std::size_t> waits(nodes.size());
  std::set<std::size_t> ready;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const auto& tensor : nodes[i].inputs)
      if (const auto maker = makers.find(tensor); maker != makers.end())
        readers[maker->second].push_back(i), ++waits[i];
    if (waits[i] == 0) ready.insert(i);
  }
  while (!ready.empty()) {
    const std::size_t next = *ready.begin();
    ready.erase(ready.begin());
    for (const std::size_t reader : readers[next])
      if (--waits[reader] == 0) ready.insert(reader);
    nodes_.push_back(std::move(nodes[next]));
  }
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (waits[i] > 0) fail(Errc::Format, "node {}: its inputs depend on its output (a cycle)", nodes[i].name);
}

/// A batch of no examples has all the widths and costs nothing.
void Network::check_widths() const {
  std::map<std::string, std::size_t, std::less<>> widths;
  for (const auto& transform : transforms()) widths[transform.name] = transform.outputs;
  std::vector<std::string> all{output_.name};
  for (const Node& node : nodes_) all.push_back(node.outputs[0]);
  try {
    const auto values = run(Matrix<float>(0, input_.width), all, [&](std::string_view name, const Matrix<float>&) {
      return Matrix<float>(0, widths.find(name)->second);
    });
    if (const auto made = values.at(output_.name).cols(); output_.width > 0 && made != output_.width)
      fail(Errc::Format, "graph: its output {} is declared with {} numbers per example and made with {}", output_.name,
           output_.width, made);
  } catch (const Error& e) {
    if (e.code() != Errc::Mismatch) throw;
    throw Error(Errc::Format, e.what());
  }
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
  std::set<std::string_view> made{input_.name};
  for (const Node& node : nodes_) made.insert(node.outputs[0]);
  std::map<std::string, std::size_t> uses;  // still to come, of what the taps need
  for (const auto& tap : taps) {
    if (!made.contains(tap)) fail(Errc::Usage, "graph: there is no tensor '{}' to tap", tap);
    ++uses[tap];
  }
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node)
    if (uses.contains(node->outputs[0]))
      for (const auto& input : node->inputs) ++uses[input];
  std::map<std::string, Matrix<float>> values;
  const auto value = [&](const std::string& name) -> const Matrix<float>& {
    if (name == input_.name) return batch;
    const auto constant = constants_.find(name);
    return constant != constants_.end() ? constant->second : values.at(name);
  };
  for (const Node& node : nodes_) {
    if (!uses.contains(node.outputs[0])) continue;
    std::vector<const Matrix<float>*> inputs;
    for (const auto& name : node.inputs) inputs.push_back(&value(name));
    values[node.outputs[0]] = compute(node, inputs, transform);
    for (const auto& name : node.inputs)
      if (--uses[name] == 0) values.erase(name);
  }
  if (std::ranges::find(taps, input_.name) != taps.end()) values[input_.name] = batch;
  return values;
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
    if (before == nullptr)
      fail(Errc::Unsupported, "transform {}: tensor {} does not lead to it; only chains can be taught", transform,
           tensor);
    if (before->is_transform() || before->inputs.size() != 1 ||
        (before->kind->apply == nullptr && !before->kind->rearranges_nothing))
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
