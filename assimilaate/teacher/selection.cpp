#include "assimilaate/teacher/selection.hpp"

#include <Eigen/Core>
#include <cmath>

#include "assimilaate/core/parallel.hpp"

namespace assimilaate {

std::vector<std::uint32_t> select_rows(MatrixView<const float> features, std::size_t count, double noise) {
  constexpr std::size_t most = 8192;  // a square of these numbers is held
  const std::size_t n = features.rows();
  if (count > n) fail(Errc::Usage, "{} rows were to be selected, there are {}", count, n);
  if (n > most) fail(Errc::Usage, "{} rows to select from, at most {} are compared", n, most);
  using Square = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Square> f(features.data(), static_cast<Eigen::Index>(n),
                                   static_cast<Eigen::Index>(features.cols()));
  // The covariance of what is said of all rows, given the rows that were chosen.
  Square covariance = f * f.transpose();
  const double floor = std::max(noise * static_cast<double>(covariance.trace()) / static_cast<double>(n), 1e-20);
  std::vector<char> chosen(n, 0);
  std::vector<double> gain(n);
  std::vector<std::uint32_t> picked;
  std::vector<float> column(n);
  const auto row = [&](std::size_t i) { return covariance.row(static_cast<Eigen::Index>(i)); };
  parallel_for(n, [&](std::size_t i) { gain[i] = row(i).squaredNorm(); });
  while (picked.size() < count) {
    std::size_t best = n;
    double most_gained = -1;
    for (std::size_t i = 0; i < n; ++i) {
      if (chosen[i] != 0) continue;
      const double g = gain[i] / (std::max(0.0F, row(i)[static_cast<Eigen::Index>(i)]) + floor);
      if (g > most_gained) most_gained = g, best = i;
    }
    chosen[best] = 1;
    picked.push_back(static_cast<std::uint32_t>(best));
    const auto variance = static_cast<double>(std::max(0.0F, row(best)[static_cast<Eigen::Index>(best)]));
    const auto scale = static_cast<float>(1 / std::sqrt(variance + floor));
    for (std::size_t i = 0; i < n; ++i) column[i] = scale * row(best)[static_cast<Eigen::Index>(i)];
    parallel_for(n, [&](std::size_t i) {
      const Eigen::Map<const Eigen::RowVectorXf> all(column.data(), static_cast<Eigen::Index>(n));
      row(i) -= column[i] * all;
      gain[i] = row(i).squaredNorm();
    });
  }
  return picked;
}

Matrix<float> joint_features(std::span<const Matrix<float>> inputs) {
  std::size_t dims = 1;
  for (const auto& input : inputs) dims += input.cols();
  const std::size_t n = inputs.empty() ? 0 : inputs[0].rows();
  Matrix<float> features(n, dims, 1.0F);
  std::size_t at = 0;
  for (const auto& input : inputs) {
    if (input.rows() != n) fail(Errc::Mismatch, "{} rows of one input beside {} of another", input.rows(), n);
    std::vector<double> mean(input.cols());
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t d = 0; d < input.cols(); ++d) mean[d] += input(i, d) / static_cast<double>(n);
    double energy = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t d = 0; d < input.cols(); ++d) energy += std::pow(input(i, d) - mean[d], 2) / static_cast<double>(n);
    const double scale = energy > 0 ? 1 / std::sqrt(energy) : 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t d = 0; d < input.cols(); ++d)
        features(i, at + d) = static_cast<float>(scale * (input(i, d) - mean[d]));
    at += input.cols();
  }
  return features;
}

}  // namespace assimilaate
