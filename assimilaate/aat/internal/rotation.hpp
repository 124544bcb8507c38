#pragma once
/// A signed Hadamard rotation: spreads every input over all coordinates, and costs one seed.

#include <cstdint>
#include <span>
#include <vector>

namespace assimilaate::internal {

/// y = H D x / sqrt(n): D the random signs, H the Hadamard matrix, n the power of two that holds the dimensions;
/// orthonormal.
class Rotation {
 public:
  Rotation() = default;
  Rotation(std::size_t dims, std::uint64_t seed);
  /// n.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// @param x  [dims]
  /// @param y  [size()]
  void forward(std::span<const float> x, std::span<float> y) const;
  /// @param y  [size()], overwritten
  /// @param x  [dims]
  void backward(std::span<float> y, std::span<float> x) const;

 private:
  std::size_t size_ = 0;
  std::vector<float> signs_;
};

}  // namespace assimilaate::internal
