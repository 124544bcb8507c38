#pragma once
/// Bounded non-linear least squares: Levenberg-Marquardt (Levenberg 1944, Marquardt 1963; gain ratio after Nielsen
/// 1999) with numerical derivatives, parameters on a linear or a logarithmic scale, and what the data say about each.

#include <functional>
#include <span>
#include <vector>

#include "assimilaate/core/matrix.hpp"

namespace assimilaate {

/// One unknown.
struct Unknown {
  double low, high;          ///< bounds, low < high; above 0 where logarithmic
  bool logarithmic = false;  ///< steps and standard errors are of its logarithm
};

struct LeastSquaresProblem {
  std::vector<Unknown> unknowns;
  std::size_t residuals = 0;
  /// Residuals at `p`, [residuals]; not finite where `p` is impossible. Called by one thread.
  std::function<void(std::span<const double> p, std::span<double> residual)> evaluate;
};

struct LeastSquaresOptions {
  int iterations = 100;
  double tolerance = 1e-10;       ///< on the relative fall of the sum of squares
  double difference_step = 1e-5;  ///< of a derivative, as a share of an unknown's scale
};

struct LeastSquaresFit {
  std::vector<double> p;         ///< best unknowns
  std::vector<double> residual;  ///< there
  double sum_of_squares = 0;
  bool converged = false;
  int evaluations = 0;
  /// Covariance on each unknown's own scale (of the logarithm where logarithmic), for a residual variance of 1; rows
  /// and columns of unknowns at a bound, and of those the data do not determine, are 0.
  Matrix<double> covariance;
  std::vector<bool> determined;  ///< false where no residual depends on it, alone or together with others
  std::vector<bool> at_bound;
};

/// @param start  within the bounds
[[nodiscard]] LeastSquaresFit least_squares(const LeastSquaresProblem& problem, std::vector<double> start,
                                            const LeastSquaresOptions& options = {});
/// Work out `covariance`, `determined` and `at_bound` at `fit.p`.
void judge(const LeastSquaresProblem& problem, LeastSquaresFit& fit, const LeastSquaresOptions& options = {});

/// Quantile of Student's t that leaves 2.5 % above, for `freedom` >= 1 degrees (Cornish-Fisher to nu^-4 from 3 on).
[[nodiscard]] double student_95(double freedom);

}  // namespace assimilaate
