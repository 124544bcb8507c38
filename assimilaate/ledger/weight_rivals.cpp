#include "assimilaate/ledger/weight_rivals.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "assimilaate/core/half.hpp"

namespace assimilaate {
namespace {

using Eigen::Index;
using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using View = Eigen::Map<const Rows>;

View rows_of(MatrixView<const float> m) {
  return {m.data(), static_cast<Index>(m.rows()), static_cast<Index>(m.cols())};
}

void check(MatrixView<const float> weights, MatrixView<const float> inputs) {
  if (inputs.cols() != weights.cols() || inputs.rows() == 0)
    fail(Errc::Mismatch, "{} activations of {} for weights of {} inputs", inputs.rows(), inputs.cols(), weights.cols());
  for (const auto& m : {weights, inputs})
    if (!rows_of(m).allFinite()) fail(Errc::Format, "weights or activations hold numbers that are none");
}

/// Second moments of the inputs, with a hundredth of their mean on the diagonal, as is customary.
Eigen::MatrixXd moments(MatrixView<const float> inputs) {
  Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(inputs.cols(), inputs.cols());
  constexpr std::size_t block = 2048;
  for (std::size_t first = 0; first < inputs.rows(); first += block) {
    const auto x = rows_of(inputs.slice(first, std::min(block, inputs.rows() - first)));
    gram += (x.transpose() * x).cast<double>();
  }
  gram /= static_cast<double>(inputs.rows());
  gram.diagonal().array() += std::max(0.01 * gram.trace() / static_cast<double>(gram.rows()), 1e-12);
  return gram;
}

double entropy_of(const std::map<int, std::size_t>& counts) {
  double total = 0, bits = 0;
  for (const auto& [code, count] : counts) total += static_cast<double>(count);
  for (const auto& [code, count] : counts)
    bits -= static_cast<double>(count) * std::log2(static_cast<double>(count) / total);
  return bits;
}

Matrix<float> to_matrix(const Rows& rows) {
  Matrix<float> m(static_cast<std::size_t>(rows.rows()), static_cast<std::size_t>(rows.cols()));
  Eigen::Map<Rows>(m.data(), rows.rows(), rows.cols()) = rows;
  return m;
}

}  // namespace

QuantisedWeights error_aware_weights(MatrixView<const float> weights, MatrixView<const float> inputs, double step) {
  check(weights, inputs);
  if (!(step > 0) || step > 100)
    fail(Errc::Usage, "a step of {} root mean square weights; give more than 0, at most 100", step);
  const auto n = static_cast<Index>(weights.cols()), outputs = static_cast<Index>(weights.rows());
  const Eigen::MatrixXd gram = moments(inputs);
  // Inputs of most power first: their errors can still be made up for by all others.
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, [&](Index a, Index b) { return gram(a, a) > gram(b, b); });
  Eigen::MatrixXd sorted(n, n);
  Rows w(outputs, n);
  const auto from = rows_of(weights);
  for (Index i = 0; i < n; ++i) {
    w.col(i) = from.col(order[static_cast<std::size_t>(i)]);
    for (Index j = 0; j < n; ++j)
      sorted(i, j) = gram(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(j)]);
  }
  // Upper factor U of the inverse, inverse = U^T U: row i says how later weights make up for an error of weight i.
  const Eigen::MatrixXd inverse = sorted.llt().solve(Eigen::MatrixXd::Identity(n, n));
  const Eigen::MatrixXd upper = inverse.llt().matrixU();

  Eigen::VectorXf scale(outputs);
  for (Index o = 0; o < outputs; ++o)
    scale[o] = round_to_half(static_cast<float>(
        std::max(step * std::sqrt(from.row(o).squaredNorm() / static_cast<double>(std::max<Index>(n, 1))), 1e-7)));
  std::map<int, std::size_t> counts;
  Rows rounded(outputs, n);
  constexpr Index block = 64;
  for (Index first = 0; first < n; first += block) {
    const Index width = std::min(block, n - first);
    Rows errors(outputs, width);
    for (Index i = first; i < first + width; ++i) {
      for (Index o = 0; o < outputs; ++o) {
        const int code = static_cast<int>(std::lround(w(o, i) / scale[o]));
        ++counts[code];
        rounded(o, i) = static_cast<float>(code) * scale[o];
        errors(o, i - first) = (w(o, i) - rounded(o, i)) / static_cast<float>(upper(i, i));
      }
      const Index rest = first + width - i - 1;
      if (rest > 0)
        w.middleCols(i + 1, rest).noalias() -= errors.col(i - first) * upper.row(i).segment(i + 1, rest).cast<float>();
    }
    const Index rest = n - first - width;
    if (rest > 0) w.rightCols(rest).noalias() -= errors * upper.block(first, first + width, width, rest).cast<float>();
  }
  QuantisedWeights result{.weights = Matrix<float>(weights.rows(), weights.cols()),
                          .entropy_bits = entropy_of(counts) + 32.0 * static_cast<double>(outputs)};
  for (Index o = 0; o < outputs; ++o)
    for (Index i = 0; i < n; ++i)
      result.weights(static_cast<std::size_t>(o), static_cast<std::size_t>(order[static_cast<std::size_t>(i)])) =
          rounded(o, i);
  return result;
}

