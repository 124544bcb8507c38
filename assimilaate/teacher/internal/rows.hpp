#pragma once
/// Our matrices as Eigen sees them.

#include <Eigen/Dense>

#include "assimilaate/core/matrix.hpp"

namespace assimilaate::internal {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using DoubleRows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

[[nodiscard]] inline Eigen::Map<const Rows> rows_of(MatrixView<const float> m) {
  return {m.data(), static_cast<Eigen::Index>(m.rows()), static_cast<Eigen::Index>(m.cols())};
}
[[nodiscard]] inline Eigen::Map<Rows> rows_of(Matrix<float>& m) {
  return {m.data(), static_cast<Eigen::Index>(m.rows()), static_cast<Eigen::Index>(m.cols())};
}
[[nodiscard]] inline Matrix<float> to_matrix(const Rows& rows) {
  Matrix<float> m(static_cast<std::size_t>(rows.rows()), static_cast<std::size_t>(rows.cols()));
  rows_of(m) = rows;
  return m;
}

}  // namespace assimilaate::internal
