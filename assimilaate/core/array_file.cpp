#include "assimilaate/core/array_file.hpp"

#include <algorithm>

#include "assimilaate/core/file.hpp"
#include "assimilaate/core/internal/array_formats.hpp"

namespace assimilaate {
namespace {

/// The file's bytes, unpacked when they are gzip.
std::vector<std::byte> read_unpacked(const std::filesystem::path& file) {
  auto bytes = read_file(file);
  return internal::is_gzip(bytes) ? internal::gunzip(bytes, file.string()) : bytes;
}

bool starts_with(std::span<const std::byte> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::ranges::equal(bytes.first(magic.size()), std::as_bytes(std::span(magic)));
}

}  // namespace

Matrix<float> read_matrix(const std::filesystem::path& file, std::string_view tensor) {
  const auto bytes = read_unpacked(file);
  const std::string what = file.string();
  const bool named = !tensor.empty();
  if (starts_with(bytes, internal::npy_magic) && !named) return internal::parse_npy(bytes, what);
  if (starts_with(bytes, std::string_view("\0\0\x08", 3)) && !named) return internal::parse_idx(bytes, what);
  if (bytes.size() > 8 && bytes[8] == std::byte{'{'}) return internal::parse_safetensors(bytes, tensor, what);
  if (named) fail(Errc::Usage, "{}: only a safetensors file has a tensor '{}' (leave the name out)", what, tensor);
  fail(Errc::Format, "{}: neither NumPy (.npy), nor safetensors, nor idx of unsigned bytes", what);
}

std::vector<std::int32_t> read_labels(const std::filesystem::path& file) {
  const auto bytes = read_unpacked(file);
  if (!starts_with(bytes, std::string_view("\0\0\x08\x01", 4)))
    fail(Errc::Format, "{}: no labels (an idx1-ubyte file begins with the bytes 0 0 8 1)", file.string());
  const auto matrix = internal::parse_idx(bytes, file.string());
  std::vector<std::int32_t> labels(matrix.size());
  std::ranges::transform(matrix.values(), labels.begin(), [](float v) { return static_cast<std::int32_t>(v); });
  return labels;
}

}  // namespace assimilaate
