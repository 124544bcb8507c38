#include "assimilaate/graph/internal/onnx_file.hpp"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "assimilaate/graph/internal/onnx_tensor.hpp"

namespace assimilaate::onnx_file {
namespace {

constexpr std::size_t widest = 1U << 24U;  // numbers per example

Network::Port port(const onnx::ValueInfoProto& info) {
  if (const auto type = info.type().tensor_type().elem_type(); type != 0 && type != onnx::TensorProto::FLOAT)
    fail(Errc::Unsupported, "tensor {}: element type {} at the edge of the graph, float is supported", info.name(),
         type);
  Network::Port port{info.name(), 1};
  const auto& shape = info.type().tensor_type().shape();
  for (int d = 1; d < shape.dim_size(); ++d) {  // dimension 0 is the batch
    const std::int64_t size = shape.dim(d).has_dim_value() ? std::max<std::int64_t>(shape.dim(d).dim_value(), 0) : 0;
    if (size > 0 && port.width > widest / static_cast<std::size_t>(size))
      fail(Errc::Format, "tensor {}: more than {} numbers per example", info.name(), widest);
    port.width *= static_cast<std::size_t>(size);
  }
  if (shape.dim_size() < 2) port.width = 0;
  return port;
}

/// Reads the nodes of one graph and folds weights into transforms.
class Reader {
 public:
  Reader(const onnx::GraphProto& graph, std::string_view name) : graph_(graph), name_(name) {
    if (graph.sparse_initializer_size() > 0)
      fail(Errc::Unsupported, "{}: sparse tensors are not supported (export dense ones)", name_);
    for (const auto& proto : graph.initializer()) {
      if (!tensors_.emplace(proto.name(), read_tensor(proto)).second)
        fail(Errc::Format, "{}: tensor {} is there twice", name_, proto.name());
    }
    for (int i = 0; i < graph.node_size(); ++i) read_constant(graph.node(i), i);
  }

  Content read() {
    for (int i = 0; i < graph_.node_size(); ++i) add(graph_.node(i), i);
    merge_biases();
    for (const Node& node : nodes_)
      for (const auto& output : node.outputs)
        if (tensors_.contains(output))
          fail(Errc::Format, "{}: node {}: tensor {} is made twice", name_, node.name, output);
    std::vector<Network::Port> inputs, outputs;
    for (const auto& info : graph_.input())
      if (!tensors_.contains(info.name())) inputs.push_back(port(info));
    for (const auto& info : graph_.output()) outputs.push_back(port(info));
    if (inputs.size() != 1 || outputs.size() != 1)
      fail(Errc::Unsupported, "{}: {} inputs and {} outputs; one of each is supported", name_, inputs.size(),
           outputs.size());
    std::map<std::string, Matrix<float>> constants;
    for (const auto& node : nodes_)
      for (const auto& input : node.inputs)
        if (const auto found = tensors_.find(input); found != tensors_.end()) {
          if (folded_.contains(input))
            fail(Errc::Unsupported,
                 "{}: node {}: tensor {} is the weight of a transform too, a target must not receive it (give the node "
                 "a copy)",
                 name_, node.name, input);
          constants[input] = as_matrix(found->second);
        }
    Content content;
    content.network = Network(inputs[0], outputs[0], std::move(nodes_), std::move(constants));
    content.weights = std::move(weights_);
    return content;
  }

  /// @throws Error{Mismatch} for a tensor that no operator of the network reads.
  void refuse_unused(const Network& network) const {
    for (const auto& [tensor, value] : tensors_)
      if (!network.constants().contains(tensor) && !settings_.contains(tensor) && !aliases_.contains(tensor))
        fail(Errc::Mismatch, "{}: tensor {} of {} numbers in a network without weights (strip the model again)", name_,
             tensor, value.values.size());
  }

 private:
  [[nodiscard]] static bool is_constant(const onnx::NodeProto& proto) {
    return proto.op_type() == "Constant" && proto.domain().empty() && proto.output_size() == 1;
  }

