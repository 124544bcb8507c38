#pragma once
/// How many examples may be taught at once.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "assimilaate/assimilation/lane_bank.hpp"

namespace assimilaate::internal {

/// What presentations have in common: the largest eigenvalue of the mean of write x read, over the mean energy; in
/// [0, 1]. Examples that are taught at once add up along that direction, and with a step that suits one example each
/// they overshoot there once (number at once) x coherence exceeds 2 (Widrow & Stearns 1985, ch. 6).
class Coherence {
 public:
  /// Of so many presentations `kept` are kept, evenly.
  Coherence(std::size_t rows, std::size_t presentations)
      : every_((presentations + kept - 1) / kept), reads_(0, rows), writes_(0, rows) {}
  void add(const DriveBlock& block) {
    if (seen_++ % every_ != 0) return;
    energy_ += block.energy[0];
    const std::size_t at = reads_.rows();
    reads_.resize_rows(at + 1);
    if (!block.rows.empty())
      for (const auto r : block.rows[0]) reads_(at, r) = 1;
    else
      std::ranges::copy(block.drives.row(0), reads_.row(at).begin());
    if (block.writes.empty()) return;
    writes_.resize_rows(at + 1);
    std::ranges::copy(block.writes.row(0), writes_.row(at).begin());
  }
  /// By power iteration; within a few per cent, and never above the truth.
  [[nodiscard]] double value() const {
    if (!(energy_ > 0)) return 0;
    const Matrix<float>& writes = writes_.rows() > 0 ? writes_ : reads_;
    std::vector<double> direction(reads_.cols(), 0), next(direction);
    for (std::size_t i = 0; i < writes.rows(); ++i)
      for (std::size_t r = 0; r < direction.size(); ++r) direction[r] += writes(i, r) * (i % 2 == 0 ? 1.0 : 0.5);
    double largest = 0;
    for (int step = 0; step < 20; ++step) {
      const double length = std::sqrt(std::inner_product(direction.begin(), direction.end(), direction.begin(), 0.0));
      if (!(length > 0)) break;
      std::ranges::fill(next, 0.0);
      for (std::size_t i = 0; i < reads_.rows(); ++i) {
        const auto read = reads_.row(i), write = writes.row(i);
        const double along = std::inner_product(read.begin(), read.end(), direction.begin(), 0.0) / length;
        for (std::size_t r = 0; r < next.size(); ++r) next[r] += along * write[r];
      }
      largest = std::sqrt(std::inner_product(next.begin(), next.end(), next.begin(), 0.0));
      std::swap(direction, next);
    }
    return std::clamp(largest / energy_, 0.0, 1.0);
  }

 private:
  static constexpr std::size_t kept = 256;
  std::size_t every_, seen_ = 0;
  Matrix<float> reads_, writes_;  // a row for each presentation kept
  double energy_ = 0;
};

}  // namespace assimilaate::internal
