/// Two new classes for targets that know the first eight. Half of what teaches is old.

#include <zlib.h>

#include <algorithm>
#include <cmath>

#include "assimilaate/ledger/weight_rivals.hpp"
#include "assimilaate/teacher/level_coder.hpp"
#include "assimilaate/teacher/probes.hpp"
#include "assimilaate/teacher/selection.hpp"
#include "bits.hpp"

namespace bits {
namespace {

constexpr std::int32_t first_new = 8;

struct Task {
  std::vector<ProbedLayer> layers;  ///< wanted: the new teacher; held: what targets do
  Images images;
  Matrix<float> scores;
  std::vector<std::int32_t> said;
  std::vector<Matrix<float>> seen;

  void report(Table& table, const std::string& method, const std::string& setting, double bits,
              const Matrix<float>& out) const {
    const auto said_now = classes(out);
    double of_old = 0, of_new = 0, old_right = 0, new_right = 0;
    for (std::size_t i = 0; i < said_now.size(); ++i) {
      const bool old = images.labels[i] < first_new;
      (old ? of_old : of_new) += 1;
      (old ? old_right : new_right) += said_now[i] == images.labels[i];
    }
    table.add({method,
               setting,
               bits,
               accuracy(out, images.labels),
               accuracy(out, said),
               {{"old", old_right / of_old}, {"new", new_right / of_new}}});
  }
  void report(Table& table, const std::string& method, const std::string& setting, double bits,
              const std::vector<DenseWeights>& weights) const {
    report(table, method, setting, bits, run_layers(layers, weights, images.judge));
  }
};

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

void deltas(const Task& task, const Options& options, Table& table) {
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
    task.report(table, method, setting, bits, weights);
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

/// Images and scores travel, half of them of old classes; the last layer of the target learns to add what is missing.
void examples(const Task& task, const Options& options, Table& table) {
  if (!table.wants("examples")) return;
  const auto held = [&](const Matrix<float>& x) {
    std::vector<DenseWeights> weights;
    for (const auto& layer : task.layers) weights.push_back(*layer.held);
    return run_layers(task.layers, weights, x);
  };
  const auto last_input = [&](const Matrix<float>& x) {
    Matrix<float> h = x;
    for (std::size_t l = 0; l < task.layers.size(); ++l) {
      for (const auto& function : task.layers[l].glue)
        for (float& v : h.values()) v = function(v);
      if (l + 1 < task.layers.size()) h = dense(*task.layers[l].held, h);
    }
    return h;
  };
  const Matrix<float> judge_held = held(task.images.judge), judge_seen = last_input(task.images.judge);
  for (const std::size_t n : {50, 100, 200, 400}) {
    Matrix<float> x(n, task.images.teach.cols());
    Matrix<std::int32_t> codes(n, x.cols());
    Matrix<float> wanted(n, task.scores.cols());
    Matrix<std::int32_t> score_codes(n, wanted.cols());
    std::size_t at = options.seed * 1000;
    for (std::size_t i = 0; i < n; ++i, ++at) {
      while ((task.images.teach_labels[at] < first_new) != (i % 2 == 0)) ++at;
      for (std::size_t d = 0; d < x.cols(); ++d) {
        codes(i, d) = static_cast<std::int32_t>(std::lround(task.images.teach(at, d) * 7));
        x(i, d) = static_cast<float>(codes(i, d)) / 7;
      }
      for (std::size_t o = 0; o < wanted.cols(); ++o) {
        score_codes(i, o) = static_cast<std::int32_t>(std::lround(task.scores(at, o) * 4));
        wanted(i, o) = static_cast<float>(score_codes(i, o)) / 4;
      }
    }
    const Matrix<float> had = held(x);
    for (std::size_t i = 0; i < wanted.size(); ++i) wanted.values()[i] -= had.values()[i];
    Matrix<float> out = ridge_student(last_input(x), wanted, judge_seen, 0.03);
    for (std::size_t i = 0; i < out.size(); ++i) out.values()[i] += judge_held.values()[i];
    task.report(table, "examples, half old, last layer", fmt::format("{} records", n),
                level_bits(codes.view()) + level_bits(score_codes.view()), out);
  }
}

void probes(const Task& task, const Options& options, Table& table) {
  std::vector<float> weight;  // half of the loss is old
  double old = 0;
  for (const auto label : task.images.teach_labels) old += label < first_new;
  const double n = static_cast<double>(task.images.teach_labels.size());
  for (const auto label : task.images.teach_labels)
    weight.push_back(label < first_new ? static_cast<float>(2 * old / n) : 1.0F);
  struct At {
    std::string what;
    std::vector<std::size_t> probes;
    double fineness, pressure;
  };
  const std::vector<At> all{{"last layer", {0, 0, 128}, .05, 1e-5},
                            {"last layer", {0, 0, 256}, .03, 1e-5},
                            {"last layer", {0, 0, 512}, .02, 1e-6},
                            {"all layers", {100, 128, 512}, .05, 1e-4},
                            {"all layers", {100, 128, 512}, .05, 3e-5}};
  for (const auto& at : options.quick ? std::vector(1, all[1]) : all) {
    auto layers = task.layers;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      const std::size_t width = layers[l].wanted.weight.cols();
      layers[l].fineness = l + 1 == layers.size() ? at.fineness : 2 * at.fineness;
      if (at.probes[l] > 0)
        layers[l].probes = l == 0 ? cosine_probes(width, at.probes[l])
                                  : walsh_probes(width, std::min(at.probes[l], width), options.seed + l);
    }
    const std::string setting =
        fmt::format("{}, {}, fineness {}, pressure {}", at.what, fmt::join(at.probes, "+"), at.fineness, at.pressure);
    const auto got =
        learnt(layers, tune_answers(layers, task.images.teach, task.scores, weight,
                                    {.passes = 4, .pressure = at.pressure, .temperature = 1, .seed = options.seed}));
    if (table.wants("probes, tuned answers"))
      task.report(table, "probes, tuned answers", setting, got.bits, got.weights);
  }
}

}  // namespace

void update(const Options& options, Table& table) {
  if (options.held.empty()) fail(Errc::Usage, "--task update needs --held (bench/bits.py trains one)");
  Task task{.layers = load_layers(options.model), .images = load_images(options), .scores = {}, .said = {}, .seen = {}};
  const auto held = load_layers(options.held);
  if (held.size() != task.layers.size())
    fail(Errc::Mismatch, "{} has {} layers, {} has {}", options.held, held.size(), options.model, task.layers.size());
  task.scores = run_layers(task.layers, weights_of(task.layers), task.images.teach);
  const Matrix<float> judged = run_layers(task.layers, weights_of(task.layers), task.images.judge);
  task.said = classes(judged);
  Matrix<float> some(10'000, task.images.teach.cols());
  some.resize_rows(std::min<std::size_t>(10'000, task.images.teach.rows()));
  std::ranges::copy(task.images.teach.values().first(some.size()), some.values().begin());
  task.seen = layer_inputs(held, some);
  task.report(table, "held before", "", 0, run_layers(held, weights_of(held), task.images.judge));
  task.report(table, "new teacher", "", 0, judged);
  for (std::size_t l = 0; l < held.size(); ++l) task.layers[l].held = held[l].wanted;
  deltas(task, options, table);
  examples(task, options, table);
  if (table.wants("probes")) probes(task, options, table);
}

}  // namespace bits