  /// Constant, and Identity of one: exporters share weights that way.
  void read_constant(const onnx::NodeProto& proto, int place) {
    Tensor tensor;
    if (is_constant(proto)) {
      for (const auto& a : proto.attribute()) {
        onnx::TensorProto made = a.t();
        if (a.type() != onnx::AttributeProto::TENSOR) {
          made.set_data_type(onnx::TensorProto::FLOAT);
          const auto put = [&](const auto& list) {
            for (const auto v : list) made.add_float_data(static_cast<float>(v));
          };
          if (a.type() == onnx::AttributeProto::FLOAT) made.add_float_data(a.f());
          if (a.type() == onnx::AttributeProto::INT) made.add_float_data(static_cast<float>(a.i()));
          if (a.type() == onnx::AttributeProto::FLOATS) put(a.floats());
          if (a.type() == onnx::AttributeProto::INTS) put(a.ints());
          made.add_dims(made.float_data_size());
        }
        made.set_name(proto.output(0));
        tensor = read_tensor(made);
      }
      if (tensor.values.empty()) fail(Errc::Format, "{}: constant {} holds no numbers", name_, proto.output(0));
    } else if (proto.op_type() == "Identity" && proto.input_size() == 1 && proto.output_size() == 1 &&
               tensors_.contains(proto.input(0))) {
      tensor = tensors_.at(proto.input(0));
      aliases_.insert(proto.output(0));
    } else {
      return;
    }
    if (!tensors_.emplace(proto.output(0), std::move(tensor)).second)
      fail(Errc::Format, "{}: tensor {} is there twice", name_, proto.output(0));
    copies_.insert(place);
  }

  void add(const onnx::NodeProto& proto, int place) {
    if (copies_.contains(place)) return;
    Node node;
    node.op = proto.op_type();
    node.name = proto.name().empty() ? fmt::format("{}_{}", proto.op_type(), place) : proto.name();
    if (!names_.insert(node.name).second) fail(Errc::Format, "{}: two nodes are called {}", name_, node.name);
    node.inputs.assign(proto.input().begin(), proto.input().end());
    while (!node.inputs.empty() && node.inputs.back().empty()) node.inputs.pop_back();  // optional and not given
    node.outputs.assign(proto.output().begin(), proto.output().end());
    for (const auto& a : proto.attribute()) read_attribute(node, a);
    if (proto.domain() == domain && node.op == "Transform") {
      check_transform(node);
      nodes_.push_back(std::move(node));
      return;
    }
    if (!proto.domain().empty() && proto.domain() != "ai.onnx")
      fail(Errc::Unsupported, "{}: node {}: operator {}.{} is not supported", name_, node.name, proto.domain(),
           node.op);
    if (node.op == "Transform")
      fail(Errc::Unsupported, "{}: node {}: operator Transform outside its domain", name_, node.name);
    if (node.op == "Gemm" || (node.op == "MatMul" && node.inputs.size() == 2 && tensors_.contains(node.inputs[1]))) {
      add_dense(std::move(node));
    } else if (node.op == "MatMul") {
      fail(Errc::Unsupported, "{}: node {}: MatMul is supported where its second input is an initializer, {} is none",
           name_, node.name, node.inputs.size() == 2 ? node.inputs[1] : "it");
    } else {
      take_settings(node);
      nodes_.push_back(std::move(node));
    }
  }

  /// Constant inputs that an operator knows as attributes.
  void take_settings(Node& node) {
    const auto catalogue = operator_catalogue();
    const auto kind = std::ranges::find_if(catalogue, [&](const OperatorKind* k) { return k->name == node.op; });
    if (kind == catalogue.end() || (*kind)->settings.empty() || node.inputs.empty()) return;
    for (std::size_t i = 1; i < node.inputs.size(); ++i) {
      if (node.inputs[i].empty()) continue;
      const auto found = tensors_.find(node.inputs[i]);
      if (i > (*kind)->settings.size() || found == tensors_.end() || found->second.values.size() > largest_setting)
        fail(Errc::Unsupported, "{}: node {}: input {} of {} must be a constant of at most {} numbers", name_,
             node.name, node.inputs[i], node.op, largest_setting);
      auto& values = node.attributes[std::string((*kind)->settings[i - 1])];
      values.assign(found->second.values.begin(), found->second.values.end());
      settings_.insert(node.inputs[i]);
    }
    node.inputs.resize(1);
  }

