#pragma once
/// Binary threshold trees, the emulator's analogue-to-digital encoder (ktram-neural-core, A2D): a number becomes an
/// address of `bits` bits, the most significant first; each bit is the answer of one threshold to x >= w, and the bits
/// so far choose the next threshold.

#include <span>
#include <vector>

#include "assimilaate/aat/aat.hpp"

namespace assimilaate {

class ThresholdTree {
 public:
  /// Thresholds in the middle of their part of [low, high].
  /// @param bits  1 ... 16
  /// @throws Error{Usage} for other numbers of bits, or where low < high does not hold.
  ThresholdTree(unsigned bits, double low, double high);
  /// The tree that `adapt` settles at for a sample and ever smaller rates: every threshold is the mean of the numbers
  /// that reach it, or the middle of its part where none do. Thresholds read from left to right do not fall.
  /// @param sorted  the sample, rising, finite, at least one number
  [[nodiscard]] static ThresholdTree settled(unsigned bits, std::span<const float> sorted);

  /// The address of a number, 0 ... 2^bits - 1; numbers outside [low, high] get the first or last.
  [[nodiscard]] Address encode(double x) const;
  /// The same, and every threshold on the way then moves towards x: w <- (1 - rate) w + rate x.
  /// @param rate  in [0, 1]
  Address adapt(double x, double rate);

  /// [bits][2^depth], by the bits before.
  [[nodiscard]] const std::vector<std::vector<double>>& thresholds() const { return thresholds_; }

  /// Those of all depths, from left to right: entry a parts the addresses below a + 1 from the others.
  [[nodiscard]] std::vector<double> borders() const;

 private:
  std::vector<std::vector<double>> thresholds_;
};

}  // namespace assimilaate
