#include "assimilaate/aat/internal/rotation.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "assimilaate/core/error.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate::internal {
namespace {

void hadamard(std::span<float> y) {
  for (std::size_t h = 1; h < y.size(); h *= 2)
    for (std::size_t i = 0; i < y.size(); i += 2 * h)
      for (std::size_t j = i; j < i + h; ++j) {
        const float a = y[j], b = y[j + h];
        y[j] = a + b;
        y[j + h] = a - b;
      }
  const float scale = 1 / std::sqrt(static_cast<float>(y.size()));
  for (float& v : y) v *= scale;
}

}  // namespace

Rotation::Rotation(std::size_t dims, std::uint64_t seed) : size_(std::bit_ceil(dims)), signs_(dims) {
  const Random random(seed, 0);
  for (std::size_t d = 0; d < dims; ++d) signs_[d] = (random.bits(Purpose::Codec, d)[0] & 1U) != 0 ? 1.0F : -1.0F;
}

void Rotation::forward(std::span<const float> x, std::span<float> y) const {
  ASSIMILAATE_EXPECTS(x.size() == signs_.size() && y.size() == size_);
  for (std::size_t d = 0; d < x.size(); ++d) y[d] = x[d] * signs_[d];
  std::ranges::fill(y.subspan(x.size()), 0.0F);
  hadamard(y);
}

void Rotation::backward(std::span<float> y, std::span<float> x) const {
  ASSIMILAATE_EXPECTS(x.size() == signs_.size() && y.size() == size_);
  hadamard(y);
  for (std::size_t d = 0; d < x.size(); ++d) x[d] = y[d] * signs_[d];
}

}  // namespace assimilaate::internal
