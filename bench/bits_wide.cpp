/// One wide layer of a deployed chain: the middle one of 784-W-W-10; the others stay as the teacher has them.

#include <algorithm>
#include <cmath>

#include "assimilaate/core/random.hpp"
#include "assimilaate/ledger/weight_rivals.hpp"
#include "assimilaate/teacher/probes.hpp"
#include "bits.hpp"

namespace bits {
namespace {

/// Images that targets can draw for themselves: normal numbers for the 144 lowest cosine coordinates, their means and
/// spreads at 8 bits each, held within [0, 1].
constexpr std::size_t waves = 144;
constexpr double image_bits = waves * 16;
Matrix<float> drawn_images(const Matrix<float>& images, std::size_t count, std::uint64_t seed) {
  const Matrix<float> cosines = cosine_probes(images.cols(), waves);
  std::vector<double> mean(waves), spread(waves);
  const std::size_t n = std::min<std::size_t>(images.rows(), 4000);
  for (std::size_t k = 0; k < waves; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      double c = 0;
      for (std::size_t d = 0; d < images.cols(); ++d) c += double{images(i, d)} * cosines(k, d);
      mean[k] += c / static_cast<double>(n);
      spread[k] += c * c / static_cast<double>(n);
    }
    spread[k] = std::sqrt(std::max(spread[k] - mean[k] * mean[k], 1e-9));
    spread[k] = std::exp2(std::round(16 * std::log2(spread[k])) / 16);
    mean[k] = std::round(mean[k] * 16) / 16;
  }
  const Random random(seed, 2);
  Matrix<float> drawn(count, images.cols());
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < waves; ++k) {
      const double c = mean[k] + spread[k] * random.normal(Purpose::Select, i, k);
      for (std::size_t d = 0; d < images.cols(); ++d) drawn(i, d) += static_cast<float>(c) * cosines(k, d);
    }
    for (float& v : drawn.row(i)) v = std::clamp(v, 0.0F, 1.0F);
  }
  return drawn;
}

struct Task {
  std::vector<ProbedLayer> layers;  ///< the wide one and what follows
  Matrix<float> teach, judge;       ///< inputs of the wide layer
  Matrix<float> scores;             ///< of `teach`
  std::vector<std::int32_t> said, labels;
  Matrix<float> wanted;  ///< outputs of the wide layer for `judge`

  void report(Table& table, const std::string& method, const std::string& setting, double bits,
              const DenseWeights& wide) const {
    auto weights = weights_of(layers);
    weights[0] = wide;
    const Matrix<float> out = run_layers(layers, weights, judge), y = dense(wide, judge);
    std::vector<double> mean(y.cols());
    for (std::size_t i = 0; i < y.rows(); ++i)
      for (std::size_t o = 0; o < y.cols(); ++o) mean[o] += wanted(i, o) / static_cast<double>(y.rows());
    double error = 0, power = 0;
    for (std::size_t i = 0; i < y.rows(); ++i)
      for (std::size_t o = 0; o < y.cols(); ++o) {
        error += std::pow(double{y(i, o)} - wanted(i, o), 2);
        power += std::pow(wanted(i, o) - mean[o], 2);
      }
    table.add({method, setting, bits, accuracy(out, labels), accuracy(out, said), {{"r2", 1 - error / power}}});
  }
};

Matrix<float> head(const Matrix<float>& m, std::size_t rows) {
  Matrix<float> some(std::min(rows, m.rows()), m.cols());
  std::ranges::copy(m.values().first(some.size()), some.values().begin());
  return some;
}

