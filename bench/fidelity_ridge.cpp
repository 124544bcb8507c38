#include "fidelity_ridge.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

namespace assimilaate::bench {
namespace {

using Eigen::MatrixXd;
using Eigen::RowVectorXd;

MatrixXd dense_of(const Matrix<float>& m, std::size_t first, std::size_t count) {
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const Rows>(m.data() + first * m.cols(), static_cast<Eigen::Index>(count),
                                static_cast<Eigen::Index>(m.cols()))
      .cast<double>();
}

/// Least squares with several penalties, on centred examples.
class Solver {
 public:
  Solver(MatrixXd x, const MatrixXd& y) : x_(std::move(x)), mean_x_(x_.colwise().mean()), mean_y_(y.colwise().mean()) {
    x_.rowwise() -= mean_x_;
    const MatrixXd centred = y.rowwise() - mean_y_;
    wide_ = x_.cols() > x_.rows();
    gram_ = wide_ ? MatrixXd(x_ * x_.transpose()) : MatrixXd(x_.transpose() * x_);
    right_ = wide_ ? centred : MatrixXd(x_.transpose() * centred);
    scale_ = std::max(gram_.trace() / static_cast<double>(x_.cols()), 1e-30);
  }
  /// [inputs x outputs]
  [[nodiscard]] MatrixXd weights(double penalty) const {
    MatrixXd damped = gram_;
    damped.diagonal().array() += penalty * scale_;
    const MatrixXd solved = damped.llt().solve(right_);
    return wide_ ? MatrixXd(x_.transpose() * solved) : solved;
  }
  [[nodiscard]] RowVectorXd bias(const MatrixXd& weights) const { return mean_y_ - mean_x_ * weights; }

 private:
  MatrixXd x_, gram_, right_;
  RowVectorXd mean_x_, mean_y_;
  bool wide_ = false;
  double scale_ = 1;
};

}  // namespace

Ridge Ridge::fit(const Matrix<float>& x, const Matrix<float>& y) {
  if (x.rows() != y.rows() || x.rows() == 0)
    fail(Errc::Mismatch, "ridge: {} inputs beside {} outputs", x.rows(), y.rows());
  const std::size_t kept = x.rows() - x.rows() / 5;
  Ridge ridge;
  ridge.penalty = 0.01;
  if (kept < x.rows()) {
    const Solver part(dense_of(x, 0, kept), dense_of(y, 0, kept));
    const MatrixXd tried = dense_of(x, kept, x.rows() - kept), meant = dense_of(y, kept, y.rows() - kept);
    double least = std::numeric_limits<double>::infinity();
    for (int decade = -4; decade <= 1; ++decade) {
      const double penalty = std::pow(10, decade);
      const MatrixXd w = part.weights(penalty);
      const double error = ((tried * w).rowwise() + part.bias(w) - meant).squaredNorm();
      if (error < least) least = error, ridge.penalty = penalty;
    }
  }
  const Solver all(dense_of(x, 0, x.rows()), dense_of(y, 0, y.rows()));
  const MatrixXd w = all.weights(ridge.penalty);
  const RowVectorXd b = all.bias(w);
  ridge.weights = Matrix<float>(y.cols(), x.cols());
  for (std::size_t o = 0; o < y.cols(); ++o)
    for (std::size_t i = 0; i < x.cols(); ++i) ridge.weights(o, i) = static_cast<float>(w(i, o));
  for (const double value : b) ridge.bias.push_back(static_cast<float>(value));
  return ridge;
}

Matrix<float> Ridge::operator()(const Matrix<float>& x) const {
  const MatrixXd said = dense_of(x, 0, x.rows()) * dense_of(weights, 0, weights.rows()).transpose();
  Matrix<float> y(x.rows(), bias.size());
  for (std::size_t i = 0; i < y.rows(); ++i)
    for (std::size_t o = 0; o < y.cols(); ++o) y(i, o) = static_cast<float>(said(i, o)) + bias[o];
  return y;
}

Directions directions(const Matrix<float>& rows) {
  MatrixXd x = dense_of(rows, 0, std::min<std::size_t>(2000, rows.rows()));
  if (x.rows() == 0) return {};
  const RowVectorXd mean = x.colwise().mean();
  x.rowwise() -= mean;
  const MatrixXd c = x.cols() > x.rows() ? MatrixXd(x * x.transpose()) : MatrixXd(x.transpose() * x);
  const double square = c.squaredNorm(), all = c.trace();
  if (!(square > 0)) return {};
  const Eigen::VectorXd variances = Eigen::SelfAdjointEigenSolver<MatrixXd>(c, Eigen::EigenvaluesOnly).eigenvalues();
  Directions found{all * all / square, 0, 0};
  double carried = 0;
  for (auto i = variances.size(); i > 0 && carried < 0.99 * all; --i) {
    if (carried < 0.95 * all) ++found.carry_95;
    ++found.carry_99;
    carried += variances[i - 1];
  }
  return found;
}

}  // namespace assimilaate::bench