  static void read_attribute(Node& node, const onnx::AttributeProto& a) {
    auto& values = node.attributes[a.name()];
    switch (a.type()) {
      case onnx::AttributeProto::FLOAT:
        values = {static_cast<double>(a.f())};
        break;
      case onnx::AttributeProto::INT:
        values = {static_cast<double>(a.i())};
        break;
      case onnx::AttributeProto::FLOATS:
        values.assign(a.floats().begin(), a.floats().end());
        break;
      case onnx::AttributeProto::INTS:
        values.assign(a.ints().begin(), a.ints().end());
        break;
      case onnx::AttributeProto::STRING:
        break;
      default:
        fail(Errc::Unsupported, "node {}: attribute {} has type {}", node.name, a.name(), static_cast<int>(a.type()));
    }
    for (const double v : values)
      if (!std::isfinite(v)) fail(Errc::Format, "node {}: attribute {} is {}", node.name, a.name(), v);
  }

  void check_transform(const Node& node) const {
    const double inputs = node.attribute("inputs", 0), outputs = node.attribute("outputs", 0);
    if (node.inputs.size() != 1 || !(inputs >= 1 && inputs <= 1e6 && outputs >= 1 && outputs <= 1e6))
      fail(Errc::Format, "{}: transform {}: {} tensors in, {} -> {} numbers", name_, node.name, node.inputs.size(),
           inputs, outputs);
    for (const auto& [key, values] : node.attributes)
      if ((key != "inputs" && key != "outputs") || values.size() != 1)
        fail(Errc::Mismatch,
             "{}: transform {}: attribute {} of {} numbers; there is one each for inputs and outputs (strip the model "
             "again)",
             name_, node.name, key, values.size());
    if (tensors_.contains(node.inputs[0]))
      fail(Errc::Mismatch,
           "{}: transform {}: tensor {} feeds it; a target never receives weights (strip the model first)", name_,
           node.name, node.inputs[0]);
  }

  const Tensor& matrix_tensor(const Node& node, const std::string& tensor) {
    folded_.insert(tensor);
    const auto found = tensors_.find(tensor);
    if (found == tensors_.end())
      fail(Errc::Unsupported, "{}: node {}: its weight {} is no initializer", name_, node.name, tensor);
    if (found->second.dims.size() != 2 || found->second.values.empty())
      fail(Errc::Format, "{}: node {}: its weight {} is no matrix", name_, node.name, tensor);
    return found->second;
  }

  void add_dense(Node node) {
    if (node.inputs.size() < 2 || node.inputs.size() > 3 || node.outputs.size() != 1)
      fail(Errc::Format, "{}: node {}: {} with {} inputs", name_, node.name, node.op, node.inputs.size());
    const Tensor& w = matrix_tensor(node, node.inputs[1]);
    if (node.attribute("transA", 0) != 0) fail(Errc::Unsupported, "{}: node {}: Gemm with transA", name_, node.name);
    const bool transposed = node.op == "Gemm" && node.attribute("transB", 0) != 0;
    const auto alpha = static_cast<float>(node.op == "Gemm" ? node.attribute("alpha", 1) : 1);
    const auto rows = static_cast<std::size_t>(w.dims[0]), cols = static_cast<std::size_t>(w.dims[1]);
    DenseWeights weights;
    weights.weight = Matrix<float>(transposed ? rows : cols, transposed ? cols : rows);
    for (std::size_t o = 0; o < weights.weight.rows(); ++o)
      for (std::size_t i = 0; i < weights.weight.cols(); ++i)
        weights.weight(o, i) = alpha * (transposed ? w.values[o * cols + i] : w.values[i * cols + o]);
    if (!std::ranges::all_of(weights.weight.values(), [](float v) { return std::isfinite(v); }))
      fail(Errc::Format, "{}: node {}: alpha {} takes its weights beyond float", name_, node.name, alpha);
    weights.bias.assign(weights.weight.rows(), 0.0F);
    if (node.inputs.size() == 3) set_bias(node, weights, node.inputs[2], static_cast<float>(node.attribute("beta", 1)));
    node.attributes = {{"inputs", {static_cast<double>(weights.weight.cols())}},
                       {"outputs", {static_cast<double>(weights.weight.rows())}}};
    node.op = "Transform";
    node.inputs.resize(1);
    weights_.emplace(node.name, std::move(weights));
    nodes_.push_back(std::move(node));
  }

