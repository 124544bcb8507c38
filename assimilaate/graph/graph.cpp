#include "assimilaate/graph/graph.hpp"

#include <Eigen/Core>

#include "assimilaate/core/file.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/graph/internal/onnx_file.hpp"

namespace assimilaate {

Matrix<float> dense(const DenseWeights& weights, const Matrix<float>& input) {
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  constexpr std::size_t block = 256;
  const auto outputs = static_cast<Eigen::Index>(weights.weight.rows()),
             inputs = static_cast<Eigen::Index>(weights.weight.cols());
  Matrix<float> output(input.rows(), weights.weight.rows());
  const Eigen::Map<const Rows> w(weights.weight.data(), outputs, inputs);
  const Eigen::Map<const Eigen::RowVectorXf> b(weights.bias.data(), outputs);
  parallel_for((input.rows() + block - 1) / block, [&](std::size_t i) {
    const std::size_t first = i * block, count = std::min(block, input.rows() - first);
    const Eigen::Map<const Rows> x(input.row(first).data(), static_cast<Eigen::Index>(count), inputs);
    Eigen::Map<Rows> y(output.row(first).data(), static_cast<Eigen::Index>(count), outputs);
    y.noalias() = x * w.transpose();
    y.rowwise() += b;
  });
  return output;
}

Graph Graph::from_bytes(std::span<const std::byte> bytes, std::string_view name) {
  auto content = onnx_file::parse(bytes, name);
  Graph graph;
  graph.network_ = std::move(content.network);
  graph.weights_ = std::move(content.weights);
  for (const auto& transform : graph.transforms())
    if (!graph.weights_.contains(transform.name))
      fail(Errc::Mismatch,
           "{}: transform {} carries no weights; this is a stripped network, a teacher needs the whole model", name,
           transform.name);
  if (graph.weights_.empty()) fail(Errc::Format, "{}: there is no weight-bearing node to teach", name);
  return graph;
}

Graph Graph::load(const std::filesystem::path& file) { return from_bytes(read_file(file), file.string()); }

const DenseWeights& Graph::weights(std::string_view transform) const {
  const auto found = weights_.find(transform);
  if (found == weights_.end()) fail(Errc::Usage, "graph: there is no transform '{}'", transform);
  return found->second;
}

std::map<std::string, Matrix<float>> Graph::run(const Matrix<float>& batch, std::span<const std::string> taps) const {
  return network_.run(batch, taps,
                      [&](std::string_view name, const Matrix<float>& in) { return dense(weights(name), in); });
}

std::vector<std::byte> StrippedGraph::to_bytes() const { return onnx_file::write(network_); }

StrippedGraph StrippedGraph::from_bytes(std::span<const std::byte> bytes) {
  auto content = onnx_file::parse(bytes, "stripped network");
  if (!content.weights.empty())
    fail(
        Errc::Mismatch,
        "stripped network: transform {} still carries its weights; a target never receives any (strip the model first)",
        content.weights.begin()->first);
  return StrippedGraph(std::move(content.network));
}

}  // namespace assimilaate
