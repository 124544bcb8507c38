#include <cmath>
#include <cstring>

#include "assimilaate/core/array_file.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/core/half.hpp"
#include "assimilaate/core/internal/array_formats.hpp"

namespace assimilaate {
namespace internal {
namespace {

template <typename T, typename ToFloat>
void convert(std::span<const std::byte> bytes, std::span<float> values, ToFloat to_float) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    T element;
    std::memcpy(&element, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = to_float(element);
  }
}

constexpr std::size_t size_of(ElementType type) {
  switch (type) {
    case ElementType::U8:
    case ElementType::I8:
      return 1;
    case ElementType::F16:
    case ElementType::BF16:
      return 2;
    case ElementType::F32:
    case ElementType::I32:
      return 4;
    case ElementType::F64:
    case ElementType::I64:
      return 8;
  }
  return 0;
}

}  // namespace

Matrix<float> to_matrix(std::span<const std::byte> bytes, ElementType type, std::span<const std::uint64_t> shape,
                        std::string_view what) {
  const std::size_t room = bytes.size() / size_of(type);
  std::size_t count = 1;
  for (const std::uint64_t n : shape) {
    if (n != 0 && count > room / n && count != 0)
      fail(Errc::Format, "{}: its shape asks for more than the {} elements it holds (truncated file)", what, room);
    count *= n;
  }
  if (count * size_of(type) != bytes.size())
    fail(Errc::Format, "{}: its shape asks for {} bytes, it holds {} (truncated or corrupt file)", what,
         count * size_of(type), bytes.size());
  const std::size_t rows = shape.empty() ? 1 : shape[0];
  std::size_t cols = 1;
  for (std::size_t d = 1; d < shape.size(); ++d) cols *= count == 0 ? 0 : shape[d];
  Matrix<float> matrix(count == 0 ? 0 : rows, cols);
  const auto values = matrix.values();
  const auto as_float = [](auto element) { return static_cast<float>(element); };
  switch (type) {
    case ElementType::F16:
      convert<std::uint16_t>(bytes, values, from_half);
      break;
    case ElementType::BF16:
      convert<std::uint16_t>(bytes, values,
                             [](std::uint16_t b) { return std::bit_cast<float>(std::uint32_t{b} << 16); });
      break;
    case ElementType::F32:
      convert<float>(bytes, values, as_float);
      break;
    case ElementType::F64:
      convert<double>(bytes, values, as_float);
      break;
    case ElementType::U8:
      convert<std::uint8_t>(bytes, values, as_float);
      break;
    case ElementType::I8:
      convert<std::int8_t>(bytes, values, as_float);
      break;
    case ElementType::I32:
      convert<std::int32_t>(bytes, values, as_float);
      break;
    case ElementType::I64:
      convert<std::int64_t>(bytes, values, as_float);
      break;
  }
  return matrix;
}

}  // namespace internal

void check_finite(MatrixView<const float> values, std::string_view what) {
  for (std::size_t r = 0; r < values.rows(); ++r)
    for (std::size_t c = 0; c < values.cols(); ++c)
      if (!std::isfinite(values(r, c)))
        fail(Errc::Format, "{}: row {}, column {} is {} (clean the data first)", what, r, c, values(r, c));
}

}  // namespace assimilaate
