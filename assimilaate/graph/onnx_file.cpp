#include "assimilaate/graph/internal/onnx_file.hpp"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "assimilaate/core/half.hpp"

namespace assimilaate::onnx_file {
namespace {

constexpr std::size_t largest_file = 1U << 30U;
constexpr std::size_t largest_constant = 4096;  // numbers that a stripped network may carry in one tensor
constexpr std::string_view domain = "assimilaate";

struct Tensor {
  std::vector<std::int64_t> dims;
  std::vector<float> values;
};

template <typename T>
std::vector<float> raw(const std::string& bytes, std::size_t count, std::string_view name) {
  if (bytes.size() != count * sizeof(T))
    fail(Errc::Format, "tensor {}: {} bytes, its shape needs {}", name, bytes.size(), count * sizeof(T));
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    if constexpr (std::is_same_v<T, std::uint16_t>)
      values[i] = from_half(value);
    else
      values[i] = static_cast<float>(value);
  }
  return values;
}

Tensor read_tensor(const onnx::TensorProto& proto) {
  Tensor tensor;
  std::size_t count = 1;
  for (const auto d : proto.dims()) {
    if (d < 0 || (d > 0 && count > largest_file / static_cast<std::size_t>(d)))
      fail(Errc::Format, "tensor {}: a dimension of {}", proto.name(), d);
    count *= static_cast<std::size_t>(d);
    tensor.dims.push_back(d);
  }
  if (proto.data_location() == onnx::TensorProto::EXTERNAL)
    fail(Errc::Unsupported, "tensor {}: its data lie in another file (save the model as one file)", proto.name());
  const bool is_raw = proto.has_raw_data();
  const auto typed = [&](const auto& field) {
    if (static_cast<std::size_t>(field.size()) != count)
      fail(Errc::Format, "tensor {}: {} numbers, its shape needs {}", proto.name(), field.size(), count);
    std::vector<float> values;
    for (const auto v : field) values.push_back(static_cast<float>(v));
    return values;
  };
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT:
      tensor.values = is_raw ? raw<float>(proto.raw_data(), count, proto.name()) : typed(proto.float_data());
      break;
    case onnx::TensorProto::DOUBLE:
      tensor.values = is_raw ? raw<double>(proto.raw_data(), count, proto.name()) : typed(proto.double_data());
      break;
    case onnx::TensorProto::INT64:
      tensor.values = is_raw ? raw<std::int64_t>(proto.raw_data(), count, proto.name()) : typed(proto.int64_data());
      break;
    case onnx::TensorProto::FLOAT16:
      if (!is_raw) fail(Errc::Unsupported, "tensor {}: half precision outside raw_data", proto.name());
      tensor.values = raw<std::uint16_t>(proto.raw_data(), count, proto.name());
      break;
    default:
      fail(Errc::Unsupported, "tensor {}: element type {} is not supported (float, double, half, int64 are)",
           proto.name(), proto.data_type());
  }
  for (std::size_t i = 0; i < count; ++i)
    if (!std::isfinite(tensor.values[i]))
      fail(Errc::Format, "tensor {}: number {} is {} (the model is broken; train or export it again)", proto.name(), i,
           tensor.values[i]);
  return tensor;
}

Matrix<float> as_matrix(const Tensor& tensor) {
  const std::size_t rows = tensor.dims.size() == 2 ? static_cast<std::size_t>(tensor.dims[0]) : 1;
  Matrix<float> m(rows, rows > 0 ? tensor.values.size() / rows : 0);
  std::ranges::copy(tensor.values, m.values().begin());
  return m;
}

