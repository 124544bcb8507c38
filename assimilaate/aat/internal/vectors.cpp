#include "assimilaate/aat/internal/vectors.hpp"

#include <algorithm>
#include <bit>

#include "assimilaate/core/array_file.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate::internal {
namespace {

void check_sizes(const Codec& codec, std::size_t dims, std::size_t spaces, std::size_t vectors, std::size_t aats) {
  if (dims != codec.dims())
    fail(Errc::Mismatch, "codec {}: vectors of {} dimensions, it was fitted to {}", codec.name(), dims, codec.dims());
  if (spaces != codec.shape().spaces())
    fail(Errc::Mismatch, "codec {}: tuples of {} entries, it has {} spaces", codec.name(), spaces,
         codec.shape().spaces());
  if (vectors != aats) fail(Errc::Mismatch, "codec {}: {} vectors beside {} tuples", codec.name(), vectors, aats);
}

bool all_finite(std::span<const float> values) {
  constexpr std::uint32_t exponent = 0x7f800000U;
  bool finite = true;
  for (const float v : values) finite &= (std::bit_cast<std::uint32_t>(v) & exponent) != exponent;
  return finite;
}

}  // namespace

void check_encode(const Codec& codec, MatrixView<const float> vectors, MatrixView<Address> aats) {
  check_sizes(codec, vectors.cols(), aats.cols(), vectors.rows(), aats.rows());
  for_blocks(vectors.rows(), [&](std::size_t first, std::size_t count) {
    const auto block = vectors.slice(first, count);
    if (!all_finite({block.data(), block.size()}))
      check_finite(block, fmt::format("codec {}, vectors from {}", codec.name(), first));
  });
}

void check_decode(const Codec& codec, MatrixView<const Address> aats, MatrixView<float> vectors) {
  check_sizes(codec, vectors.cols(), aats.cols(), vectors.rows(), aats.rows());
  check_addresses(codec.shape(), aats);
}

double share_lost(const Codec& codec, MatrixView<const float> vectors) {
  const std::size_t n = vectors.rows(), dims = vectors.cols();
  Matrix<Address> aats(n, codec.shape().spaces());
  codec.encode(vectors, aats.view());
  Matrix<float> decoded(n, dims);
  codec.decode(aats.view(), decoded.view());
  std::vector<double> mean(dims);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t d = 0; d < dims; ++d) mean[d] += vectors(i, d) / static_cast<double>(n);
  double lost = 0, all = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t d = 0; d < dims; ++d) {
      const double error = double{vectors(i, d)} - decoded(i, d), distance = vectors(i, d) - mean[d];
      lost += error * error;
      all += distance * distance;
    }
  return all > 0 ? std::min(1.0, lost / all) : 0.0;
}

void for_blocks(std::size_t rows, const std::function<void(std::size_t, std::size_t)>& body) {
  parallel_for((rows + block_rows - 1) / block_rows, [&](std::size_t b) {
    const std::size_t first = b * block_rows;
    body(first, std::min(block_rows, rows - first));
  });
}

}  // namespace assimilaate::internal
