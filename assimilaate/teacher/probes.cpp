#include "assimilaate/teacher/probes.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>

#include "assimilaate/core/random.hpp"
#include "assimilaate/teacher/internal/rows.hpp"

namespace assimilaate {
namespace {

void check_count(std::size_t count, std::size_t dims) {
  if (count > dims) fail(Errc::Usage, "{} probes of {} lines: more than {} cannot be independent", count, dims, dims);
}

}  // namespace

Matrix<float> walsh_probes(std::size_t dims, std::size_t count, std::uint64_t seed) {
  check_count(count, dims);
  const std::size_t size = std::bit_ceil(dims);
  const Random random(seed, 0);
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = 0; i < count; ++i)
    std::swap(order[i],
              order[i + static_cast<std::size_t>(random.uniform(Purpose::Select, i) * static_cast<double>(size - i))]);
  Matrix<float> probes(count, dims);
  for (std::size_t k = 0; k < count; ++k)
    for (std::size_t d = 0; d < dims; ++d) {
      const bool flipped = (random.bits(Purpose::Codec, d)[0] & 1) != 0;
      probes(k, d) = (std::popcount(order[k] & d) % 2 == 1) != flipped ? -1.0F : 1.0F;
    }
  return probes;
}

Matrix<float> cosine_probes(std::size_t dims, std::size_t count) {
  check_count(count, dims);
  const auto side = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(dims))));
  if (side * side != dims) fail(Errc::Usage, "cosine probes need a square image; {} is no square number", dims);
  std::vector<std::size_t> order(dims);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto frequency = [&](std::size_t i) { return (i / side) * (i / side) + (i % side) * (i % side); };
  std::ranges::stable_sort(order, {}, frequency);
  Matrix<float> probes(count, dims);
  const auto wave = [&](std::size_t f, std::size_t at) {
    const double n = static_cast<double>(side);
    return std::cos(std::numbers::pi * (static_cast<double>(at) + 0.5) * static_cast<double>(f) / n) *
           std::sqrt((f == 0 ? 1 : 2) / n);
  };
  for (std::size_t k = 0; k < count; ++k)
    for (std::size_t d = 0; d < dims; ++d)
      probes(k, d) = static_cast<float>(wave(order[k] / side, d / side) * wave(order[k] % side, d % side));
  return probes;
}

Matrix<float> unit_probes(std::size_t dims) {
  Matrix<float> probes(dims, dims);
  for (std::size_t d = 0; d < dims; ++d) probes(d, d) = 1;
  return probes;
}

Matrix<float> principal_probes(MatrixView<const float> sample, std::size_t count, std::uint64_t seed) {
  check_count(count, std::min(sample.cols(), sample.rows()));
  const auto x = internal::rows_of(sample);
  const Eigen::RowVectorXf mean = x.colwise().mean();
  // A few directions more than wanted, so that the last wanted ones settle too.
  const auto wanted = static_cast<Eigen::Index>(count);
  const auto block = std::min({wanted + wanted / 4 + 8, x.cols(), x.rows()});
  const Random random(seed, 0);
  Eigen::MatrixXf basis(x.cols(), block);
  for (Eigen::Index d = 0; d < basis.rows(); ++d)
    for (Eigen::Index k = 0; k < block; ++k)
      basis(d, k) = static_cast<float>(
          random.normal(Purpose::Init, static_cast<std::uint64_t>(d), static_cast<std::uint64_t>(k)));
  constexpr int rounds = 6;
  Eigen::MatrixXf projected;
  const auto orthonormal = [&](const Eigen::MatrixXf& m) -> Eigen::MatrixXf {
    return Eigen::HouseholderQR<Eigen::MatrixXf>(m).householderQ() * Eigen::MatrixXf::Identity(m.rows(), m.cols());
  };
  for (int round = 0; round < rounds; ++round) {
    basis = orthonormal(basis);
    projected = x * basis;
    projected.rowwise() -= mean * basis;
    if (round + 1 < rounds) basis = x.transpose() * projected - mean.transpose() * projected.colwise().sum();
  }
  const Eigen::MatrixXd within = (projected.transpose() * projected).cast<double>();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(within);
  const internal::Rows directions =
      (basis * solver.eigenvectors().cast<float>().rowwise().reverse().leftCols(wanted)).transpose();
  Matrix<float> probes = internal::to_matrix(directions);
  for (std::size_t k = 0; k < count; ++k) {  // one of the two signs: the largest entry is positive
    const auto row = probes.row(k);
    const auto largest = std::ranges::max_element(row, {}, [](float v) { return std::abs(v); });
    if (*largest < 0)
      for (float& v : row) v = -v;
  }
  return probes;
}

Matrix<float> signs(Matrix<float> probes) {
  for (float& v : probes.values()) v = v < 0 ? -1.0F : 1.0F;
  return probes;
}

Matrix<float> probe_coordinates(MatrixView<const float> probes) {
  // Of probes at length 1, so that weak ones are not taken for dependent ones.
  Eigen::MatrixXd x = internal::rows_of(probes).cast<double>();
  const Eigen::VectorXd length = x.rowwise().norm().cwiseMax(1e-30);
  x.array().colwise() /= length.array();
  const Eigen::MatrixXd gram = x * x.transpose();
  const Eigen::LDLT<Eigen::MatrixXd> factors(gram);
  const auto pivots = factors.vectorD();
  if (pivots.size() > 0 && pivots.minCoeff() <= 1e-9 * pivots.maxCoeff())
    fail(Errc::Usage, "the {} probes depend on each other; take fewer", probes.rows());
  const Eigen::MatrixXd along = factors.solve(x).array().colwise() / length.array();
  const internal::Rows coordinates = along.transpose().cast<float>();
  return internal::to_matrix(coordinates);
}

}  // namespace assimilaate
