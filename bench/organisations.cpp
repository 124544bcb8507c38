/// What organisations make of few examples: NMSE of layer fc2 (512 -> 512) of models/fashion_mnist_mlp.onnx, 3-bit
/// codes on both sides, learnt from N examples by regression lanes, against what the teacher's layer says. Inputs lie
/// behind the ReLU, targets before the next. Training images teach, validation images judge. Also what masking buys
/// under read noise: rms of y against its sigma, by lines that are wired.
///   bench_organisations [data=FOLDER] [seeds=1,2,3] [examples=30,100,300,1000] [memristors=float,mss,damaged]
///                       [organisations=graded,gram,thermometer,one_hot] [masked=masked:0.5/graded,...] [lanes=512]
///                       [full_scale=3] [rule.FIELD=NUMBER]

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <map>
#include <numeric>

#include "assimilaate/assimilation/session.hpp"
#include "assimilaate/cli/dataset.hpp"
#include "assimilaate/graph/graph.hpp"
#include "fidelity_ridge.hpp"

namespace {

using namespace assimilaate;
using Texts = std::vector<std::string>;

Texts split(std::string_view list) {
  Texts parts;
  for (std::size_t at = 0; at < list.size();) {
    const auto comma = std::min(list.find(',', at), list.size());
    parts.emplace_back(list.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

/// One layer: the examples of a seed in the order they are taught in, and what is held out.
struct Layer {
  CodecPtr input, output;
  AatBlock inputs, outputs, held_out;
  Matrix<float> x, y, held_x,
      truth;  // decoded inputs and what the teacher says of them; before coding, of the held out

  Layer(const Matrix<float>& from, const Matrix<float>& to, std::uint64_t seed, std::size_t examples) {
    const std::size_t held = 2000;  // validation images, the first
    input = fit_codec("grid", from.slice(0, 4000), {{"bits", 3}}, seed);
    output = fit_codec("grid", to.slice(0, 4000), {{"bits", 3}}, seed);
    std::vector<std::uint32_t> order(cli::training_images);
    std::iota(order.begin(), order.end(), 0U);
    const Random random(seed, 0);
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1],
                order[static_cast<std::size_t>(random.uniform(Purpose::Select, i) * static_cast<double>(i))]);
    Matrix<float> a(examples, from.cols()), b(examples, to.cols());
    for (std::size_t i = 0; i < examples; ++i) {
      std::ranges::copy(from.row(order[i]), a.row(i).begin());
      std::ranges::copy(to.row(order[i]), b.row(i).begin());
    }
    inputs = AatBlock(input->shape(), examples);
    outputs = AatBlock(output->shape(), examples);
    held_out = AatBlock(input->shape(), held);
    input->encode(a.view(), inputs.entries.view());
    output->encode(b.view(), outputs.entries.view());
    input->encode(from.slice(cli::training_images, held), held_out.entries.view());
    x = Matrix<float>(examples, from.cols());
    y = Matrix<float>(examples, to.cols());
    held_x = Matrix<float>(held, from.cols());
    input->decode(inputs.entries.view(), x.view());
    output->decode(outputs.entries.view(), y.view());
    input->decode(held_out.entries.view(), held_x.view());
    truth = Matrix<float>(held, to.cols());
    std::ranges::copy(to.slice(cli::training_images, held).row(0).data(),
                      to.slice(cli::training_images, held).row(0).data() + truth.size(), truth.data());
  }
};

Matrix<float> first_rows(const Matrix<float>& from, std::size_t count) {
  Matrix<float> some(count, from.cols());
  std::copy_n(from.data(), some.size(), some.data());
  return some;
}

Matrix<float> first_columns(const Matrix<float>& from, std::size_t count) {
  Matrix<float> some(from.rows(), std::min(count, from.cols()));
  for (std::size_t i = 0; i < some.rows(); ++i) std::copy_n(from.row(i).begin(), some.cols(), some.row(i).begin());
  return some;
}

double nmse(MatrixView<const float> said, MatrixView<const float> truth) {
  double error = 0, variance = 0;
  for (std::size_t d = 0; d < truth.cols(); ++d) {
    double mean = 0;
    for (std::size_t i = 0; i < truth.rows(); ++i) mean += truth(i, d) / static_cast<double>(truth.rows());
    for (std::size_t i = 0; i < truth.rows(); ++i) {
      error += std::pow(said(i, d) - truth(i, d), 2);
      variance += std::pow(truth(i, d) - mean, 2);
    }
  }
  return error / variance;
}

/// The ceiling: ridge regression on what the codes of n examples stand for, targets stretched as lanes see them.
double ridge(const Layer& layer, std::size_t n) {
  const auto stretch = static_cast<float>(1 / (1 - layer.output->distortion()));
  Matrix<float> x = first_rows(layer.x, n), y = first_rows(layer.y, n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t d = 0; d < y.cols(); ++d)
      y(i, d) = layer.output->mean()[d] + stretch * (y(i, d) - layer.output->mean()[d]);
  return nmse(bench::Ridge::fit(x, y)(layer.held_x).view(), layer.truth.view());
}

Profile profile_of(const std::string& name) {
  Profile profile;
  profile.name = name;
  profile.memristor = name == "float" ? "float" : "mss";
  if (name == "damaged") {
    profile.imperfections = {.step_variation = 0.3, .bound_variation = 0.3, .cycle_variation = 0.3, .stuck = 0.05};
    profile.noise = ReadNoise::parse("relative:0.02");
  }
  if (name == "noisy") profile.noise = ReadNoise::parse("emulator");
  return profile;
}

struct Outcome {
  double nmse, pulses;
  double y, sigma;  // rms of the ratio signal about its mean; of the emulator's read noise at y = 0
  std::size_t rows;
  double seconds;
};

Outcome learn(const Layer& layer, const Profile& profile, std::size_t n) {
  const auto began = std::chrono::steady_clock::now();
  LaneBank bank({"fc2", layer.input, layer.output, {}, 0}, profile);
  ExampleBlock examples{AatBlock(layer.input->shape(), n), AatBlock(layer.output->shape(), n)};
  std::copy_n(layer.inputs.entries.data(), examples.input.entries.size(), examples.input.entries.data());
  std::copy_n(layer.outputs.entries.data(), examples.output.entries.size(), examples.output.entries.data());
  StoredExamples source(std::move(examples));
  const auto report = assimilate(bank, source, {}, {.rounds = 1});
  Events events;
  const auto said = bank.outputs(layer.held_out.entries.view(), 0, events);
  double square = 0, sum = 0;
  for (std::size_t l = 0; l < said.cols(); ++l) {
    double mean = 0;
    for (std::size_t i = 0; i < said.rows(); ++i) mean += said(i, l) / static_cast<double>(said.rows());
    for (std::size_t i = 0; i < said.rows(); ++i)
      square += std::pow((said(i, l) - mean) / bank.full_scale(), 2) / static_cast<double>(said.size());
  }
  for (std::size_t l = 0; l < tile_lanes; ++l)
    sum += bank.synapses().open(0)->total()[l] / static_cast<double>(tile_lanes);
  sum *= static_cast<double>(bank.rows_read()) / static_cast<double>(bank.synapses().rows());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  return {
      nmse(said.view(), layer.truth.view()),
      report.pulses_per_memristor,
      std::sqrt(square),
      emulator_sigma(0, sum * bank.synapses().code_conductance(), bank.synapses().highest_conductance(), profile.read)
          .total(),
      bank.synapses().rows(),
      took.count()};
}

}  // namespace

int main(int count, char** arguments) try {
  std::map<std::string, std::string> given{{"data", cli::default_data},
                                           {"seeds", "1,2,3"},
                                           {"examples", "30,100,300,1000"},
                                           {"memristors", "float,mss,damaged"},
                                           {"organisations", "graded,gram,thermometer,one_hot"},
                                           {"masked", ""},
                                           {"lanes", "512"},
                                           {"full_scale", "3"}};
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    const auto equals = argument.find('=');
    if (equals == std::string_view::npos ||
        (!argument.starts_with("rule.") && !given.contains(std::string(argument.substr(0, equals)))))
      fail(Errc::Usage, "'{}': write key=value; keys stand at the head of bench/organisations.cpp", argument);
    given[std::string(argument.substr(0, equals))] = argument.substr(equals + 1);
  }
  const Graph graph = Graph::load(cli::default_model());
  const auto images = cli::load_labelled(given["data"], "train").images;
  const Texts taps{"relu1.out", "fc2.out"};
  auto values = graph.run(images, taps);
  values.at("fc2.out") = first_columns(values.at("fc2.out"), std::stoul(given["lanes"]));