void weights_moved(const Task& task, const Options& options, Table& table) {
  const auto& wide = task.layers[0].wanted;
  const Matrix<float> seen = head(task.teach, 10'000);
  const auto moved = [&](const std::string& method, const std::string& setting, const QuantisedWeights& q) {
    task.report(table, method, setting, q.entropy_bits,
                {q.weights, mended_bias(wide.bias, wide.weight.view(), q.weights.view(), seen.view())});
  };
  if (table.wants("weights, rounded"))
    for (const int bits : {16, 8, 4, 3, 2})
      moved("weights, rounded", fmt::format("{} bits", bits), quantise_weights(wide.weight.view(), bits));
  if (table.wants("weights, error-aware"))
    for (const double step : options.quick ? std::vector{4.0} : std::vector{2.0, 4.0, 6.0, 9.0})
      moved("weights, error-aware", fmt::format("step {}", step),
            error_aware_weights(wide.weight.view(), seen.view(), step));
  if (table.wants("weights, low rank"))
    for (const std::size_t rank :
         options.quick ? std::vector<std::size_t>{16} : std::vector<std::size_t>{4, 8, 12, 16, 24, 32, 48, 64})
      moved("weights, low rank, 4 bits", fmt::format("rank {}", rank),
            low_rank_weights(wide.weight.view(), seen.view(), rank, 4));
}

void probes(const Task& task, const Matrix<float>& drawn, const Options& options, Table& table) {
  struct At {
    std::size_t count;
    double fineness, pressure;
  };
  const std::vector<At> all{{16, .4, 1e-5},  {24, .3, 1e-5},  {48, .2, 1e-5},
                            {96, .15, 3e-6}, {128, .1, 3e-6}, {192, .06, 1e-6}};
  const std::size_t width = task.layers[0].wanted.weight.cols();
  const auto told = [&](const std::string& method, const At& at, const auto& inputs, double extra) {
    if (!table.wants(method + ", fitted answers") && !table.wants(method + ", tuned answers")) return;
    auto layers = task.layers;
    layers[0].probes = inputs();
    layers[0].fineness = at.fineness;
    const std::string setting = fmt::format("{}, fineness {}, pressure {}", at.count, at.fineness, at.pressure);
    for (const bool tuned : {false, true}) {
      const std::string name = method + (tuned ? ", tuned answers" : ", fitted answers");
      if (!table.wants(name)) continue;
      const auto answers = tune_answers(
          layers, task.teach, task.scores, {},
          {.passes = tuned ? std::size_t{8} : 0, .pressure = at.pressure, .batch = 128, .seed = options.seed});
      const auto got = learnt(layers, answers);
      task.report(table, name, setting, got.bits + extra, got.weights[0]);
    }
  };
  for (const auto& at : options.quick ? std::vector(1, all.back()) : all) {
    // Directions that targets find by themselves, in what their own first layer makes of drawn images.
    told(
        "probes, principal of drawn images", at, [&] { return principal_probes(drawn.view(), at.count, options.seed); },
        image_bits);
    // Directions that travel, one bit a line.
    told(
        "probes, principal signs", at,
        [&] { return signs(principal_probes(head(task.teach, 4000).view(), at.count, options.seed)); },
        static_cast<double>(at.count * width));
    told(
        "probes, walsh", at, [&] { return walsh_probes(width, 2 * at.count, options.seed); }, 0);
  }
}

}  // namespace

void wide_layer(const Options& options, Table& table) {
  const auto chain = load_layers(options.model);
  if (chain.size() != 3)
    fail(Errc::Usage, "{}: {} layers; the task needs three, the middle one wide", options.model, chain.size());
  const Images images = load_images(options);
  const std::vector<ProbedLayer> first(chain.begin(), chain.begin() + 1);
  const auto through_first = [&](const Matrix<float>& x) {
    Matrix<float> h = run_layers(first, weights_of(first), x);
    for (const auto& function : chain[1].glue)
      for (float& v : h.values()) v = function(v);
    return h;
  };
  Task task{.layers = {chain.begin() + 1, chain.end()},
            .teach = through_first(images.teach),
            .judge = through_first(images.judge),
            .scores = {},
            .said = {},
            .labels = images.labels,
            .wanted = {}};
  task.layers[0].glue.clear();
  task.scores = run_layers(task.layers, weights_of(task.layers), task.teach);
  task.said = classes(run_layers(task.layers, weights_of(task.layers), task.judge));
  task.wanted = dense(task.layers[0].wanted, task.judge);
  task.report(table, "teacher", "", 0, task.layers[0].wanted);
  weights_moved(task, options, table);
  probes(task, through_first(drawn_images(images.teach, 4000, options.seed)), options, table);
}

}  // namespace bits
