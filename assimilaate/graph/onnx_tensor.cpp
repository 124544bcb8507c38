#include "assimilaate/graph/internal/onnx_tensor.hpp"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "assimilaate/core/half.hpp"

namespace assimilaate::onnx_file {
namespace {

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

}  // namespace

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
      tensor.values = is_raw ? raw<std::uint16_t>(proto.raw_data(), count, proto.name()) : typed(proto.int32_data());
      if (!is_raw)
        for (float& v : tensor.values) v = from_half(static_cast<std::uint16_t>(std::clamp(v, 0.0F, 65535.0F)));
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

}  // namespace assimilaate::onnx_file
