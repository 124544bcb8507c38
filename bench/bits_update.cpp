/// Two new classes for targets that know the first eight: the rivals, differences of weights, and what all share.

#include "bits_update.hpp"

#include <zlib.h>

#include <algorithm>
#include <cmath>

#include "assimilaate/ledger/weight_rivals.hpp"

namespace bits {

void UpdateTask::report(Table& table, const std::string& method, const std::string& setting, double bits,
                        const Matrix<float>& out, double memory) const {
  const auto said_now = classes(out);
  std::array<double, 2> right{}, of{};
  for (std::size_t i = 0; i < said_now.size(); ++i) {
    const bool old = images.labels[i] < first_new;
    of[old] += 1;
    right[old] += said_now[i] == images.labels[i];
  }
  table.add({method,
             setting,
             bits,
             accuracy(out, images.labels),
             accuracy(out, said),
             {{"old", right[1] / of[1]}, {"new", right[0] / of[0]}, {"memory", memory}}});
}

std::vector<DenseWeights> UpdateTask::held() const {
  std::vector<DenseWeights> weights;
  for (const auto& layer : layers) weights.push_back(*layer.held);
  return weights;
}

namespace {

/// int4, one scale per output at the largest difference, two codes a byte, then zlib at its best.
QuantisedWeights zlib_delta(MatrixView<const float> delta) {
  QuantisedWeights result{.weights = Matrix<float>(delta.rows(), delta.cols()),
                          .entropy_bits = 32.0 * static_cast<double>(delta.rows())};
  std::vector<unsigned char> nibbles((delta.size() + 1) / 2);
  for (std::size_t o = 0, at = 0; o < delta.rows(); ++o) {
    float largest = 1e-12F;
    for (const float v : delta.row(o)) largest = std::max(largest, std::abs(v));
    for (std::size_t i = 0; i < delta.cols(); ++i, ++at) {
      const int code = static_cast<int>(std::lround(delta(o, i) / largest * 7));
      result.weights(o, i) = static_cast<float>(code) * largest / 7;
      nibbles[at / 2] = static_cast<unsigned char>(nibbles[at / 2] | ((code + 8) << (at % 2 * 4)));
    }
  }
  uLongf size = compressBound(static_cast<uLong>(nibbles.size()));
  std::vector<unsigned char> packed(size);
  compress2(packed.data(), &size, nibbles.data(), static_cast<uLong>(nibbles.size()), 9);
  result.entropy_bits += 8.0 * static_cast<double>(size);
  return result;
}

void deltas(const UpdateTask& task, const Options& options, Table& table) {
  const auto moved = [&](const std::string& method, const std::string& setting, const auto& move) {
    double bits = 0;
    std::vector<DenseWeights> weights;
    for (std::size_t l = 0; l < task.layers.size(); ++l) {
      const auto& layer = task.layers[l];
      Matrix<float> delta = layer.wanted.weight;
      for (std::size_t i = 0; i < delta.size(); ++i) delta.values()[i] -= layer.held->weight.values()[i];
      const QuantisedWeights q = move(delta.view(), task.seen[l].view());
      bits += q.entropy_bits;
      weights.push_back(
          {layer.held->weight, mended_bias(layer.wanted.bias, delta.view(), q.weights.view(), task.seen[l].view())});
      for (std::size_t i = 0; i < delta.size(); ++i) weights.back().weight.values()[i] += q.weights.values()[i];
    }
    task.report(table, method, setting, bits, run_layers(task.layers, weights, task.images.judge));
  };
  if (table.wants("delta, int4 + zlib")) moved("delta, int4 + zlib", "", [](auto d, auto) { return zlib_delta(d); });
  if (table.wants("delta, error-aware"))
    for (const double step : options.quick ? std::vector{4.0} : std::vector{2.0, 4.0, 8.0})
      moved("delta, error-aware", fmt::format("step {}", step),
            [&](auto d, auto x) { return error_aware_weights(d, x, step); });
  if (table.wants("delta, low rank"))
    for (const std::size_t rank :
         options.quick ? std::vector<std::size_t>{4} : std::vector<std::size_t>{1, 2, 4, 8, 16})
      moved("delta, low rank, 4 bits", fmt::format("rank {}", rank),
            [&](auto d, auto x) { return low_rank_weights(d, x, std::min(rank, d.rows()), 4); });
}

}  // namespace

void update(const Options& options, Table& table) {
  if (options.held.empty()) fail(Errc::Usage, "--task update needs --held (bench/bits.py trains one)");
  UpdateTask task{
      .layers = load_layers(options.model), .images = load_images(options), .scores = {}, .said = {}, .seen = {}};
  const auto held = load_layers(options.held);
  if (held.size() != task.layers.size())
    fail(Errc::Mismatch, "{} has {} layers, {} has {}", options.held, held.size(), options.model, task.layers.size());
  task.scores = run_layers(task.layers, weights_of(task.layers), task.images.teach);
  const Matrix<float> judged = run_layers(task.layers, weights_of(task.layers), task.images.judge);
  task.said = classes(judged);
  Matrix<float> some(std::min<std::size_t>(10'000, task.images.teach.rows()), task.images.teach.cols());
  std::ranges::copy(task.images.teach.values().first(some.size()), some.values().begin());
  task.seen = layer_inputs(held, some);
  task.report(table, "held before", "", 0, run_layers(held, weights_of(held), task.images.judge));
  task.report(table, "new teacher", "", 0, judged);
  for (std::size_t l = 0; l < held.size(); ++l) task.layers[l].held = held[l].wanted;
  deltas(task, options, table);
  replayed_updates(task, options, table);
}

}  // namespace bits
