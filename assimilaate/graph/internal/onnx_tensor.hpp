#pragma once
/// Tensors of ONNX files.

#include <cstdint>
#include <vector>

#include "assimilaate/core/matrix.hpp"

namespace onnx {
class TensorProto;
}

namespace assimilaate::onnx_file {

inline constexpr std::size_t largest_file = 1U << 30U;  // [bytes]

struct Tensor {
  std::vector<std::int64_t> dims;
  std::vector<float> values;
};

/// Every element type the loader knows, as float.
/// @throws Error{Format} for a size that is not its shape's, NaN or infinity; Error{Unsupported} for other types and
/// for data in another file.
[[nodiscard]] Tensor read_tensor(const onnx::TensorProto& proto);

/// Two dimensions as they are, any others as one row.
[[nodiscard]] Matrix<float> as_matrix(const Tensor& tensor);

}  // namespace assimilaate::onnx_file
