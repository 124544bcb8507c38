/// Every codec at comparable rates on the same real activations, beside the rate-distortion bound of a Gaussian of the
/// same covariance (reverse water-filling; Cover & Thomas 2006, 10.3.3). Of all sources of a covariance the Gaussian is
/// the hardest, so that a code of pixels, many of which are exactly 0, may pass it.
///   bench_codecs [--json]      from the root of the source tree: models/fashion_mnist_mlp.onnx is the model
/// Columns: bits of a packed tuple; order-0 entropy of its addresses, each space by itself; bits of the codebook; error
/// over variance on vectors that were not fitted, and its bound at the entropy; 1 / (1 - D) of the fit, by which a code
/// has to be stretched; vectors a second, encoding on one thread, the best of three runs.

#include <fmt/format.h>

#include <Eigen/Dense>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/core/array_file.hpp"
#include "assimilaate/core/parallel.hpp"
#include "assimilaate/graph/graph.hpp"

namespace {

using namespace assimilaate;
using nlohmann::json;

constexpr std::size_t fitted = 4000, measured = 2000;
constexpr std::uint64_t seed = 1;
constexpr const char* data = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz";

struct Setting {
  const char* codec;
  Settings settings;
};

/// About a bit a dimension, two, and three where it is affordable.
const std::vector<Setting> settings_{
    {"grid", {{"bits", 1}}},
    {"grid", {{"bits", 2}}},
    {"grid", {{"bits", 3}}},
    {"grid", {{"bits", 4}}},
    {"grid", {{"bits", 3}, {"shared", 1}}},
    {"grid", {{"bits", 3}, {"shared", 1}, {"hadamard", 1}}},
    {"threshold_tree", {{"bits", 1}}},
    {"threshold_tree", {{"bits", 2}}},
    {"threshold_tree", {{"bits", 3}}},
    {"threshold_tree", {{"bits", 4}}},
    {"pq", {{"sub", 8}, {"bits", 8}}},
    {"pq", {{"sub", 4}, {"bits", 4}}},
    {"pq", {{"sub", 4}, {"bits", 8}}},
    {"pq", {{"sub", 2}, {"bits", 6}}},
    {"opq", {{"sub", 4}, {"bits", 4}}},
    {"opq", {{"sub", 4}, {"bits", 8}}},
    {"opq", {{"sub", 2}, {"bits", 6}}},
    {"residual", {{"sub", 8}, {"bits", 4}, {"stages", 2}}},
    {"residual", {{"sub", 4}, {"bits", 4}, {"stages", 2}}},
    {"residual", {{"sub", 4}, {"bits", 4}, {"stages", 3}}},
    {"slots", {{"bits", 1}}},
    {"slots", {{"bits", 2}}},
    {"slots", {{"bits", 3}}},
};

Matrix<float> rows_of(const Matrix<float>& from, std::size_t first, std::size_t count) {
  Matrix<float> some(count, from.cols());
  std::copy_n(from.data() + first * from.cols(), some.size(), some.data());
  return some;
}

/// Eigenvalues of the covariance.
std::vector<double> spectrum_of(const Matrix<float>& vectors) {
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::MatrixXd x = Eigen::Map<const Rows>(vectors.data(), static_cast<Eigen::Index>(vectors.rows()),
                                             static_cast<Eigen::Index>(vectors.cols()))
                          .cast<double>();
  x.rowwise() -= x.colwise().mean().eval();
  const Eigen::MatrixXd covariance = x.transpose() * x / static_cast<double>(x.rows());
  const Eigen::VectorXd values =
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(covariance, Eigen::EigenvaluesOnly).eigenvalues();
  return {values.begin(), values.end()};
}

/// The least share of the variance that `bits` a vector can lose: the water level at which sum max(0, log2(v / level))
/// / 2 is `bits`, found by halving.
double bound(const std::vector<double>& spectrum, double bits) {
  double low = -200, high = std::log2(*std::ranges::max_element(spectrum));
  for (int halving = 0; halving < 100; ++halving) {
    const double level = 0.5 * (low + high);
    double rate = 0;
    for (const double v : spectrum)
      if (v > 0) rate += std::max(0.0, 0.5 * (std::log2(v) - level));
    (rate > bits ? low : high) = level;
  }
  double lost = 0, all = 0;
  for (const double v : spectrum) {
    lost += std::clamp(v, 0.0, std::exp2(high));
    all += std::max(0.0, v);
  }
  return lost / all;
}

/// Bits a tuple, every space with the frequencies of its own addresses; biased down where addresses outnumber tuples.
double entropy_of(const Matrix<Address>& aats) {
  double bits = 0;
  const auto n = static_cast<double>(aats.rows());
  for (std::size_t m = 0; m < aats.cols(); ++m) {
    std::map<Address, double> counts;
    for (std::size_t i = 0; i < aats.rows(); ++i) counts[aats(i, m)] += 1;
    for (const auto& [address, count] : counts) bits -= count / n * std::log2(count / n);
  }
  return bits;
}

double nmse(const Matrix<float>& vectors, const Matrix<float>& decoded) {
  double lost = 0, all = 0;
  for (std::size_t d = 0; d < vectors.cols(); ++d) {
    double mean = 0;
    for (std::size_t i = 0; i < vectors.rows(); ++i) mean += vectors(i, d) / static_cast<double>(vectors.rows());
    for (std::size_t i = 0; i < vectors.rows(); ++i) {
      lost += std::pow(double{vectors(i, d)} - decoded(i, d), 2);
      all += std::pow(vectors(i, d) - mean, 2);
    }
  }
  return lost / all;
}

std::string text_of(const Setting& setting) {
  std::string text = setting.codec;
  for (const auto& [name, value] : setting.settings) text += fmt::format(" {}={}", name, value);
  return text;
}

json row_of(const Setting& setting, const Matrix<float>& fit, const Matrix<float>& test,
            const std::vector<double>& spectrum) {
  set_threads(0);
  const auto codec = fit_codec(setting.codec, fit.view(), setting.settings, seed);
  Matrix<Address> aats(test.rows(), codec->shape().spaces());
  set_threads(1);
  double seconds = 1e9;
  for (int run = 0; run < 3; ++run) {
    const auto start = std::chrono::steady_clock::now();
    codec->encode(test.view(), aats.view());
    seconds = std::min(seconds, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  Matrix<float> decoded(test.rows(), test.cols());
  codec->decode(aats.view(), decoded.view());
  const double entropy = entropy_of(aats);
  return {{"codec", text_of(setting)},
          {"packed_bits", codec->shape().bits()},
          {"entropy_bits", entropy},
          {"codebook_bits", codec->codebook_bits()},
          {"nmse", nmse(test, decoded)},
          {"bound", bound(spectrum, entropy)},
          {"stretch", 1 / (1 - codec->distortion())},
          {"vectors_per_second", static_cast<double>(test.rows()) / seconds}};
}

void print_row(const json& row) {
  fmt::print("{:<36} {:>6} {:>8.1f} {:>9} {:>9.5f} {:>9.5f} {:>7.4f} {:>10.0f}\n", row["codec"].get<std::string>(),
             row["packed_bits"].get<int>(), row["entropy_bits"].get<double>(), row["codebook_bits"].get<long>(),
             row["nmse"].get<double>(), row["bound"].get<double>(), row["stretch"].get<double>(),
             row["vectors_per_second"].get<double>());
}

}  // namespace

int main(int count, char** words) try {
  const bool as_json = count == 2 && std::string_view(words[1]) == "--json";
  if (count > 1 && !as_json) fail(Errc::Usage, "bench_codecs [--json]");
  auto images = rows_of(read_matrix(data, {}), 0, fitted + measured);
  for (float& pixel : images.values()) pixel /= 255;
  const std::vector<std::string> taps{"fc1.out", "fc2.out"};
  auto tensors = Graph::load("models/fashion_mnist_mlp.onnx").run(images, taps);
  tensors.emplace("pixels", images);
  json all = json::object();
  for (const auto& name : {"pixels", "fc1.out", "fc2.out"}) {
    const auto fit = rows_of(tensors.at(name), 0, fitted), test = rows_of(tensors.at(name), fitted, measured);
    const auto spectrum = spectrum_of(tensors.at(name));
    if (!as_json)
      fmt::print(
          "\n{}, {} dimensions, fitted to {}, measured on {} others\n{:<36} {:>6} {:>8} {:>9} {:>9} {:>9} {:>7} "
          "{:>10}\n",
          name, fit.cols(), fitted, measured, "codec", "packed", "entropy", "codebook", "NMSE", "bound", "stretch",
          "vectors/s");
    for (const auto& setting : settings_) {
      all[name].push_back(row_of(setting, fit, test, spectrum));
      if (!as_json) print_row(all[name].back());
    }
  }
  if (as_json) fmt::print("{}\n", all.dump(2));
} catch (const std::exception& e) {
  fmt::print(stderr, "{}\n", e.what());
  return 2;
}
