#include "assimilaate/teacher/tune.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "assimilaate/core/half.hpp"
#include "assimilaate/core/random.hpp"
#include "assimilaate/teacher/internal/rows.hpp"
#include "assimilaate/teacher/level_coder.hpp"
#include "assimilaate/teacher/probes.hpp"

namespace assimilaate {
namespace {

using Eigen::Index;
using internal::Rows;
using internal::rows_of;

double scale_of(std::uint8_t code) { return std::exp2(code / 8.0 - 16); }

void run_glue(const std::vector<std::function<float(float)>>& glue, std::span<float> values) {
  for (const auto& function : glue)
    for (float& v : values) v = function(v);
}

/// A layer while it is being tuned.
struct Student {
  explicit Student(const ProbedLayer& l) : layer(l) {}
  const ProbedLayer& layer;
  Answers answers;
  Rows coordinates;          // [inputs x probes]
  Rows levels, rounded;      // [1 + probes x outputs]
  Rows momentum, energy;     // of Adam
  Rows held;                 // [outputs x inputs]; empty when nothing is
  Eigen::RowVectorXf bias;   // of what is held
  Rows input, seen, output;  // of the last batch: [batch x inputs | probes | outputs]

  [[nodiscard]] bool probed() const { return coordinates.cols() > 0; }

  void forward() {
    if (probed()) {
      const Index probes = coordinates.cols();
      seen.noalias() = input * coordinates;
      rounded = levels.array().round().matrix() * answers.step;
      output.noalias() = seen * rounded.bottomRows(probes);
      output.rowwise() += rounded.row(0);
    }
    if (held.size() == 0) return;
    probed() ? output.noalias() += input * held.transpose() : output.noalias() = input * held.transpose();
    output.rowwise() += bias;
  }
  /// @param delta  gradient of the loss by the output [batch x outputs]
  [[nodiscard]] Rows gradient(const Rows& delta) const {
    Rows g(levels.rows(), levels.cols());
    g.row(0) = delta.colwise().sum();
    g.bottomRows(seen.cols()).noalias() = seen.transpose() * delta;
    return g * answers.step;
  }
  [[nodiscard]] Rows back(const Rows& delta) const {
    Rows by_input = Rows::Zero(input.rows(), input.cols());
    if (probed())
      by_input.noalias() += (delta * rounded.bottomRows(coordinates.cols()).transpose()) * coordinates.transpose();
    if (held.size() > 0) by_input.noalias() += delta * held;
    return by_input;
  }
};

/// Spread of each column [cols].
Eigen::VectorXd spreads(const Rows& values) {
  const Eigen::RowVectorXf mean = values.colwise().mean();
  return ((values.rowwise() - mean).colwise().squaredNorm().cast<double>() / static_cast<double>(values.rows()))
      .cwiseSqrt()
      .transpose();
}

/// Scale the probes, choose the step, and begin with the answers that fit the outputs best.
void prepare(Student& s, const Matrix<float>& inputs, bool from_silence) {
  const ProbedLayer& layer = s.layer;
  const DenseWeights& kept = layer.held ? *layer.held : layer.wanted;
  if (layer.held || layer.probes.empty()) {
    s.held = rows_of(kept.weight.view());
    s.bias = Eigen::Map<const Eigen::RowVectorXf>(kept.bias.data(), static_cast<Index>(kept.bias.size()));
  }
  if (layer.probes.empty()) return;
  if (layer.probes.cols() != layer.wanted.weight.cols())
    fail(Errc::Mismatch, "probes of {} lines for a layer of {} inputs", layer.probes.cols(),
         layer.wanted.weight.cols());
  const auto x = rows_of(inputs.view());
  const Matrix<float> plain = probe_coordinates(layer.probes.view());
  s.coordinates = rows_of(plain.view());
  const Eigen::VectorXd along = spreads(x * s.coordinates);
  s.answers.probes = layer.probes;
  for (std::size_t k = 0; k < layer.probes.rows(); ++k) {
    // Lines that never stir stay within what `probe_coordinates` can tell apart.
    const double spread = std::max({along[static_cast<Index>(k)], 1e-3 * along.maxCoeff(), 1e-6});
    s.answers.scales.push_back(
        static_cast<std::uint8_t>(std::clamp(std::lround(8 * (std::log2(spread) + 16)), 0L, 255L)));
    const auto scale = static_cast<float>(scale_of(s.answers.scales.back()));
    for (float& v : s.answers.probes.row(k)) v *= scale;
    s.coordinates.col(static_cast<Index>(k)) /= scale;
  }
  const Matrix<float> wanted = dense(layer.wanted, inputs);
  const Eigen::VectorXd spread = spreads(rows_of(wanted.view()));
  s.answers.step = round_to_half(static_cast<float>(
      layer.fineness * std::sqrt(spread.squaredNorm() / static_cast<double>(std::max<Index>(spread.size(), 1)))));
  if (!(s.answers.step > 0)) s.answers.step = 0x1p-14F;

  const auto probes = static_cast<Index>(layer.probes.rows()), outputs = static_cast<Index>(layer.wanted.bias.size());
  s.levels = Rows::Zero(1 + probes, outputs);
  if (!from_silence) {
    // Least squares over the inputs; silence answers what the probes leave at the mean.
    Rows missing = rows_of(wanted.view());
    if (layer.held) missing -= rows_of(dense(*layer.held, inputs).view());
    const Rows along_probes = x * s.coordinates;
    const Eigen::RowVectorXf middle = along_probes.colwise().mean(), answer = missing.colwise().mean();
    const Rows centred = along_probes.rowwise() - middle;
    Eigen::MatrixXd gram = (centred.transpose() * centred).cast<double>();
    gram.diagonal().array() += std::max(1e-6 * gram.trace() / static_cast<double>(probes), 1e-9);
    const Eigen::MatrixXd moments = (centred.transpose() * (missing.rowwise() - answer)).cast<double>();
    s.levels.bottomRows(probes) = gram.ldlt().solve(moments).cast<float>() / s.answers.step;
    s.levels.row(0) = answer / s.answers.step - middle * s.levels.bottomRows(probes).array().round().matrix();
  }
  s.momentum = s.energy = Rows::Zero(s.levels.rows(), s.levels.cols());
}

/// Gradient of the loss by the scores; rows of `softmax(z / T) - softmax(t / T)`, or of z - t.
Rows loss_gradient(const Rows& z, const Rows& t, double temperature) {
  if (temperature <= 0) return z - t;
  const auto softmax = [&](const Rows& from) -> Rows {
    Rows p = from / static_cast<float>(temperature);
    const Eigen::VectorXf top = p.rowwise().maxCoeff();
    p = (p.colwise() - top).array().exp();
    return p.array().colwise() / p.rowwise().sum().eval().array();
  };
  return (softmax(z) - softmax(t)) * static_cast<float>(temperature);
}

/// Derivative of the glue at each value, by a central difference.
void through_glue(const std::vector<std::function<float(float)>>& glue, const Rows& before, Rows& delta) {
  if (glue.empty()) return;
  for (Index i = 0; i < before.size(); ++i) {
    const float at = before.data()[i], step = 1e-3F * (1 + std::abs(at));
    std::array<float, 2> around{at + step, at - step};
    run_glue(glue, around);
    delta.data()[i] *= (around[0] - around[1]) / (2 * step);
  }
}

class Tuner {
 public:
  Tuner(std::vector<Student>& students, const TuneOptions& options) : students_(students), options_(options) {}

