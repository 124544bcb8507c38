#include "assimilaate/characterisation/least_squares.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

namespace assimilaate {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Unknowns on the scale they are searched on: 0 ... 1 between the bounds, logarithmic or linear.
class Search {
 public:
  explicit Search(const LeastSquaresProblem& problem) : problem_(problem) {}

  [[nodiscard]] Eigen::Index unknowns() const { return static_cast<Eigen::Index>(problem_.unknowns.size()); }
  [[nodiscard]] std::vector<double> outside(const VectorXd& u) const {
    std::vector<double> p(problem_.unknowns.size());
    for (std::size_t i = 0; i < p.size(); ++i) {
      const Unknown& k = problem_.unknowns[i];
      const double at = u[static_cast<Eigen::Index>(i)];
      p[i] = k.logarithmic ? std::exp(std::log(k.low) + at * span(i)) : k.low + at * span(i);
      p[i] = std::clamp(p[i], k.low, k.high);
    }
    return p;
  }
  [[nodiscard]] VectorXd inside(const std::vector<double>& p) const {
    VectorXd u(unknowns());
    for (std::size_t i = 0; i < p.size(); ++i) {
      const Unknown& k = problem_.unknowns[i];
      const double value = std::clamp(p[i], k.low, k.high);
      u[static_cast<Eigen::Index>(i)] = (k.logarithmic ? std::log(value / k.low) : value - k.low) / span(i);
    }
    return u;
  }
  /// From one bound to the other, on the unknown's own scale.
  [[nodiscard]] double span(std::size_t i) const {
    const Unknown& k = problem_.unknowns[i];
    return k.logarithmic ? std::log(k.high / k.low) : k.high - k.low;
  }
  /// Infinite where the unknowns are impossible.
  double residual(const VectorXd& u, VectorXd& r) {
    ++evaluations;
    const auto p = outside(u);
    problem_.evaluate(p, {r.data(), static_cast<std::size_t>(r.size())});
    const double sum = r.squaredNorm();
    return std::isfinite(sum) ? sum : std::numeric_limits<double>::infinity();
  }
  /// Central differences, one-sided at a bound and where the other side is impossible.
  void jacobian(const VectorXd& u, const VectorXd& r, double step, MatrixXd& J) {
    VectorXd above(r.size()), below(r.size()), v = u;
    for (Eigen::Index i = 0; i < u.size(); ++i) {
      const double up = std::min(1.0, u[i] + step), down = std::max(0.0, u[i] - step);
      v[i] = up;
      const bool has_above = std::isfinite(residual(v, above)) && up > u[i];
      v[i] = down;
      const bool has_below = std::isfinite(residual(v, below)) && down < u[i];
      v[i] = u[i];
      const double width = (has_above ? up : u[i]) - (has_below ? down : u[i]);
      if (width > 0)
        J.col(i) = ((has_above ? above : r) - (has_below ? below : r)) / width;
      else
        J.col(i).setZero();
    }
  }

  int evaluations = 0;

 private:
  const LeastSquaresProblem& problem_;
};

/// One damped step; unknowns that a bound stops are held.
VectorXd damped_step(const MatrixXd& A, const VectorXd& gradient, const VectorXd& u, double damping) {
  MatrixXd M = A;
  VectorXd g = gradient;
  const double floor = 1e-12 * A.diagonal().maxCoeff() + std::numeric_limits<double>::min();
  for (Eigen::Index i = 0; i < u.size(); ++i) {
    const bool held = (u[i] <= 0 && gradient[i] > 0) || (u[i] >= 1 && gradient[i] < 0);
    if (held) {
      M.row(i).setZero();
      M.col(i).setZero();
      M(i, i) = 1;
      g[i] = 0;
    } else {
      M(i, i) += damping * std::max(A(i, i), floor);
    }
  }
  return -M.ldlt().solve(g);
}

}  // namespace