QuantisedWeights low_rank_weights(MatrixView<const float> weights, MatrixView<const float> inputs, std::size_t rank,
                                  int bits) {
  check(weights, inputs);
  if (rank == 0 || rank > std::min(weights.rows(), weights.cols()))
    fail(Errc::Usage, "rank {} for weights of {} x {}", rank, weights.rows(), weights.cols());
  const auto r = static_cast<Index>(rank);
  const auto w = rows_of(weights);
  const auto x = rows_of(inputs);
  // Leading directions U of the outputs; U U^T W loses least of them. Block power iteration on the outputs' moments.
  const Rows y = x * w.transpose();
  const Index block = std::min({r + r / 4 + 8, y.cols(), y.rows()});
  if (r > block) fail(Errc::Usage, "rank {} from {} activations", rank, inputs.rows());
  Eigen::MatrixXf basis = y.topRows(std::min(block, y.rows())).transpose();
  constexpr int rounds = 6;
  for (int round = 0; round < rounds; ++round) {
    basis = Eigen::HouseholderQR<Eigen::MatrixXf>(basis).householderQ() *
            Eigen::MatrixXf::Identity(basis.rows(), basis.cols());
    if (round + 1 < rounds) basis = y.transpose() * (y * basis);
  }
  const Eigen::MatrixXf seen = y * basis;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver((seen.transpose() * seen).cast<double>());
  const Eigen::MatrixXf directions = basis * solver.eigenvectors().cast<float>().rowwise().reverse().leftCols(r);

  const QuantisedWeights inner = quantise_weights(to_matrix(directions.transpose() * w).view(), bits);
  const auto b = rows_of(inner.weights.view());
  const Rows through = x * b.transpose();  // [n x rank]
  Eigen::MatrixXd gram = (through.transpose() * through).cast<double>();
  gram.diagonal().array() += std::max(1e-7 * gram.trace() / static_cast<double>(r), 1e-12);
  const Rows outer = gram.ldlt().solve((through.transpose() * y).cast<double>()).cast<float>();  // [rank x outputs]
  const QuantisedWeights quantised = quantise_weights(to_matrix(outer).view(), bits);
  const Rows product = rows_of(quantised.weights.view()).transpose() * b;
  // quantise_weights counted a bias beside each scale; here only outputs have one.
  return {.weights = to_matrix(product),
          .entropy_bits = inner.entropy_bits + quantised.entropy_bits - 32.0 * static_cast<double>(rank) +
                          16.0 * static_cast<double>(weights.rows())};
}

std::vector<float> mended_bias(std::span<const float> bias, MatrixView<const float> weights,
                               MatrixView<const float> moved, MatrixView<const float> inputs) {
  check(weights, inputs);
  if (moved.rows() != weights.rows() || moved.cols() != weights.cols() || bias.size() != weights.rows())
    fail(Errc::Mismatch, "{} x {} weights moved of {} x {}, {} biases", moved.rows(), moved.cols(), weights.rows(),
         weights.cols(), bias.size());
  const Eigen::RowVectorXf mean = rows_of(inputs).colwise().mean();
  const Eigen::RowVectorXf lost = mean * (rows_of(weights) - rows_of(moved)).transpose();
  std::vector<float> mended(bias.begin(), bias.end());
  for (std::size_t o = 0; o < mended.size(); ++o) mended[o] += lost[static_cast<Index>(o)];
  return mended;
}

}  // namespace assimilaate
