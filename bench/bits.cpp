/// Fidelity against bits: streams of examples, streams of probes, and the weights themselves, on the same axes.
///
///   bench_bits --task fmnist-mlp                                   first deployment of models/fashion_mnist_mlp.onnx
///   bench_bits --task wide --model wide2048.onnx                   the middle layer of 784-W-W-10 (bench/bits.py
///   trains one) bench_bits --task update --held base.onnx --model new.onnx     two new classes for targets that know
///   eight
///
/// --method TEXT: only methods whose name holds it. --test: figures on the test images, else on the last 5 000 training
/// images, which teach nothing. --quick: few points of each curve. --csv, --json: for programs.
///
/// Bits are all that has to travel: codes, scales, steps, biases, codebooks. Rows that say `packed` are what format
/// version 1 carries; all other streams count what codec 3 would carry (the range coder is real, the segment is not
/// yet).

#include "bits.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace bits {

void Table::add(Point point) {
  fmt::print(stderr, "{:<34} {:<30} {:>9.4f} Mbit  accuracy {:.4f}  agreement {:.4f}", point.method, point.setting,
             point.bits / 1e6, point.accuracy, point.agreement);
  for (const auto& [name, value] : point.more) fmt::print(stderr, "  {} {:.4f}", name, value);
  fmt::print(stderr, "\n");
  points_.push_back(std::move(point));
}

Images load_images(const Options& options) {
  auto train = cli::load_labelled(options.data, "train");
  Images images;
  const auto cut = [](const cli::Labelled& from, std::size_t first, std::size_t count, Matrix<float>& to,
                      std::vector<std::int32_t>& labels) {
    to = Matrix<float>(count, from.images.cols());
    std::ranges::copy(from.images.slice(first, count).row(0).data(),
                      from.images.slice(first, count).row(0).data() + count * from.images.cols(), to.data());
    labels.assign(from.labels.begin() + static_cast<std::ptrdiff_t>(first),
                  from.labels.begin() + static_cast<std::ptrdiff_t>(first + count));
  };
  cut(train, 0, std::min(options.images, cli::training_images), images.teach, images.teach_labels);
  if (options.test) {
    auto test = cli::load_labelled(options.data, "t10k");
    images.judge = std::move(test.images);
    images.labels = std::move(test.labels);
  } else {
    cut(train, cli::training_images, train.labels.size() - cli::training_images, images.judge, images.labels);
  }
  return images;
}

std::vector<ProbedLayer> load_layers(const std::string& model) {
  const Graph graph = Graph::load(model);
  std::vector<ProbedLayer> layers;
  std::string tensor = graph.network().input().name;
  for (const auto& transform : graph.transforms()) {
    layers.push_back({.wanted = graph.weights(transform.name),
                      .held = {},
                      .glue = graph.network().glue(tensor, transform.name),
                      .probes = {}});
    tensor = transform.output;
  }
  return layers;
}

std::vector<DenseWeights> weights_of(const std::vector<ProbedLayer>& layers) {
  std::vector<DenseWeights> all;
  for (const auto& layer : layers) all.push_back(layer.wanted);
  return all;
}

std::vector<Matrix<float>> layer_inputs(const std::vector<ProbedLayer>& layers, const Matrix<float>& x) {
  std::vector<Matrix<float>> inputs;
  Matrix<float> h = x;
  for (const auto& layer : layers) {
    for (const auto& function : layer.glue)
      for (float& v : h.values()) v = function(v);
    inputs.push_back(h);
    h = dense(layer.wanted, h);
  }
  return inputs;
}

Learnt learnt(const std::vector<ProbedLayer>& layers, const std::vector<Answers>& answers) {
  Learnt result;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const auto& layer = layers[l];
    if (layer.probes.empty()) {
      result.weights.push_back(layer.held ? *layer.held : layer.wanted);
      continue;
    }
    result.weights.push_back(answers[l].learnt(layer.held));
    result.bits += answers[l].bits();
  }
  return result;
}

/// What methods may tell beyond bits and accuracy, in the order of columns; the same for every task, so that tables of
/// several runs can be put below each other.
constexpr std::array<std::string_view, 5> extras{"old", "new", "memory", "codebooks", "r2"};

}  // namespace bits

int main(int argc, char** argv) {
  using namespace bits;
  Options options;
  bool json = false, csv = false;
  CLI::App app{"Fidelity against bits"};
  app.add_option("--task", options.task, "fmnist-mlp, wide or update")
      ->check(CLI::IsMember({"fmnist-mlp", "wide", "update"}));
  app.add_option("--model", options.model, "ONNX file of the teacher");
  app.add_option("--held", options.held, "ONNX file of what targets do already (update)");
  app.add_option("--data", options.data, "folder of Fashion-MNIST");
  app.add_option("--method", options.methods, "only methods whose name holds this");
  app.add_option("--images", options.images, "training images the teacher uses");
  app.add_option("--seed", options.seed, "of everything that is drawn");
  app.add_flag("--test", options.test, "figures on the test images");
  app.add_flag("--quick", options.quick, "few points of each curve");
  app.add_flag("--json", json, "as JSON");
  app.add_flag("--csv", csv, "as CSV");
  CLI11_PARSE(app, argc, argv);
  try {
    if (options.model.empty()) {
      if (options.task != "fmnist-mlp")
        fail(Errc::Usage, "--task {} needs --model (bench/bits.py trains one)", options.task);
      options.model = cli::default_model().string();
    }
    Table table(options);
    options.task == "fmnist-mlp" ? fashion_mlp(options, table)
    : options.task == "wide"     ? wide_layer(options, table)
                                 : update(options, table);
    if (csv) {
      fmt::print("task,seed,images,method,setting,bits,accuracy,agreement,{}\n", fmt::join(extras, ","));
      for (const auto& p : table.points()) {
        fmt::print("{},{},{},\"{}\",\"{}\",{:.0f},{:.4f},{:.4f}", options.task, options.seed,
                   options.test ? "test" : "validation", p.method, p.setting, p.bits, p.accuracy, p.agreement);
        for (const std::string_view extra : extras) {
          const auto found = std::ranges::find(p.more, extra, &std::pair<std::string, double>::first);
          fmt::print(",{}", found == p.more.end() ? "" : fmt::format("{:.4f}", found->second));
        }
        fmt::print("\n");
      }
    }
    if (json) {
      nlohmann::ordered_json all = nlohmann::ordered_json::array();
      for (const auto& p : table.points()) {
        nlohmann::ordered_json row{
            {"task", options.task},   {"seed", options.seed},    {"images", options.test ? "test" : "validation"},
            {"method", p.method},     {"setting", p.setting},    {"bits", p.bits},
            {"accuracy", p.accuracy}, {"agreement", p.agreement}};
        for (const auto& [name, value] : p.more) row[name] = value;
        all.push_back(row);
      }
      fmt::print("{}\n", all.dump(2));
    }
  } catch (const Error& e) {
    fmt::print(stderr, "bench_bits: {}\n", e.what());
    return static_cast<int>(e.code());
  }
  return 0;
}
