#include "assimilaate/characterisation/profile.hpp"

#include <algorithm>
#include <cmath>

namespace assimilaate {
namespace {

/// The problem with one unknown held.
class Held {
 public:
  Held(const LeastSquaresProblem& whole, std::size_t which, double value)
      : whole_(whole), which_(which), value_(value) {
    problem_.unknowns = whole.unknowns;
    problem_.unknowns.erase(problem_.unknowns.begin() + static_cast<std::ptrdiff_t>(which));
    problem_.residuals = whole.residuals;
    problem_.evaluate = [this](std::span<const double> p, std::span<double> residual) {
      whole_.evaluate(with(p), residual);
    };
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  /// All unknowns of the least sum of squares, from where `p` stands; and that sum.
  [[nodiscard]] std::pair<std::vector<double>, double> least(std::vector<double> p) const {
    p.erase(p.begin() + static_cast<std::ptrdiff_t>(which_));
    const LeastSquaresFit fit = least_squares(problem_, std::move(p), {.iterations = 15, .tolerance = 1e-4});
    return {with(fit.p), fit.sum_of_squares};
  }

 private:
  [[nodiscard]] std::vector<double> with(std::span<const double> p) const {
    std::vector<double> all(p.begin(), p.end());
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(which_), value_);
    return all;
  }
  const LeastSquaresProblem& whole_;
  std::size_t which_;
  double value_;
  LeastSquaresProblem problem_;
};

/// One unknown on its own scale.
struct Scale {
  const Unknown& unknown;
  [[nodiscard]] double in(double p) const { return unknown.logarithmic ? std::log(p) : p; }
  [[nodiscard]] double out(double u) const {
    return std::clamp(unknown.logarithmic ? std::exp(u) : u, unknown.low, unknown.high);
  }
};

struct End {
  double value;
  bool open;
};

/// The end of the interval on one side (-1 or +1) of the best value.
End end_of(const LeastSquaresProblem& problem, const LeastSquaresFit& fit, std::size_t which, double rise, int side,
           std::optional<std::vector<double>>& better) {
  const Scale scale{problem.unknowns[which]};
  const double best = scale.in(fit.p[which]);
  const double bound = scale.in(side < 0 ? scale.unknown.low : scale.unknown.high);
  if (side * (bound - best) <= 0) return {scale.out(bound), true};
  const double curvature = fit.covariance(which, which);
  double reach = curvature > 0 ? std::sqrt(rise * curvature) : 0.05 * std::abs(bound - best);
  reach = std::min(reach, std::abs(bound - best));
  double inner = 0, inner_z = 0, outer = 0, outer_z = 0;  // distances, with the root of the rise over what is allowed
  std::vector<double> follows = fit.p;
  constexpr int most = 16;
  for (int i = 0; i < most; ++i) {
    const auto [p, sum] = Held(problem, which, scale.out(best + side * reach)).least(follows);
    if (sum < fit.sum_of_squares * (1 - 1e-6)) {
      better = p;
      return {scale.out(bound), true};
    }
    const double z = std::isfinite(sum) ? std::sqrt(std::max(0.0, sum - fit.sum_of_squares) / rise) : 1e3;
    if (std::abs(z - 1) < 0.02) break;
    if (z < 1) {
      inner = reach, inner_z = z, follows = p;
      if (reach >= std::abs(bound - best)) return {scale.out(bound), true};
    } else {
      outer = reach, outer_z = std::min(z, 4.0);  // beyond, the rise is no longer a guide
    }
    if (outer == 0)
      reach = std::min(std::abs(bound - best), reach * std::clamp(1.05 / std::max(z, 1e-3), 1.2, 3.0));
    else
      reach = inner + (outer - inner) * std::clamp((1 - inner_z) / (outer_z - inner_z), 0.1, 0.9);
    if (outer > 0 && outer - inner < 1e-6 * outer) break;
  }
  return {scale.out(best + side * reach), false};
}

}  // namespace

Profile profile(const LeastSquaresProblem& problem, const LeastSquaresFit& fit, std::size_t which, double rise) {
  Profile found{};
  const End low = end_of(problem, fit, which, rise, -1, found.better);
  if (found.better) return found;
  const End high = end_of(problem, fit, which, rise, 1, found.better);
  found.interval = {low.value, high.value, low.open, high.open};
  return found;
}

}  // namespace assimilaate
