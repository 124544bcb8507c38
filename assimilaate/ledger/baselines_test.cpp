#include "assimilaate/ledger/baselines.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

Matrix<float> normal_weights(std::size_t outputs, std::size_t inputs) {
  const Random random(7, 0);
  Matrix<float> weights(outputs, inputs);
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights.values()[i] = static_cast<float>(0.05 * random.normal(Purpose::Init, i));
  return weights;
}

double squared_error(const Matrix<float>& a, const Matrix<float>& b) {
  double error = 0;
  for (std::size_t i = 0; i < a.size(); ++i) error += std::pow(a.values()[i] - b.values()[i], 2);
  return error;
}

TEST(Baselines, AWideLayerAtSixteenBitsIs268Megabits) {
  const LayerShape layer{4096, 4096};
  EXPECT_EQ(weight_bits({&layer, 1}, 16), 268'435'456.0 + 4096 * 16);  // 268.4 Mbit and the biases
}

TEST(Baselines, TheFashionMnistModelByHand) {
  const std::vector<LayerShape> layers{{784, 512}, {512, 512}, {512, 10}};
  const double weights = 784 * 512 + 512 * 512 + 512 * 10, channels = 512 + 512 + 10;
  EXPECT_EQ(weight_bits(layers, 16), weights * 16 + channels * 16);
  EXPECT_EQ(weight_bits(layers, 8), weights * 8 + channels * 32);
  EXPECT_EQ(weight_bits(layers, 4), weights * 4 + channels * 32);
  EXPECT_EQ(weight_bits(layers, 2), weights * 2 + channels * 32);
}

TEST(Baselines, RefusesOddWidthsAndSurvivesAbsurdLayers) {
  const LayerShape layer{std::numeric_limits<std::size_t>::max(), 2};
  EXPECT_GT(weight_bits({&layer, 1}, 8), 1e20);
  EXPECT_THROW(static_cast<void>(weight_bits({}, 1)), Error);
  EXPECT_THROW(static_cast<void>(weight_bits({}, 12)), Error);
  EXPECT_EQ(weight_bits({}, 8), 0);
}

TEST(Baselines, BreakEvenOfTheWideLayer) {
  EXPECT_EQ(break_even_examples(4096.0 * 4096 * 16, 0, 24'576).examples, 10'922);  // 2048 x 6 bit both ways
  EXPECT_EQ(break_even_examples(4096.0 * 4096 * 16, 0, 1'024).examples, 262'144);
}

TEST(Baselines, ThereIsNoBreakEvenWhenTheCodebooksAloneOutweighTheWeights) {
  EXPECT_TRUE(break_even_examples(1'000, 1'001, 10).never);
  EXPECT_EQ(break_even_examples(1'000, 1'001, 10).examples, 0);
  EXPECT_FALSE(break_even_examples(1'000, 995, 10).never);
  EXPECT_EQ(break_even_examples(1'000, 995, 10).examples, 0);
  EXPECT_EQ(break_even_examples(1'000, 900, 10).examples, 10);
  EXPECT_THROW(static_cast<void>(break_even_examples(1'000, 0, 0)), Error);
  EXPECT_THROW(static_cast<void>(break_even_examples(1'000, 0, std::nan(""))), Error);
}

TEST(Quantise, EveryChannelUsesNoMoreLevelsThanItsBitsAllow) {
  const Matrix<float> weights = normal_weights(8, 400);
  for (const int bits : {2, 3, 4, 8}) {
    const QuantisedWeights quantised = quantise_weights(weights.view(), bits);
    for (std::size_t row = 0; row < 8; ++row) {
      const auto values = quantised.weights.row(row);
      EXPECT_LE(std::set<float>(values.begin(), values.end()).size(), std::size_t{1} << bits) << bits;
    }
    EXPECT_GT(quantised.entropy_bits, 8 * 32);
    EXPECT_LE(quantised.entropy_bits, 3200 * bits + 8 * 32);
  }
}

TEST(Quantise, NormalWeightsLoseWhatTheUniformQuantiserOfTheBooksLoses) {
  const Matrix<float> weights = normal_weights(4, 20'000);
  double power = 0;
  for (const float weight : weights.values()) power += double{weight} * weight;
  // Optimal uniform quantisers of a normal source (Max 1960, table II): 4 levels .1188, 16 levels .01154 of the
  // variance.
  EXPECT_NEAR(squared_error(weights, quantise_weights(weights.view(), 2).weights) / power, 0.1188, 0.003);
  EXPECT_NEAR(squared_error(weights, quantise_weights(weights.view(), 4).weights) / power, 0.01154, 0.0006);
}

TEST(Quantise, ThreeLevelsFitThreeValuedWeightsExactly) {
  Matrix<float> weights(1, 8);
  for (std::size_t i = 0; i < 8; ++i) weights(0, i) = i < 4 ? 0.0F : (i < 6 ? 0.25F : -0.25F);
  const QuantisedWeights quantised = quantise_weights(weights.view(), 2);
  EXPECT_EQ(quantised.weights, weights);
  EXPECT_NEAR(quantised.entropy_bits, 8 * 1.5 + 16 + 16, 1e-9);  // codes with shares 1/2, 1/4, 1/4; scale; bias
}

TEST(Quantise, SixteenBitsAreHalves) {
  Matrix<float> weights(1, 2);
  weights(0, 0) = 0.1F;
  weights(0, 1) = 1e6F;
  const QuantisedWeights quantised = quantise_weights(weights.view(), 16);
  EXPECT_FLOAT_EQ(quantised.weights(0, 0), 0.0999755859375F);
  EXPECT_EQ(quantised.weights(0, 1), 65504.0F);
}

TEST(Quantise, ZerosStayZerosAndNothingStaysNothing) {
  const Matrix<float> zeros(3, 5);
  EXPECT_EQ(quantise_weights(zeros.view(), 4).weights, zeros);
  EXPECT_EQ(quantise_weights(Matrix<float>().view(), 4).weights.size(), 0U);
  EXPECT_EQ(quantise_weights(Matrix<float>(2, 0).view(), 4).entropy_bits, 2 * 32);
}

TEST(Quantise, RefusesWeightsThatAreNoNumbers) {
  Matrix<float> weights(2, 2);
  weights(1, 0) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(static_cast<void>(quantise_weights(weights.view(), 4)), Error);
  weights(1, 0) = std::numeric_limits<float>::infinity();
  EXPECT_THROW(static_cast<void>(quantise_weights(weights.view(), 16)), Error);
  EXPECT_THROW(static_cast<void>(quantise_weights(Matrix<float>(1, 1).view(), 1)), Error);
}

RC_GTEST_PROP(Quantise, MoreBitsNeverErrMore, ()) {
  const auto seed = *rc::gen::inRange(0, 1000);
  const Random random(static_cast<std::uint64_t>(seed), 0);
  Matrix<float> weights(2, 40);
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights.values()[i] = static_cast<float>(std::pow(random.normal(Purpose::Init, i), 3));
  double before = std::numeric_limits<double>::infinity();
  for (const int bits : {2, 4, 8}) {
    const double error = squared_error(weights, quantise_weights(weights.view(), bits).weights);
    RC_ASSERT(error <= before);
    before = error;
  }
}

}  // namespace
}  // namespace assimilaate