  /// One step of Adam on one batch. @param progress  in [0, 1)
  void step(const Rows& inputs, const Rows& scores, const Eigen::VectorXf& weight, double progress) {
    for (std::size_t l = 0; l < students_.size(); ++l) {
      Student& s = students_[l];
      s.input = l == 0 ? inputs : students_[l - 1].output;
      run_glue(s.layer.glue, {s.input.data(), static_cast<std::size_t>(s.input.size())});
      s.forward();
    }
    Rows delta = loss_gradient(students_.back().output, scores, options_.temperature);
    delta.array().colwise() *= weight.array() / static_cast<float>(delta.rows());
    ++steps_;
    const double rate = options_.rate * 0.5 * (1 + std::cos(std::numbers::pi * progress));
    for (std::size_t l = students_.size(); l-- > 0;) {
      Student& s = students_[l];
      Rows below;
      if (l > 0) {
        below = s.back(delta);
        through_glue(s.layer.glue, students_[l - 1].output, below);
      }
      if (s.probed()) adam(s, s.gradient(delta), rate);
      delta = std::move(below);
    }
  }

 private:
  void adam(Student& s, Rows g, double rate) const {
    auto answers = g.bottomRows(g.rows() - 1);
    const auto levels = s.levels.bottomRows(g.rows() - 1).array();
    answers.array() += static_cast<float>(options_.pressure) * levels.sign() / (levels.abs() + 1);
    constexpr double keep = 0.9, keep_energy = 0.99;
    s.momentum += static_cast<float>(1 - keep) * (g - s.momentum);
    s.energy += static_cast<float>(1 - keep_energy) * (g.cwiseAbs2() - s.energy);
    const double n = static_cast<double>(steps_);
    const auto size = static_cast<float>(rate / (1 - std::pow(keep, n)));
    const auto grow = static_cast<float>(1 / std::sqrt(1 - std::pow(keep_energy, n)));
    s.levels.array() -= size * s.momentum.array() / (s.energy.array().sqrt() * grow + 1e-12F);
  }

