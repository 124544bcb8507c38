#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "assimilaate/graph/internal/onnx_file.hpp"

namespace assimilaate::onnx_file {

void refuse_weights(const Network& network, std::string_view name, Errc code) {
  constexpr std::string_view remedy =
      "a target never receives weights (strip a model whose biases stand alone behind their layer)";
  for (const auto& [tensor, value] : network.constants())
    if (value.size() > largest_setting)
      fail(code, "{}: tensor {} of {} numbers cannot be told from a weight; {}", name, tensor, value.size(), remedy);
  std::set<std::string> transformed;  // outputs of transforms, also under other shapes
  for (const Node& node : network.nodes()) {
    for (const auto& [key, values] : node.attributes)
      if (values.size() > largest_setting)
        fail(code, "{}: node {}: attribute {} of {} numbers cannot be told from a weight; {}", name, node.name, key,
             values.size(), remedy);
    const bool follows = std::ranges::any_of(node.inputs, [&](const auto& t) { return transformed.contains(t); });
    for (const auto& input : node.inputs)
      if (const auto found = network.constants().find(input);
          follows && found != network.constants().end() && found->second.size() > 1)
        fail(code, "{}: node {}: tensor {} of {} numbers meets the output of a transform, so it is a bias; {}", name,
             node.name, input, found->second.size(), remedy);
    if (node.is_transform() || (follows && node.kind->rearranges_nothing)) transformed.insert(node.outputs[0]);
  }
}

std::vector<std::byte> write(const Network& network) {
  refuse_weights(network, "network", Errc::Unsupported);
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
      const bool whole =
          std::ranges::all_of(values, [](double v) { return v == std::floor(v) && std::abs(v) <= 0x1p53; });
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
