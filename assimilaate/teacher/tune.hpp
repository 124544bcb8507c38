#pragma once
/// Answers to probes, chosen so that a student who learns them does what the teacher does.
///
/// The teacher's own answers y_k = W x_k are the plain choice, and a poor one: a student who learns few of them knows
/// nothing of the other directions. Fitted answers make up for that by least squares over the teacher's inputs. Tuned
/// answers go on from there: a reference student is carried through these inputs, and the answers, rounded as they will
/// travel, are moved until its scores are the teacher's (distillation: Hinton et al. 2015; gradients straight through
/// the rounding: Bengio et al. 2013), while every answer that is not needed is drawn to 0, where it costs next to
/// nothing. What travels is still examples, and any target learns them like any others.

#include <optional>

#include "assimilaate/graph/graph.hpp"

namespace assimilaate {

/// One layer of a chain and how a stream teaches it.
struct ProbedLayer {
  DenseWeights wanted;                            ///< what the teacher does
  std::optional<DenseWeights> held;               ///< what targets do already; the answers then say what is to be added
  std::vector<std::function<float(float)>> glue;  ///< functions that lie before the layer
  Matrix<float> probes;   ///< [probes x inputs]; none: the layer stays as held, or, when nothing is held, as wanted
  double fineness = 0.1;  ///< step of the answers, as part of the layer's mean output spread over the inputs
};

/// What travels of a layer.
struct Answers {
  Matrix<float> probes;         ///< [probes x inputs] as driven: each brought to the spread that inputs have along it
  float step = 1;               ///< output units per level
  Matrix<std::int32_t> levels;  ///< [1 + probes x outputs]: what silence gives (the bias), then each probe beyond that
  std::vector<std::uint8_t> scales;  ///< [probes] log2 of each probe's scale in eighths, from 2^-16: a byte each
  /// Levels, as `code_levels` carries them, a byte per scale, and the step at 16 bits.
  [[nodiscard]] double bits() const;
  /// What a least-norm student does who has learnt them, on top of what it held.
  [[nodiscard]] DenseWeights learnt(const std::optional<DenseWeights>& held = {}) const;
};

struct TuneOptions {
  std::size_t passes = 4;  ///< over the inputs; 0: fitted answers, rounded
  double pressure = 1e-5;  ///< weight of a level's size in the loss; more of it, fewer bits
  double temperature = 2;  ///< of the softmax that compares scores; 0: mean squared difference of the scores instead
  double rate = 0.03;      ///< of Adam, in levels
  std::size_t batch = 256;
  std::uint64_t seed = 1;
};

/// Choose the answers to the probes of every probed layer of a chain.
/// @param inputs  [n x inputs of the first layer], the teacher's own data
/// @param scores  [n x outputs of the last layer] what the teacher says of them
/// @param weight  [n] how much an input counts; empty: all alike
/// @return one per layer, empty where there are no probes. A function of the options' seed alone.
/// @throws Error{Mismatch} for widths that do not fit each other.
[[nodiscard]] std::vector<Answers> tune_answers(const std::vector<ProbedLayer>& layers, const Matrix<float>& inputs,
                                                const Matrix<float>& scores, std::span<const float> weight = {},
                                                const TuneOptions& options = {});

/// What a chain says: `weights` of each layer behind its glue. [n x outputs of the last]
[[nodiscard]] Matrix<float> run_layers(const std::vector<ProbedLayer>& layers, std::span<const DenseWeights> weights,
                                       const Matrix<float>& inputs);

}  // namespace assimilaate
