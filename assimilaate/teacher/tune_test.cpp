#include "assimilaate/teacher/tune.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "assimilaate/core/random.hpp"
#include "assimilaate/teacher/ceilings.hpp"
#include "assimilaate/teacher/probes.hpp"

namespace assimilaate {
namespace {

Matrix<float> normal(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  const Random random(seed, 0);
  Matrix<float> m(rows, cols);
  for (std::size_t i = 0; i < m.size(); ++i) m.values()[i] = static_cast<float>(random.normal(Purpose::Init, i));
  return m;
}

DenseWeights layer(std::size_t outputs, std::size_t inputs, std::uint64_t seed) {
  DenseWeights w{normal(outputs, inputs, seed), std::vector<float>(outputs)};
  for (float& v : w.weight.values()) v /= std::sqrt(static_cast<float>(inputs));
  for (std::size_t o = 0; o < outputs; ++o) w.bias[o] = 0.1F * static_cast<float>(o);
  return w;
}

const std::vector<std::function<float(float)>> relu{[](float x) { return std::max(x, 0.0F); }};

/// 16-32-5 with a nonlinearity, probed by a few directions only.
std::vector<ProbedLayer> chain(std::size_t probes, double fineness) {
  return {
      {.wanted = layer(32, 16, 1), .held = {}, .glue = {}, .probes = walsh_probes(16, probes, 1), .fineness = fineness},
      {.wanted = layer(5, 32, 2),
       .held = {},
       .glue = relu,
       .probes = walsh_probes(32, probes, 2),
       .fineness = fineness}};
}

std::vector<DenseWeights> learnt(const std::vector<ProbedLayer>& layers, const std::vector<Answers>& answers) {
  std::vector<DenseWeights> all;
  for (std::size_t l = 0; l < layers.size(); ++l)
    all.push_back(layers[l].probes.empty() ? (layers[l].held ? *layers[l].held : layers[l].wanted)
                                           : answers[l].learnt(layers[l].held));
  return all;
}

Matrix<float> wanted_scores(const std::vector<ProbedLayer>& layers, const Matrix<float>& inputs) {
  std::vector<DenseWeights> weights;
  for (const auto& l : layers) weights.push_back(l.wanted);
  return run_layers(layers, weights, inputs);
}

double agreement(const Matrix<float>& a, const Matrix<float>& b) { return accuracy(a, classes(b)); }

TEST(Tune, AllProbesAnsweredFinelyGiveTheTransformItself) {
  const auto layers = chain(16, 1e-3);
  const auto inputs = normal(400, 16, 3);
  auto only_first = layers;
  only_first[1].probes = {};
  const auto answers = tune_answers(only_first, inputs, wanted_scores(layers, inputs), {}, {.passes = 0});
  const DenseWeights got = answers[0].learnt();
  // 16 probes of 16 lines leave nothing out. A probe's answer is off by at most half a step, and each weight is a sum
  // of 16 answers over 16 probes' scales (about 1/4 each way: inputs of unit spread): 16 * (step / 2) * 1/4 at the very
  // most.
  for (std::size_t i = 0; i < got.weight.size(); ++i)
    EXPECT_NEAR(got.weight.values()[i], layers[0].wanted.weight.values()[i], 2.5 * answers[0].step);
  for (std::size_t o = 0; o < 32; ++o) EXPECT_NEAR(got.bias[o], layers[0].wanted.bias[o], answers[0].step);
  EXPECT_TRUE(answers[1].levels.empty());
}

TEST(Tune, TunedAnswersServeBetterThanFittedOnesAtFewerBits) {
  const auto layers = chain(10, 0.3);
  const auto inputs = normal(4000, 16, 3), fresh = normal(1000, 16, 4);
  const auto scores = wanted_scores(layers, inputs), fresh_scores = wanted_scores(layers, fresh);
  const auto fitted = tune_answers(layers, inputs, scores, {}, {.passes = 0});
  const auto tuned = tune_answers(layers, inputs, scores, {}, {.passes = 20, .pressure = 1e-4, .batch = 50});
  const double before = agreement(run_layers(layers, learnt(layers, fitted), fresh), fresh_scores);
  const double after = agreement(run_layers(layers, learnt(layers, tuned), fresh), fresh_scores);
  EXPECT_GT(after, before + 0.02)
      << before;  // both judge the same 1000; where they differ, about 100, chance strays by 10
  EXPECT_LT(tuned[0].bits() + tuned[1].bits(), fitted[0].bits() + fitted[1].bits());
}

TEST(Tune, WhatIsHeldIsAddedToAndAnUnneededUpdateCostsNothing) {
  auto layers = chain(10, 0.05);
  for (auto& l : layers) l.held = l.wanted;
  const auto inputs = normal(1000, 16, 3);
  const auto scores = wanted_scores(layers, inputs);
  const auto answers = tune_answers(layers, inputs, scores, {}, {.passes = 3});
  for (const auto& a : answers)
    for (const auto level : a.levels.values()) EXPECT_EQ(level, 0);
  EXPECT_EQ(run_layers(layers, learnt(layers, answers), inputs), scores);
}

TEST(Tune, AnUpdateMovesAHeldLayerToWhatIsWanted) {
  std::vector<ProbedLayer> layers{{.wanted = layer(5, 16, 1),
                                   .held = layer(5, 16, 9),
                                   .glue = {},
                                   .probes = walsh_probes(16, 16, 1),
                                   .fineness = 0.02}};
  const auto inputs = normal(2000, 16, 3);
  const auto scores = wanted_scores(layers, inputs);
  const auto answers = tune_answers(layers, inputs, scores, {},
                                    {.passes = 40, .pressure = 0, .temperature = 0, .rate = 0.3, .batch = 50});
  const auto got = run_layers(layers, learnt(layers, answers), inputs);
  double error = 0, power = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    error += std::pow(got.values()[i] - scores.values()[i], 2);
    power += std::pow(scores.values()[i], 2);
  }
  EXPECT_LT(error, 0.01 * power);
}

TEST(Tune, IsAFunctionOfItsSeed) {
  const auto layers = chain(6, 0.2);
  const auto inputs = normal(500, 16, 3);
  const auto scores = wanted_scores(layers, inputs);
  const auto levels = [&](std::uint64_t seed) {
    return tune_answers(layers, inputs, scores, {}, {.passes = 2, .batch = 50, .seed = seed})[0].levels;
  };
  EXPECT_EQ(levels(1), levels(1));
  EXPECT_NE(levels(1), levels(2));
}

TEST(Tune, RefusesWhatDoesNotFit) {
  const auto layers = chain(6, 0.2);
  const auto inputs = normal(50, 16, 3);
  const auto scores = wanted_scores(layers, inputs);
  EXPECT_THROW(static_cast<void>(tune_answers({}, inputs, scores)), Error);
  EXPECT_THROW(static_cast<void>(tune_answers(layers, normal(50, 15, 1), scores)), Error);
  EXPECT_THROW(static_cast<void>(tune_answers(layers, inputs, normal(50, 4, 1))), Error);
  auto wrong = layers;
  wrong[0].probes = walsh_probes(8, 3, 1);
  EXPECT_THROW(static_cast<void>(tune_answers(wrong, inputs, scores)), Error);
  wrong = layers;
  wrong[1].held = layer(4, 32, 1);
  EXPECT_THROW(static_cast<void>(tune_answers(wrong, inputs, scores)), Error);
}

}  // namespace
}  // namespace assimilaate