  std::vector<Student>& students_;
  const TuneOptions& options_;
  std::size_t steps_ = 0;
};

void check(const std::vector<ProbedLayer>& layers, const Matrix<float>& inputs, const Matrix<float>& scores,
           std::span<const float> weight, const TuneOptions& options) {
  if (layers.empty()) fail(Errc::Usage, "a chain of no layers has nothing to tune");
  std::size_t width = inputs.cols();
  for (const ProbedLayer& layer : layers) {
    if (layer.wanted.weight.cols() != width)
      fail(Errc::Mismatch, "a layer of {} inputs behind one of {} outputs", layer.wanted.weight.cols(), width);
    if (layer.held && (layer.held->weight.cols() != width || layer.held->bias.size() != layer.wanted.bias.size()))
      fail(Errc::Mismatch, "what is held of a layer has another shape than what is wanted");
    width = layer.wanted.bias.size();
  }
  if (inputs.rows() == 0 || scores.rows() != inputs.rows() || scores.cols() != width)
    fail(Errc::Mismatch, "{} inputs with {} x {} scores; {} columns are needed, a row each", inputs.rows(),
         scores.rows(), scores.cols(), width);
  if (!weight.empty() && weight.size() != inputs.rows())
    fail(Errc::Mismatch, "{} weights for {} inputs", weight.size(), inputs.rows());
  if (options.batch == 0) fail(Errc::Usage, "a batch of 0 inputs; take at least 1");
}

}  // namespace

double Answers::bits() const { return level_bits(levels.view()) + 8.0 * static_cast<double>(scales.size()) + 16; }

DenseWeights Answers::learnt(const std::optional<DenseWeights>& held) const {
  const Matrix<float> coordinates = probe_coordinates(probes.view());
  const std::size_t outputs = levels.cols();
  Rows says(static_cast<Index>(levels.rows()), static_cast<Index>(outputs));
  for (std::size_t i = 0; i < levels.size(); ++i) says.data()[i] = static_cast<float>(levels.values()[i]) * step;
  Rows weight = (rows_of(coordinates.view()) * says.bottomRows(says.rows() - 1)).transpose();
  Eigen::RowVectorXf bias = says.row(0);
  if (held) {
    weight += rows_of(held->weight.view());
    bias += Eigen::Map<const Eigen::RowVectorXf>(held->bias.data(), bias.size());
  }
  return {internal::to_matrix(weight), std::vector<float>(bias.data(), bias.data() + bias.size())};
}

std::vector<Answers> tune_answers(const std::vector<ProbedLayer>& layers, const Matrix<float>& inputs,
                                  const Matrix<float>& scores, std::span<const float> weight,
                                  const TuneOptions& options) {
  check(layers, inputs, scores, weight, options);
  constexpr std::size_t looked_at = 10'000;  // inputs that scales and steps are taken from
  const std::size_t n = inputs.rows(), looked = std::min(n, looked_at);
  Matrix<float> h(looked, inputs.cols());
  for (std::size_t i = 0; i < looked; ++i) std::ranges::copy(inputs.row(i * n / looked), h.row(i).begin());
  std::vector<Student> students;
  for (const ProbedLayer& layer : layers) {
    run_glue(layer.glue, h.values());
    students.emplace_back(layer);
    prepare(students.back(), h, layer.held && options.passes > 0);
    h = dense(layer.wanted, h);
  }

  const auto x = rows_of(inputs.view()), t = rows_of(scores.view());
  const std::size_t batch = std::min(options.batch, n), steps = options.passes * (n / batch);
  const Random random(options.seed, 0);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Tuner tuner(students, options);
  for (std::size_t step = 0; step < steps; ++step) {
    const std::size_t within = step % (n / batch), pass = step / (n / batch);
    if (within == 0)
      for (std::size_t i = n; i > 1; --i)
        std::swap(order[i - 1],
                  order[static_cast<std::size_t>(random.uniform(Purpose::Shuffle, i, pass) * static_cast<double>(i))]);
    Rows some(static_cast<Index>(batch), x.cols()), wanted(static_cast<Index>(batch), t.cols());
    Eigen::VectorXf counts = Eigen::VectorXf::Ones(static_cast<Index>(batch));
    for (std::size_t b = 0; b < batch; ++b) {
      const std::size_t from = order[within * batch + b];
      some.row(static_cast<Index>(b)) = x.row(static_cast<Index>(from));
      wanted.row(static_cast<Index>(b)) = t.row(static_cast<Index>(from));
      if (!weight.empty()) counts[static_cast<Index>(b)] = weight[from];
    }
    tuner.step(some, wanted, counts, static_cast<double>(step) / static_cast<double>(steps));
  }

  std::vector<Answers> all;
  for (Student& s : students) {
    s.answers.levels =
        Matrix<std::int32_t>(static_cast<std::size_t>(s.levels.rows()), static_cast<std::size_t>(s.levels.cols()));
    for (std::size_t i = 0; i < s.answers.levels.size(); ++i)
      s.answers.levels.values()[i] = static_cast<std::int32_t>(std::lround(s.levels.data()[i]));
    all.push_back(std::move(s.answers));
  }
  return all;
}

Matrix<float> run_layers(const std::vector<ProbedLayer>& layers, std::span<const DenseWeights> weights,
                         const Matrix<float>& inputs) {
  if (weights.size() != layers.size())
    fail(Errc::Mismatch, "{} layers with weights for {}", layers.size(), weights.size());
  Matrix<float> h = inputs;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    run_glue(layers[l].glue, h.values());
    h = dense(weights[l], h);
  }
  return h;
}

}  // namespace assimilaate
