/// First deployment of a whole model: weights moved, examples streamed, probes streamed.

#include <array>

#include "assimilaate/ledger/weight_rivals.hpp"
#include "assimilaate/teacher/prequential.hpp"
#include "assimilaate/teacher/probes.hpp"
#include "assimilaate/teacher/selection.hpp"
#include "bits.hpp"
#include "bits_targets.hpp"

namespace bits {
namespace {

struct Task {
  std::vector<ProbedLayer> layers;
  Images images;
  Matrix<float> scores;             ///< the teacher's, of its own images
  std::vector<std::int32_t> said;   ///< classes the teacher says of the judged images
  std::vector<Matrix<float>> seen;  ///< inputs of each layer, of 10 000 images, for rivals

  Task(const Options& options)
      : layers(load_layers(options.model)),
        images(load_images(options)),
        scores(run_layers(layers, weights_of(layers), images.teach)),
        said(classes(run_layers(layers, weights_of(layers), images.judge))) {
    Matrix<float> some(std::min<std::size_t>(images.teach.rows(), 10'000), images.teach.cols());
    std::ranges::copy(images.teach.values().first(some.size()), some.values().begin());
    seen = layer_inputs(layers, some);
  }
  void report(Table& table, const std::string& method, const std::string& setting, double bits,
              const Matrix<float>& out, std::vector<std::pair<std::string, double>> more = {}) const {
    table.add({method, setting, bits, accuracy(out, images.labels), accuracy(out, said), std::move(more)});
  }
  void report(Table& table, const std::string& method, const std::string& setting, double bits,
              const std::vector<DenseWeights>& weights) const {
    report(table, method, setting, bits, run_layers(layers, weights, images.judge));
  }
};

void weights_moved(const Task& task, const Options& options, Table& table) {
  const auto moved = [&](const std::string& method, const std::string& setting, const auto& move) {
    double bits = 0;
    std::vector<DenseWeights> weights;
    for (std::size_t l = 0; l < task.layers.size(); ++l) {
      const auto& wanted = task.layers[l].wanted;
      const QuantisedWeights q = move(l, wanted.weight.view(), task.seen[l].view());
      bits += q.entropy_bits;
      weights.push_back(
          {q.weights, mended_bias(wanted.bias, wanted.weight.view(), q.weights.view(), task.seen[l].view())});
    }
    task.report(table, method, setting, bits, weights);
  };
  if (table.wants("weights, rounded"))
    for (const int bits : {16, 8, 4, 3, 2})
      moved("weights, rounded", fmt::format("{} bits", bits),
            [&](auto, auto w, auto) { return quantise_weights(w, bits); });
  if (table.wants("weights, error-aware"))
    for (const double step :
         options.quick ? std::vector{2.0, 4.0} : std::vector{1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0})
      moved("weights, error-aware", fmt::format("step {}", step), [&](std::size_t l, auto w, auto x) {
        return error_aware_weights(w, x, l + 1 == task.layers.size() ? 0.4 : step);
      });
  if (table.wants("weights, low rank"))
    for (const std::size_t rank :
         options.quick ? std::vector<std::size_t>{20, 60} : std::vector<std::size_t>{10, 20, 30, 40, 60, 90, 120})
      moved("weights, low rank, 4 bits", fmt::format("rank {}", rank), [&](std::size_t, auto w, auto x) {
        return low_rank_weights(w, x, std::min({rank, w.rows(), w.cols()}), 4);
      });
}

/// Examples that occur: a chain of codes and ridge students, what regression lanes settle to.
void examples(const Task& task, const Options& options, Table& table) {
  if (!table.wants("examples")) return;
  constexpr std::size_t candidates = 4000;
  std::vector<Matrix<float>> values(1, Matrix<float>(candidates, task.images.teach.cols()));
  for (std::size_t i = 0; i < candidates; ++i)
    std::ranges::copy(task.images.teach.row((i * 13 + options.seed * 4001) % task.images.teach.rows()),
                      values[0].row(i).begin());
  const Matrix<float> inputs = values[0];
  for (std::size_t l = 0; l < task.layers.size(); ++l) {
    Matrix<float> h = values.back();
    for (const auto& function : task.layers[l].glue)
      for (float& v : h.values()) v = function(v);
    values.push_back(dense(task.layers[l].wanted, h));
  }
  std::vector<CodecPtr> codecs;
  std::vector<AatBlock> blocks;
  std::vector<Matrix<float>> decoded;
  std::vector<std::vector<std::function<float(float)>>> glue;
  double books = 0;
  for (std::size_t b = 0; b < values.size(); ++b) {
    const double fine = b == 0 ? 3 : b + 1 == values.size() ? 8 : 4;
    codecs.push_back(fit_codec("grid", values[b].view(), {{"bits", fine}, {"shared", 1}}, options.seed));
    books += static_cast<double>(codecs[b]->codebook_bits());
    blocks.emplace_back(codecs[b]->shape(), candidates);
    codecs[b]->encode(values[b].view(), blocks[b].entries.view());
    decoded.emplace_back(candidates, codecs[b]->dims());
    codecs[b]->decode(blocks[b].entries.view(), decoded[b].view());
  }
  std::vector<CandidatePool> pool;
  for (std::size_t t = 0; t + 1 < decoded.size(); ++t) {
    glue.push_back(task.layers[t].glue);
    pool.push_back({decoded[t], decoded[t + 1]});
    for (const auto& function : glue[t])
      for (float& v : pool[t].inputs.values()) v = function(v);
  }
  const auto rows_of = [](const auto& from, std::span<const std::uint32_t> rows) {
    auto to = Matrix<std::decay_t<decltype(from(0, 0))>>(rows.size(), from.cols());
    for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(from.row(rows[i]), to.row(i).begin());
    return to;
  };
  for (const std::string way : {"random", "pivots", "leverage", "reference"})
    for (const std::size_t n :
         options.quick ? std::vector<std::size_t>{100} : std::vector<std::size_t>{30, 100, 300, 1000}) {
      const auto chosen = select_examples(way, pool, n, options.seed);
      Matrix<float> h = task.images.judge;
      std::vector<AatBlock> records;
      for (std::size_t b = 0; b < blocks.size(); ++b) {
        records.emplace_back(blocks[b].shape, n);
        records[b].entries = rows_of(blocks[b].entries, chosen);
      }
      for (std::size_t t = 0; t < pool.size(); ++t) {
        AatBlock coded(codecs[t]->shape(), h.rows());
        codecs[t]->encode(h.view(), coded.entries.view());
        codecs[t]->decode(coded.entries.view(), h.view());
        for (const auto& function : glue[t])
          for (float& v : h.values()) v = function(v);
        h = ridge_student(rows_of(pool[t].inputs, chosen), rows_of(pool[t].outputs, chosen), h);
      }
      const RecordBits bits = record_bits(records, codecs, glue);
      const auto sum = [&](const std::vector<double>& each) {
        double s = books;
        for (const double v : each) s += v;
        return s;
      };
      task.report(table, "examples, " + way + ", packed", fmt::format("{} records", n), sum(bits.packed), h);
      task.report(table, "examples, " + way + ", prequential", fmt::format("{} records", n), sum(bits.prequential), h);
    }
}

struct TunedPoint {
  double fineness, pressure;
  std::array<std::size_t, 3> probes;
};

std::vector<ProbedLayer> probed(const Task& task, const TunedPoint& at, std::uint64_t seed) {
  auto layers = task.layers;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const std::size_t width = layers[l].wanted.weight.cols();
    layers[l].probes = l == 0 ? cosine_probes(width, at.probes[0]) : walsh_probes(width, at.probes[l], seed + l);
    layers[l].fineness = at.fineness;
  }
  return layers;
}

/// Of each layer, those that `probed` begins with and all others.
std::vector<Matrix<float>> every_probe(const Task& task, std::uint64_t seed) {
  std::vector<Matrix<float>> all;
  for (auto& layer : probed(task,
                            {1,
                             0,
                             {task.layers[0].wanted.weight.cols(), task.layers[1].wanted.weight.cols(),
                              task.layers[2].wanted.weight.cols()}},
                            seed))
    all.push_back(std::move(layer.probes));
  return all;
}

void probes(const Task& task, const Options& options, Table& table) {
  const std::vector<TunedPoint> all{{.2, 3e-5, {100, 96, 96}},     {.1, 3e-5, {144, 128, 128}},
                                    {.06, 2e-5, {196, 192, 128}},  {.05, 1e-5, {196, 192, 128}},
                                    {.035, 7e-6, {225, 256, 192}}, {.025, 4e-6, {324, 384, 256}}};
  for (const auto& at : options.quick ? std::vector(1, all.back()) : all) {
    const auto layers = probed(task, at, options.seed);
    const std::string setting =
        fmt::format("{}, fineness {}, pressure {}", fmt::join(at.probes, "+"), at.fineness, at.pressure);
    if (table.wants("probes, fitted answers")) {
      const auto plain = learnt(layers, tune_answers(layers, task.images.teach, task.scores, {}, {.passes = 0}));
      task.report(table, "probes, fitted answers", setting, plain.bits, plain.weights);
    }
    if (!table.wants("probes, tuned answers") && !table.wants("target")) continue;
    const auto answers = tune_answers(layers, task.images.teach, task.scores, {},
                                      {.passes = 4, .pressure = at.pressure, .temperature = 1, .seed = options.seed});
    const auto tuned = learnt(layers, answers);
    if (table.wants("probes, tuned answers"))
      task.report(table, "probes, tuned answers", setting, tuned.bits, tuned.weights);
    if (table.wants("target"))
      for (const auto& [name, profile] : target_profiles(options.seed, 8)) {
        const Followed said =
            follow_probes(layers, answers, every_probe(task, options.seed), task.seen, task.images.judge, profile);
        task.report(table, "probes, tuned answers, target " + name, setting, tuned.bits + said.codebook_bits,
                    said.outputs, {{"codebooks", said.codebook_bits / 1e6}});
      }
  }
  // The rival with the same tuning: its own weights, one line at a time.
  const std::vector<std::pair<double, double>> rivals{{.06, 4e-6}, {.04, 4e-6}, {.03, 3e-6}, {.02, 2e-6}};
  if (table.wants("weights, tuned"))
    for (const auto& [fineness, pressure] : options.quick ? std::vector(1, rivals.back()) : rivals) {
      auto layers = task.layers;
      for (auto& layer : layers) {
        layer.probes = unit_probes(layer.wanted.weight.cols());
        layer.fineness = fineness;
      }
      const auto tuned =
          learnt(layers, tune_answers(layers, task.images.teach, task.scores, {},
                                      {.passes = 4, .pressure = pressure, .temperature = 1, .seed = options.seed}));
      task.report(table, "weights, tuned", fmt::format("fineness {}, pressure {}", fineness, pressure), tuned.bits,
                  tuned.weights);
    }
}

}  // namespace

void fashion_mlp(const Options& options, Table& table) {
  const Task task(options);
  task.report(table, "teacher", "", 0, weights_of(task.layers));
  weights_moved(task, options, table);
  examples(task, options, table);
  probes(task, options, table);
}

}  // namespace bits
