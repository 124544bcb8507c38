#pragma once
/// What the tasks of bench_bits share.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "assimilaate/cli/dataset.hpp"
#include "assimilaate/teacher/ceilings.hpp"
#include "assimilaate/teacher/tune.hpp"

namespace bits {

using namespace assimilaate;

struct Options {
  std::string task = "fmnist-mlp";
  std::string model, held;  ///< ONNX files; `held` is what targets of the update do already
  std::string data = cli::default_data;
  std::string methods;                        ///< only methods whose name holds this
  bool test = false;                          ///< figures on the test images instead of the validation images
  bool quick = false;                         ///< few points of each curve
  std::size_t images = cli::training_images;  ///< training images the teacher uses
  std::uint64_t seed = 1;
};

/// One point of a curve.
struct Point {
  std::string method, setting;
  double bits = 0;       ///< everything that has to travel
  double accuracy = 0;   ///< share of labels
  double agreement = 0;  ///< share of the teacher's classes
  std::vector<std::pair<std::string, double>> more{};
};

/// Receives points as they are ready.
class Table {
 public:
  explicit Table(const Options& options) : options_(options) {}
  [[nodiscard]] bool wants(std::string_view method) const {
    return options_.methods.empty() || method.find(options_.methods) != std::string_view::npos;
  }
  void add(Point point);
  [[nodiscard]] const std::vector<Point>& points() const { return points_; }

 private:
  const Options& options_;
  std::vector<Point> points_;
};

/// Images the teacher has, and those that figures are taken on.
struct Images {
  Matrix<float> teach, judge;
  std::vector<std::int32_t> teach_labels, labels;
};
[[nodiscard]] Images load_images(const Options& options);

/// A chain of dense layers from an ONNX file, unprobed.
[[nodiscard]] std::vector<ProbedLayer> load_layers(const std::string& model);
[[nodiscard]] std::vector<DenseWeights> weights_of(const std::vector<ProbedLayer>& layers);
/// The input of every layer, behind its glue.
[[nodiscard]] std::vector<Matrix<float>> layer_inputs(const std::vector<ProbedLayer>& layers, const Matrix<float>& x);
/// Every layer as a student does it who has learnt the answers, and what they cost.
struct Learnt {
  std::vector<DenseWeights> weights;
  double bits = 0;
};
[[nodiscard]] Learnt learnt(const std::vector<ProbedLayer>& layers, const std::vector<Answers>& answers);

void fashion_mlp(const Options& options, Table& table);
void wide_layer(const Options& options, Table& table);
void update(const Options& options, Table& table);

}  // namespace bits
