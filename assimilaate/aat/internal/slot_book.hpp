#pragma once
/// What codec `slots` carries, and the way into its coordinates.

#include <vector>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/aat/internal/halves.hpp"
#include "assimilaate/aat/internal/rotation.hpp"

namespace assimilaate::internal {

struct SlotBook {
  std::size_t dims = 0;
  std::uint64_t seed = 0;
  std::uint32_t axis_levels = 2, norms = 2;  // powers of two
  double distortion = 0;
  float norm_low = 0, norm_step = 1;   // log2 of the smallest norm, and of the ratio of two neighbours
  std::vector<float> mean{};           // of the rotated vectors, [2 x slots]
  std::vector<float> scales{};         // of the compander, 1 ... 256
  std::vector<std::uint8_t> choice{};  // of a scale, [slots]

  [[nodiscard]] std::size_t slots() const { return mean.size() / 2; }
  [[nodiscard]] std::vector<std::byte> bytes() const;
  /// @throws Error{Format}
  [[nodiscard]] static SlotBook from_bytes(std::span<const std::byte> bytes);
};

/// Fit mean and range of norms. @param vectors  [n x dims], at least one
void fit_frame(SlotBook& book, MatrixView<const float> vectors);

/// Vectors to coordinates of mean square 1, and back.
class SlotFrame {
 public:
  explicit SlotFrame(const SlotBook& book);
  /// The address of the distance from the mean; what is left is divided by the norm that the address stands for.
  /// @param unit  receives the coordinates, [2 x slots]
  Address enter(std::span<const float> vector, std::span<float> unit) const;
  /// @param aat   slots and norm; a slot that is `None` is zero before the rotation goes back, all are where the norm
  /// is
  /// @param unit  what the slots say, overwritten
  void leave(Aat aat, std::span<float> unit, std::span<float> vector) const;

 private:
  Rotation rotation_;
  std::vector<float> mean_, factors_, borders_;  // factors: norm / sqrt(coordinates)
};

/// Normal quantiles of (k + 1/2) / levels, rising.
[[nodiscard]] std::vector<float> compander(std::size_t levels);

}  // namespace assimilaate::internal
