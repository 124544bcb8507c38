#include "assimilaate/teacher/selection.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "assimilaate/core/random.hpp"
#include "assimilaate/teacher/internal/rows.hpp"

namespace assimilaate {
namespace {

using Eigen::Index;
using internal::Rows;
using internal::rows_of;

std::vector<std::uint32_t> shuffled(std::size_t n, std::uint64_t seed) {
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  const Random random(seed, 1);
  for (std::size_t i = n; i > 1; --i)
    std::swap(order[i - 1],
              order[static_cast<std::size_t>(random.uniform(Purpose::Select, i) * static_cast<double>(i))]);
  return order;
}

/// Likeness of all candidates: inner products of the inputs (and a bias), each transform at unit mean energy.
Rows kernel(const std::vector<CandidatePool>& pool) {
  const auto n = static_cast<Index>(pool.front().inputs.rows());
  Rows sum = Rows::Constant(n, n, static_cast<float>(pool.size()));
  for (const CandidatePool& p : pool) {
    const auto x = rows_of(p.inputs.view());
    const float energy = std::max(x.squaredNorm() / static_cast<float>(n), 1e-20F);
    sum.noalias() += x * x.transpose() / energy;
  }
  return sum;
}

/// Greedy pivots of a kernel: `whole` weighs a candidate by what it explains of all, else by what it leaves
/// unexplained.
std::vector<std::uint32_t> pivots(Rows k, std::size_t count, bool whole) {
  std::vector<std::uint32_t> chosen;
  const float noise =
      0.01F * k.diagonal().mean();  // an example that explains less than its own coding noise is no help
  std::vector<bool> taken(static_cast<std::size_t>(k.rows()));
  while (chosen.size() < count) {
    const Eigen::VectorXf own = k.diagonal().array() + noise;
    const Eigen::VectorXf gain =
        whole ? Eigen::VectorXf(k.rowwise().squaredNorm().array() / own.array()) : Eigen::VectorXf(own);
    Index best = -1;
    for (Index i = 0; i < gain.size(); ++i)
      if (!taken[static_cast<std::size_t>(i)] && (best < 0 || gain[i] > gain[best])) best = i;
    taken[static_cast<std::size_t>(best)] = true;
    chosen.push_back(static_cast<std::uint32_t>(best));
    const Eigen::VectorXf row = k.row(best).transpose();
    k.noalias() -= row * (row / own[best]).transpose();
  }
  return chosen;
}

Matrix<float> pick(const Matrix<float>& from, std::span<const std::uint32_t> rows) {
  Matrix<float> picked(rows.size(), from.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(from.row(rows[i]), picked.row(i).begin());
  return picked;
}

/// Squared error of each candidate, summed over transforms, each over its variance.
std::vector<double> errors(const std::vector<CandidatePool>& pool, std::span<const std::uint32_t> learnt) {
  std::vector<double> sum(pool.front().inputs.rows());
  for (const CandidatePool& p : pool) {
    const Matrix<float> said = ridge_student(pick(p.inputs, learnt), pick(p.outputs, learnt), p.inputs);
    const auto wanted = rows_of(p.outputs.view());
    const Eigen::RowVectorXf mean = wanted.colwise().mean();
    const double variance = std::max<double>((wanted.rowwise() - mean).squaredNorm(), 1e-20);
    for (std::size_t i = 0; i < sum.size(); ++i)
      sum[i] += (rows_of(said.view()).row(static_cast<Index>(i)) - wanted.row(static_cast<Index>(i))).squaredNorm() /
                variance;
  }
  return sum;
}

std::vector<std::uint32_t> by_reference(const std::vector<CandidatePool>& pool, std::size_t count, std::uint64_t seed) {
  auto order = shuffled(pool.front().inputs.rows(), seed);
  std::size_t have = std::min(count, std::max<std::size_t>(count / 8, 10));
  while (have < count) {
    const auto error = errors(pool, std::span(order).first(have));
    const std::size_t more = std::min(std::max<std::size_t>(have / 4, 1), count - have);
    std::partial_sort(
        order.begin() + static_cast<std::ptrdiff_t>(have), order.begin() + static_cast<std::ptrdiff_t>(have + more),
        order.end(),
        [&](std::uint32_t a, std::uint32_t b) { return error[a] != error[b] ? error[a] > error[b] : a < b; });
    have += more;
  }
  order.resize(count);
  return order;
}

constexpr std::array<std::string_view, 4> ways{"random", "pivots", "leverage", "reference"};

}  // namespace

void check_selection(std::string_view name) {
  if (std::ranges::find(ways, name) == ways.end())
    fail(Errc::Usage, "unknown selection '{}' (there are: {})", name, fmt::join(ways, ", "));
}

std::vector<std::uint32_t> select_examples(std::string_view way, const std::vector<CandidatePool>& pool,
                                           std::size_t count, std::uint64_t seed) {
  check_selection(way);
  const std::size_t n = pool.empty() ? 0 : pool.front().inputs.rows();
  for (const CandidatePool& p : pool)
    if (p.inputs.rows() != n || p.outputs.rows() != n)
      fail(Errc::Mismatch, "candidates of unlike numbers: {} and {} beside {}", p.inputs.rows(), p.outputs.rows(), n);
  if (count > n) fail(Errc::Usage, "{} examples of {} candidates", count, n);
  if (count == 0) return {};
  constexpr std::size_t most = 8192;  // a square of these numbers is held
  if (way != "random" && n > most)
    fail(Errc::Usage, "selection {}: {} candidates, at most {} are compared (fewer examples, or random)", way, n, most);
  if (way == "pivots" || way == "leverage") return pivots(kernel(pool), count, way == "pivots");
  if (way == "reference") return by_reference(pool, count, seed);
  auto order = shuffled(n, seed);
  order.resize(count);
  return order;
}

Matrix<float> ridge_student(const Matrix<float>& example_inputs, const Matrix<float>& example_outputs,
                            const Matrix<float>& inputs, double ridge) {
  const auto x = rows_of(example_inputs.view());
  const Rows y = rows_of(example_outputs.view());
  const Eigen::RowVectorXf mean = x.colwise().mean(), answer = y.colwise().mean();
  const Rows centred = x.rowwise() - mean;
  Eigen::MatrixXd k = (centred * centred.transpose()).cast<double>();
  const double noise = ridge * k.trace() / static_cast<double>(k.rows());
  k.diagonal().array() += std::max(noise, 1e-12);
  const Eigen::MatrixXd dual = k.llt().solve((y.rowwise() - answer).cast<double>());
  const Rows map = centred.transpose() * dual.cast<float>();
  Rows said = (rows_of(inputs.view()).rowwise() - mean) * map;
  said.rowwise() += answer;
  return internal::to_matrix(said);
}

}  // namespace assimilaate