Network::Port port(const onnx::ValueInfoProto& info) {
  Network::Port port{info.name(), 1};
  const auto& shape = info.type().tensor_type().shape();
  for (int d = 1; d < shape.dim_size(); ++d)  // dimension 0 is the batch
    port.width = shape.dim(d).has_dim_value() && shape.dim(d).dim_value() > 0
                     ? port.width * static_cast<std::size_t>(shape.dim(d).dim_value())
                     : 0;
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
  }

  Content read() {
    for (int i = 0; i < graph_.node_size(); ++i) add(graph_.node(i), i);
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
            fail(Errc::Unsupported, "{}: node {}: tensor {} is the weight of a transform too, a target must not receive it (give the node a copy)", name_, node.name, input);
          constants[input] = as_matrix(found->second);
        }
    Content content;
    content.network = Network(inputs[0], outputs[0], std::move(nodes_), std::move(constants));
    content.weights = std::move(weights_);
    return content;
  }

  [[nodiscard]] const std::map<std::string, Tensor>& tensors() const noexcept { return tensors_; }

 private:
  void add(const onnx::NodeProto& proto, int place) {
    Node node;
    node.op = proto.op_type();
    node.name = proto.name().empty() ? fmt::format("{}_{}", proto.op_type(), place) : proto.name();
    if (!names_.insert(node.name).second) fail(Errc::Format, "{}: two nodes are called {}", name_, node.name);
    node.inputs.assign(proto.input().begin(), proto.input().end());
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
    } else if (node.op == "Add" && node.inputs.size() == 2 && !nodes_.empty() && add_bias(node)) {
      return;
    } else {
      nodes_.push_back(std::move(node));
    }
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
        fail(Errc::Mismatch, "{}: transform {}: attribute {} of {} numbers; there is one each for inputs and outputs (strip the model again)", name_, node.name, key, values.size());
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
    if (values.size() != weights.bias.size() && values.size() != 1)
      fail(Errc::Format, "{}: node {}: {} biases for {} outputs", name_, node.name, values.size(), weights.bias.size());
    for (std::size_t o = 0; o < weights.bias.size(); ++o) weights.bias[o] += scale * values[values.size() == 1 ? 0 : o];
  }

  /// MatMul followed by Add of an initializer is one transform.
  bool add_bias(const Node& add) {
    for (int side = 0; side < 2; ++side) {
      const auto made = std::ranges::find_if(nodes_, [&](const Node& n) {
        return n.is_transform() && n.op == "Transform" && n.outputs[0] == add.inputs[side];
      });
      if (made == nodes_.end() || !tensors_.contains(add.inputs[1 - side]) || !weights_.contains(made->name)) continue;
      const auto users = std::ranges::count_if(graph_.node(), [&](const onnx::NodeProto& n) {
        return std::ranges::find(n.input(), made->outputs[0]) != n.input().end();
      });
      if (users != 1 || add.outputs.size() != 1) return false;
      set_bias(add, weights_.at(made->name), add.inputs[1 - side], 1);
      made->outputs = add.outputs;
      return true;
    }
    return false;
  }

  const onnx::GraphProto& graph_;
  std::string name_;
  std::map<std::string, Tensor> tensors_;
  std::set<std::string> names_, folded_;  // names of nodes; tensors that became weights of transforms
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
  for (const auto& opset : model.opset_import())
    if ((opset.domain().empty() || opset.domain() == "ai.onnx") && (opset.version() < 7 || opset.version() > 21))
      fail(Errc::Unsupported, "{}: opset {}; 7 … 21 are supported (export it again)", name, opset.version());
  Reader reader(model.graph(), name);
  Content content = reader.read();
  if (content.weights.empty())
    for (const auto& [tensor, value] : reader.tensors())
      if (value.values.size() > largest_constant || !content.network.constants().contains(tensor))
        fail(Errc::Mismatch, "{}: tensor {} of {} numbers in a network without weights (strip the model again)", name,
             tensor, value.values.size());
  return content;
}

std::vector<std::byte> write(const Network& network) {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.set_producer_name("assimilaate");
  auto* opset = model.add_opset_import();
  opset->set_domain("");
  opset->set_version(13);
  opset = model.add_opset_import();
  opset->set_domain(std::string(domain));
  opset->set_version(1);
  auto* graph = model.mutable_graph();
  graph->set_name("stripped");
  const auto declare = [](onnx::ValueInfoProto* info, const Network::Port& port) {
    info->set_name(port.name);
    auto* type = info->mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    type->mutable_shape()->add_dim()->set_dim_param("N");
    auto* dim = type->mutable_shape()->add_dim();
    if (port.width > 0) dim->set_dim_value(static_cast<std::int64_t>(port.width));
  };
  declare(graph->add_input(), network.input());
  declare(graph->add_output(), network.output());
  for (const auto& [name, value] : network.constants()) {
    if (value.size() > largest_constant)
      fail(Errc::Unsupported, "network: constant {} of {} numbers cannot be told from a weight", name, value.size());
    auto* tensor = graph->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(onnx::TensorProto::FLOAT);
    tensor->add_dims(static_cast<std::int64_t>(value.rows()));
    tensor->add_dims(static_cast<std::int64_t>(value.cols()));
    for (const float v : value.values()) tensor->add_float_data(v);
  }
  for (const Node& node : network.nodes()) {
    auto* out = graph->add_node();
    out->set_name(node.name);
    out->set_op_type(node.op);
    if (node.is_transform()) out->set_domain(std::string(domain));
    for (const auto& t : node.inputs) out->add_input(t);
    for (const auto& t : node.outputs) out->add_output(t);
    for (const auto& [key, values] : node.attributes) {
      if (values.empty()) continue;
      auto* a = out->add_attribute();
      a->set_name(key);
      const bool whole = std::ranges::all_of(values, [](double v) { return v == std::floor(v) && std::abs(v) <= 0x1p53; });
      a->set_type(whole ? onnx::AttributeProto::INTS : onnx::AttributeProto::FLOATS);
      for (const double v : values)
        whole ? a->add_ints(static_cast<std::int64_t>(v)) : a->add_floats(static_cast<float>(v));
    }
  }
  const std::string text = model.SerializeAsString();
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  return {bytes.begin(), bytes.end()};
}

}  // namespace assimilaate::onnx_file
