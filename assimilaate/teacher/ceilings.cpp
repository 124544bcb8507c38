#include "assimilaate/teacher/ceilings.hpp"

#include <algorithm>
#include <cmath>

#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

/// Follow the chain boundary by boundary; `transform(t, tuples)` computes what the weight-bearing node t gives.
template <typename TransformStep>
Matrix<float> follow(const Graph& graph, const Chain& chain, const Matrix<float>& inputs,
                     const TransformStep& transform) {
  AatBlock tuples(chain.codecs[0]->shape(), inputs.rows());
  chain.codecs[0]->encode(inputs.view(), tuples.entries.view());
  for (std::size_t t = 0; t < chain.transforms.size(); ++t) {
    Matrix<float> value = transform(t, tuples);
    if (t + 1 < chain.transforms.size()) {
      // The glue that lies before this boundary, if the recipe puts it there.
      const auto before = graph.network().glue(graph.transforms()[t].output, chain.transforms[t + 1]);
      const auto behind = graph.network().glue(chain.tensors[t + 1], chain.transforms[t + 1]);
      for (std::size_t k = 0; k + behind.size() < before.size(); ++k)
        for (float& x : value.values()) x = before[k](x);
    }
    tuples = AatBlock(chain.codecs[t + 1]->shape(), inputs.rows());
    chain.codecs[t + 1]->encode(value.view(), tuples.entries.view());
  }
  Matrix<float> out(inputs.rows(), chain.codecs.back()->dims());
  chain.codecs.back()->decode(tuples.entries.view(), out.view());
  return out;
}

}  // namespace

Matrix<float> run_coded(const Graph& graph, const Chain& chain, const Matrix<float>& inputs) {
  return follow(graph, chain, inputs, [&](std::size_t t, const AatBlock& tuples) {
    Matrix<float> x(tuples.size(), chain.codecs[t]->dims());
    chain.codecs[t]->decode(tuples.entries.view(), x.view());
    for (const auto& function : graph.network().glue(chain.tensors[t], chain.transforms[t]))
      for (float& v : x.values()) v = function(v);
    return dense(graph.weights(chain.transforms[t]), x);
  });
}

Matrix<float> run_tables(const Graph& graph, const Chain& chain, const Matrix<float>& inputs) {
  return follow(graph, chain, inputs, [&](std::size_t t, const AatBlock& tuples) {
    const Codec& codec = *chain.codecs[t];
    if (!codec.mean().empty() && codec.centroids(0).size() == 0)
      fail(Errc::Unsupported, "transform {}: codec {} is no sum over its spaces, tables cannot stand for it",
           chain.transforms[t], codec.name());
    const DenseWeights& layer = graph.weights(chain.transforms[t]);
    const auto glue = graph.network().glue(chain.tensors[t], chain.transforms[t]);
    const std::size_t outputs = layer.weight.rows();
    // One unit tuple per address gives that address's column of the table; what an empty tuple gives is taken off.
    std::vector<std::size_t> first{0};
    for (std::size_t m = 0; m < codec.shape().spaces(); ++m) first.push_back(first.back() + codec.shape().addresses(m));
    const auto columns_of = [&](AatBlock& units) {
      Matrix<float> x(units.size(), codec.dims());
      codec.decode(units.entries.view(), x.view());
      for (const auto& function : glue)
        for (float& v : x.values()) v = function(v);
      return dense(layer, x);
    };
    AatBlock empty(codec.shape(), 1);
    const Matrix<float> rest = columns_of(empty);
    Matrix<float> table(first.back(), outputs);
    parallel_for(codec.shape().spaces(), [&](std::size_t m) {
      AatBlock units(codec.shape(), codec.shape().addresses(m));
      for (std::size_t a = 0; a < units.size(); ++a) units.entries(a, m) = static_cast<Address>(a);
      const Matrix<float> columns = columns_of(units);
      for (std::size_t a = 0; a < units.size(); ++a)
        for (std::size_t o = 0; o < outputs; ++o) table(first[m] + a, o) = columns(a, o) - rest(0, o);
    });
    parallel_for(outputs, [&](std::size_t o) {
      float largest = 0;
      for (std::size_t r = 0; r < table.rows(); ++r) largest = std::max(largest, std::abs(table(r, o)));
      const float step = largest > 0 ? largest / 127 : 1;
      for (std::size_t r = 0; r < table.rows(); ++r) table(r, o) = std::nearbyint(table(r, o) / step) * step;
    });
    Matrix<float> value(tuples.size(), outputs);
    parallel_for(tuples.size(), [&](std::size_t i) {
      auto sum = value.row(i);
      std::ranges::copy(rest.row(0), sum.begin());
      const Aat aat = tuples[i];
      for (std::size_t m = 0; m < aat.size(); ++m) {
        if (aat[m] == None) continue;
        const float* column = table.row(first[m] + static_cast<std::size_t>(aat[m])).data();
        for (std::size_t o = 0; o < outputs; ++o) sum[o] += column[o];
      }
    });
    return value;
  });
}

std::vector<std::int32_t> classes(const Matrix<float>& scores) {
  std::vector<std::int32_t> result(scores.rows());
  for (std::size_t i = 0; i < scores.rows(); ++i) {
    const auto row = scores.row(i);
    result[i] = static_cast<std::int32_t>(std::ranges::max_element(row) - row.begin());
  }
  return result;
}

double accuracy(const Matrix<float>& scores, std::span<const std::int32_t> labels) {
  if (scores.rows() != labels.size() || labels.empty())
    fail(Errc::Mismatch, "{} answers beside {} labels", scores.rows(), labels.size());
  const auto said = classes(scores);
  std::size_t right = 0;
  for (std::size_t i = 0; i < said.size(); ++i) right += said[i] == labels[i];
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

}  // namespace assimilaate
