/// The second layer of trained 784-W-W-10 Fashion-MNIST models (scripts/train_fashion_mnist.py --widths), W x W, alone.
/// `fmnist-layer256`: 32x16 -> 32x16 by product quantisation behind both nonlinearities, winner lanes; judged by
/// addresses. `fmnist-wide:W`: scalar grids, regression lanes, targets before the nonlinearity; judged by the class
/// that the teacher's own last layer makes of it.

#include <charconv>

#include "../fidelity_task.hpp"
#include "assimilaate/cli/dataset.hpp"
#include "assimilaate/teacher/ceilings.hpp"

namespace assimilaate::bench {
namespace {

/// The model of a width: named, in the folder of trained models, or beside the one that comes along.
Graph model_of(std::size_t width, const TaskRequest& request) {
  const std::string name = fmt::format("fashion_mnist_{}.onnx", width);
  std::filesystem::path file = request.model.empty() ? request.models / name : request.model;
  if (request.model.empty() && !std::filesystem::exists(file)) file = cli::default_model().parent_path() / name;
  if (!std::filesystem::exists(file))
    fail(Errc::Io,
         "{}: there is no such model; train it (scripts/train_fashion_mnist.py --widths {} --epochs 4 --batch 256 "
         "--models {}) or name the folder of another with --models",
         (request.models / name).string(), width, request.models.string());
  Graph graph = Graph::load(file);
  const auto layers = graph.transforms();
  if (layers.size() != 3 || layers[1].inputs != width || layers[1].outputs != width)
    fail(Errc::Mismatch, "{}: is no model of three layers with {} x {} in the middle", file.string(), width, width);
  return graph;
}

Subject second_layer(std::size_t width, const std::string& name, const TaskRequest& request, const Recipe& recipe) {
  const Graph graph = model_of(width, request);
  const auto layers = graph.transforms();
  const bool behind = recipe.behind_glue;
  const std::vector<std::string> taps{layers[1].input, behind ? layers[2].input : layers[1].output};
  cli::Labelled train = cli::load_labelled(request.data, "train");
  const std::size_t pool = std::min(train.images.rows(), cli::training_images);
  const Matrix<float> images = request.validation ? rows_of(train.images, pool, train.images.rows() - pool)
                                                  : cli::load_labelled(request.data, "t10k").images;
  // What is drawn from: as many as are needed and the codecs are fitted to, not all 55 000.
  train.images.resize_rows(std::min(pool, request.most + 4200));
  const auto in = graph.run(train.images, taps), asked = graph.run(images, taps);
  Subject subject =
      captured(in.at(taps[0]), in.at(taps[1]), asked.at(taps[0]), asked.at(taps[1]), name, request, recipe);

  const auto glue = graph.network().glue(layers[1].output, layers[2].name);
  const auto function = [glue](Matrix<float> values) {
    for (const auto& step : glue)
      for (float& x : values.values()) x = step(x);
    return values;
  };
  if (!behind)
    subject.scores = [function, last = graph.weights(layers[2].name)](const Matrix<float>& said) {
      return dense(last, function(said));
    };
  // Perfect students, before the output's code is applied: through a code of 8 bits, which loses next to nothing.
  const std::vector<std::string> raw{layers[1].output};
  const Chain chain{
      {taps[0], raw[0]},
      {layers[1].name},
      {subject.codecs[0], fit_codec("grid", graph.run(train.images, raw).at(raw[0]).view(), {{"bits", 8}}, 1)}};
  for (const auto& [student, run] : {std::pair{"codec", &run_coded}, {"table_from_weights", &run_tables}}) {
    const Matrix<float> said = run(graph, chain, asked.at(taps[0]));
    AatBlock coded(subject.codecs[1]->shape(), said.rows());
    subject.codecs[1]->encode((behind ? function(said) : said).view(), coded.entries.view());
    Matrix<float>& decoded = subject.perfect[student] = Matrix<float>(said.rows(), said.cols());
    subject.codecs[1]->decode(coded.entries.view(), decoded.view());
  }
  return subject;
}

Subject make_256(const TaskRequest& request, const Recipe& recipe) {
  return second_layer(256, "fmnist-layer256", request, recipe);
}

Subject make_wide(const TaskRequest& request, const Recipe& recipe) {
  const std::string& text = request.argument;
  std::size_t width = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), width);
  if (problem != std::errc{} || end != text.data() + text.size() || width == 0)
    fail(Errc::Usage, "task fmnist-wide:{}: a width is wanted, as in fmnist-wide:1024", text);
  return second_layer(width, "fmnist-wide", request, recipe);
}

const Recipe winner{"winner", "", {"pq", {{"sub", 8}, {"bits", 4}}}, {}, {"pq", {{"sub", 8}, {"bits", 4}}}, true};

}  // namespace

extern const Task fmnist_layer256_task, fmnist_wide_task;
const Task fmnist_layer256_task{
    "fmnist-layer256", "", "a trained 256 x 256 layer, winner lanes 32x16 -> 32x16", winner, {1000, 5000}, make_256};
const Task fmnist_wide_task{"fmnist-wide",
                            "W",
                            "a trained W x W layer, regression lanes",
                            {"graded", "", {"grid", {{"bits", 3}}}, {}, {"grid", {{"bits", 8}}}},
                            {30, 100, 300, 1000},
                            make_wide};

}  // namespace assimilaate::bench