  std::vector<std::size_t> sizes;
  for (const auto& text : split(given["examples"])) sizes.push_back(std::stoul(text));
  const std::size_t most = *std::ranges::max_element(sizes);
  fmt::print("{:<8} {:<26} {:>4} {:>5}", "target", "organisation", "seed", "rows");
  for (const auto n : sizes) fmt::print(" {:>7}", n);
  fmt::print("   pulses    rms y     sigma  y/sigma  seconds\n");
  for (const auto& seed : split(given["seeds"])) {
    const Layer layer(values.at("relu1.out"), values.at("fc2.out"), std::stoull(seed), most);
    fmt::print("{:<8} {:<26} {:>4} {:>5}", "ridge", "on decoded codes", seed, layer.x.cols());
    for (const auto n : sizes) fmt::print(" {:>7.4f}", ridge(layer, n));
    fmt::print("\n");
    Texts organisations = split(given["organisations"]);
    for (const auto& text : split(given["masked"])) organisations.push_back(text);
    for (const auto& memristor : split(given["memristors"]))
      for (const auto& organisation : organisations) {
        Profile profile = profile_of(memristor);
        profile.organisation = organisation;
        profile.seed = std::stoull(seed);
        profile.full_scale = std::stod(given["full_scale"]);
        for (const auto& [key, value] : given)
          if (key.starts_with("rule.")) profile.rule_settings[key.substr(5)] = std::stod(value);
        std::string line;
        Outcome last{};
        double seconds = 0;
        for (const auto n : sizes) {
          last = learn(layer, profile, n);
          line += fmt::format(" {:>7.4f}", last.nmse);
          seconds += last.seconds;
        }
        fmt::print("{:<8} {:<26} {:>4} {:>5}{} {:>8.1f} {:>8.5f} {:>9.5f} {:>8.2f} {:>8.1f}\n", memristor, organisation,
                   seed, last.rows, line, last.pulses, last.y, last.sigma, last.y / last.sigma, seconds);
        std::fflush(stdout);
      }
  }
} catch (const Error& e) {
  fmt::print(stderr, "bench_organisations: {}\n", e.what());
  return 2;
}
