#pragma once
/// Confidence where curvature misleads: profile likelihood (Venzon & Moolgavkar, Applied Statistics 1988). One unknown
/// is moved away from its best value and held there, the others follow; the interval ends where the least sum of
/// squares has risen by what chance allows. Unknowns that can trade places, like rate and threshold below threshold,
/// get the long and lopsided intervals that they deserve.

#include <optional>

#include "assimilaate/characterisation/least_squares.hpp"

namespace assimilaate {

struct Interval {
  double low, high;
  bool low_open = false, high_open = false;  ///< no end before the bound of the unknown, which stands in its place
};

struct Profile {
  Interval interval;
  /// Unknowns that fit better than the ones it started from, where it came across some: fit again from there.
  std::optional<std::vector<double>> better{};
};

/// @param fit   the minimum
/// @param which of the unknowns
/// @param rise  of the sum of squares at the ends of the interval, > 0
[[nodiscard]] Profile profile(const LeastSquaresProblem& problem, const LeastSquaresFit& fit, std::size_t which,
                              double rise);

}  // namespace assimilaate
