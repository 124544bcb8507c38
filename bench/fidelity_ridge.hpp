#pragma once
/// Closed forms beside what lanes learn.

#include "assimilaate/core/matrix.hpp"

namespace assimilaate::bench {

/// y = W x + b by least squares with a penalty, from examples alone.
struct Ridge {
  Matrix<float> weights;    ///< [outputs x inputs]
  std::vector<float> bias;  ///< [outputs]
  double penalty = 0;       ///< in mean variances of an input, times examples

  /// The penalty is the best of 1e-4, 1e-3 ... 10 on the last fifth of the examples; the fit then takes all of them.
  /// Solved in the smaller of examples and inputs.
  /// @param x, y  a row per example, in equal numbers
  [[nodiscard]] static Ridge fit(const Matrix<float>& x, const Matrix<float>& y);
  [[nodiscard]] Matrix<float> operator()(const Matrix<float>& x) const;
};

/// How many directions rows use.
struct Directions {
  /// Of the covariance, (sum of eigenvalues)^2 / sum of their squares, in [1, min(rows, columns)]; 0 for rows that are
  /// all alike.
  double participation_ratio = 0;
  std::size_t carry_95 = 0, carry_99 = 0;  ///< fewest principal directions with 95 and 99 % of the variance
};
/// The first 2 000 rows are looked at.
[[nodiscard]] Directions directions(const Matrix<float>& rows);

}  // namespace assimilaate::bench