  void set_bias(const Node& node, DenseWeights& weights, const std::string& tensor, float scale) {
    folded_.insert(tensor);
    const auto found = tensors_.find(tensor);
    if (found == tensors_.end())
      fail(Errc::Unsupported, "{}: node {}: its bias {} is no initializer", name_, node.name, tensor);
    const auto& values = found->second.values;
    const bool in_a_row = values.size() <= 1 || found->second.dims.back() == static_cast<std::int64_t>(values.size());
    if (!in_a_row) fail(Errc::Format, "{}: node {}: its bias {} is no row", name_, node.name, tensor);
    if (values.size() != weights.bias.size() && values.size() != 1)
      fail(Errc::Format, "{}: node {}: {} biases for {} outputs", name_, node.name, values.size(), weights.bias.size());
    for (std::size_t o = 0; o < weights.bias.size(); ++o) {
      weights.bias[o] += scale * values[values.size() == 1 ? 0 : o];
      if (!std::isfinite(weights.bias[o]))
        fail(Errc::Format, "{}: node {}: bias {} is {}", name_, node.name, o, weights.bias[o]);
    }
  }

  /// MatMul or Gemm followed by nothing but an Add of an initializer is one transform.
  void merge_biases() {
    std::map<std::string, std::vector<std::size_t>> readers;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      for (const auto& input : nodes_[i].inputs) readers[input].push_back(i);
    for (const auto& info : graph_.output()) readers[info.name()].push_back(nodes_.size());
    std::vector<bool> merged(nodes_.size());
    for (Node& node : nodes_) {
      if (!weights_.contains(node.name)) continue;
      for (;;) {
        const auto& by = readers[node.outputs[0]];
        if (by.size() != 1 || by[0] == nodes_.size() || merged[by[0]]) break;
        const Node& add = nodes_[by[0]];
        if (add.op != "Add" || add.inputs.size() != 2 || add.outputs.size() != 1) break;
        const std::string& bias = add.inputs[add.inputs[0] == node.outputs[0] ? 1 : 0];
        if (!tensors_.contains(bias)) break;
        set_bias(add, weights_.at(node.name), bias, 1);
        node.outputs = add.outputs;
        merged[by[0]] = true;
      }
    }
    std::vector<Node> kept;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (!merged[i]) kept.push_back(std::move(nodes_[i]));
    nodes_ = std::move(kept);
  }

  const onnx::GraphProto& graph_;
  std::string name_;
  std::map<std::string, Tensor> tensors_;
  std::set<std::string> names_;              // of nodes
  std::set<std::string> folded_, settings_;  // tensors that became weights of transforms, and attributes
  std::set<std::string> aliases_;            // tensors that Identity makes from another
  std::set<int> copies_;                     // places of the nodes that became tensors
  std::vector<Node> nodes_;
  std::map<std::string, DenseWeights, std::less<>> weights_;
};

}  // namespace

Content parse(std::span<const std::byte> bytes, std::string_view name) {
  if (bytes.empty() || bytes.size() > largest_file)
    fail(Errc::Format, "{}: {} bytes; an ONNX file of 1 … {} bytes was expected", name, bytes.size(), largest_file);
  onnx::ModelProto model;
  if (!model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || !model.has_graph())
    fail(Errc::Format, "{}: no ONNX model (truncated or another kind of file)", name);
  if (model.ir_version() < 3 || model.ir_version() > 10)
    fail(Errc::Unsupported, "{}: ONNX IR version {}; 3 … 10 are supported (export it again)", name, model.ir_version());
  if (model.functions_size() > 0 || model.training_info_size() > 0)
    fail(Errc::Unsupported, "{}: model functions and training graphs are not supported (export for inference)", name);
  for (const auto& opset : model.opset_import()) {
    if ((opset.domain().empty() || opset.domain() == "ai.onnx") && (opset.version() < 7 || opset.version() > 21))
      fail(Errc::Unsupported, "{}: opset {}; 7 … 21 are supported (export it again)", name, opset.version());
    if (opset.domain() == domain && opset.version() != 1)
      fail(Errc::Unsupported, "{}: version {} of stripped networks; 1 is supported", name, opset.version());
  }
  Reader reader(model.graph(), name);
  Content content = reader.read();
  if (content.weights.empty()) {
    refuse_weights(content.network, name, Errc::Mismatch);
    reader.refuse_unused(content.network);
  }
  return content;
}

}  // namespace assimilaate::onnx_file