LeastSquaresFit least_squares(const LeastSquaresProblem& problem, std::vector<double> start,
                              const LeastSquaresOptions& options) {
  Search search(problem);
  VectorXd u = search.inside(start);
  VectorXd r(static_cast<Eigen::Index>(problem.residuals)), tried(r.size());
  MatrixXd J(r.size(), u.size());
  LeastSquaresFit fit;
  double sum = search.residual(u, r), damping = 1e-2, growth = 2;
  for (int i = 0; i < options.iterations && std::isfinite(sum) && !fit.converged; ++i) {
    search.jacobian(u, r, options.difference_step, J);
    const MatrixXd A = J.transpose() * J;
    const VectorXd gradient = J.transpose() * r;
    bool better = false;
    for (int attempt = 0; attempt < 12 && !better; ++attempt) {
      const VectorXd next = (u + damped_step(A, gradient, u, damping)).cwiseMax(0).cwiseMin(1);
      const VectorXd step = next - u;
      const double now = search.residual(next, tried);
      const double promised = -(2 * gradient.dot(step) + step.dot(A * step));
      better = now < sum;
      if (better) {
        const double gain = promised > 0 ? (sum - now) / promised : 0;
        fit.converged = sum - now <= options.tolerance * sum;
        u = next, r = tried, sum = now;
        damping = std::max(1e-14, damping * std::max(1.0 / 3, 1 - std::pow(2 * gain - 1, 3)));
        growth = 2;
      } else {
        damping *= growth, growth *= 2;
      }
    }
    if (!better) fit.converged = true;  // no smaller sum in any direction, at any length
  }
  fit.p = search.outside(u);
  fit.residual.assign(r.data(), r.data() + r.size());
  fit.sum_of_squares = sum;
  fit.evaluations = search.evaluations;
  return fit;
}

void judge(const LeastSquaresProblem& problem, LeastSquaresFit& fit, const LeastSquaresOptions& options) {
  Search search(problem);
  const VectorXd u = search.inside(fit.p);
  const Eigen::Index n = u.size();
  VectorXd r = Eigen::Map<const VectorXd>(fit.residual.data(), static_cast<Eigen::Index>(fit.residual.size()));
  MatrixXd J(r.size(), n);
  search.jacobian(u, r, options.difference_step, J);
  fit.at_bound.assign(static_cast<std::size_t>(n), false);
  fit.determined.assign(static_cast<std::size_t>(n), true);
  fit.covariance = Matrix<double>(static_cast<std::size_t>(n), static_cast<std::size_t>(n));
  std::vector<Eigen::Index> free;
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto at = static_cast<std::size_t>(i);
    fit.at_bound[at] = u[i] < 1e-9 || u[i] > 1 - 1e-9;
    fit.determined[at] = J.col(i).norm() > 0;
    if (!fit.at_bound[at] && fit.determined[at]) free.push_back(i);
  }
  if (free.empty()) return;
  // Columns of one length, so that what counts as undetermined does not depend on units.
  MatrixXd F(r.size(), static_cast<Eigen::Index>(free.size()));
  VectorXd length(F.cols());
  for (Eigen::Index k = 0; k < F.cols(); ++k) {
    length[k] = J.col(free[static_cast<std::size_t>(k)]).norm();
    F.col(k) = J.col(free[static_cast<std::size_t>(k)]) / length[k];
  }
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen(F.transpose() * F);
  const VectorXd& values = eigen.eigenvalues();
  const MatrixXd& vectors = eigen.eigenvectors();
  constexpr double blind = 1e-9;  // derivatives are good to about 1e-9, their squares' sums to that of 1
  MatrixXd C = MatrixXd::Zero(F.cols(), F.cols());
  for (Eigen::Index k = 0; k < values.size(); ++k) {
    if (values[k] > blind * values.maxCoeff()) {
      C += vectors.col(k) * vectors.col(k).transpose() / values[k];
      continue;
    }
    for (Eigen::Index j = 0; j < F.cols(); ++j)
      if (std::abs(vectors(j, k)) > 0.1)
        fit.determined[static_cast<std::size_t>(free[static_cast<std::size_t>(j)])] = false;
  }
  for (Eigen::Index j = 0; j < F.cols(); ++j)
    for (Eigen::Index k = 0; k < F.cols(); ++k) {
      const auto a = static_cast<std::size_t>(free[static_cast<std::size_t>(j)]);
      const auto b = static_cast<std::size_t>(free[static_cast<std::size_t>(k)]);
      if (fit.determined[a] && fit.determined[b])
        fit.covariance(a, b) = C(j, k) / length[j] / length[k] * search.span(a) * search.span(b);
    }
}

double student_95(double freedom) {
  if (freedom < 1.5) return 12.706;
  if (freedom < 2.5) return 4.303;
  constexpr double z = 1.959963985, z2 = z * z;
  const double n = freedom;
  return z * (1 + (z2 + 1) / (4 * n) + ((5 * z2 + 16) * z2 + 3) / (96 * n * n) +
              (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * n * n * n) +
              ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / (92160 * n * n * n * n));
}

}  // namespace assimilaate
