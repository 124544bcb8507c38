#include "assimilaate/graph/operator.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "assimilaate/graph/internal/test_model.hpp"
#include "assimilaate/graph/network.hpp"

namespace assimilaate {
namespace {

Matrix<float> matrix(std::size_t rows, std::size_t cols, const std::vector<float>& values) {
  Matrix<float> m(rows, cols);
  std::ranges::copy(values, m.values().begin());
  return m;
}

Matrix<float> apply(const std::string& op, const Matrix<float>& x,
                    std::map<std::string, std::vector<double>> attributes = {}) {
  const Network network({"x", x.cols()}, {"y", 0}, {{"n", op, {"x"}, {"y"}, std::move(attributes), nullptr}}, {});
  const std::string tap = "y";
  return network.run(x, std::span(&tap, 1), {}).at(tap);
}

const OperatorKind& kind(std::string_view name) {
  for (const OperatorKind* entry : operator_catalogue())
    if (entry->name == name) return *entry;
  fail(Errc::Usage, "no operator {}", name);
}

class EveryOperator : public testing::TestWithParam<const OperatorKind*> {};

TEST_P(EveryOperator, IsDescribedAndIsEitherAFunctionOfNumbersOrOfMatrices) {
  const OperatorKind& op = *GetParam();
  EXPECT_FALSE(op.name.empty());
  EXPECT_FALSE(op.about.empty());
  EXPECT_NE(op.apply == nullptr, op.run == nullptr);
  EXPECT_GE(op.least_inputs, 1U);
  EXPECT_LE(op.least_inputs, op.most_inputs);
  EXPECT_TRUE(op.apply == nullptr || op.most_inputs == 1);
}

TEST_P(EveryOperator, KeepsTheBatchIsFiniteAndIsAFunctionOfEachExampleAlone) {
  const OperatorKind& op = *GetParam();
  const auto x = internal::normal_matrix(5, 7, 3);
  const Node node{"n", std::string(op.name), std::vector<std::string>(op.least_inputs, "x"), {"y"}, {}, nullptr};
  const Network network({"x", 7}, {"y", 0}, {node}, {});
  const std::string tap = "y";
  const auto all = network.run(x, std::span(&tap, 1), {}).at(tap);
  ASSERT_EQ(all.rows(), 5U);
  for (const float v : all.values()) EXPECT_TRUE(std::isfinite(v));
  for (std::size_t i = 0; i < x.rows(); ++i) {
    Matrix<float> one(1, x.cols());
    std::ranges::copy(x.row(i), one.row(0).begin());
    const auto alone = network.run(one, std::span(&tap, 1), {}).at(tap);
    EXPECT_TRUE(std::ranges::equal(alone.row(0), all.row(i)));
  }
  EXPECT_EQ(network.run(Matrix<float>(0, 7), std::span(&tap, 1), {}).at(tap).rows(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, EveryOperator,
                         testing::ValuesIn(operator_catalogue().begin(), operator_catalogue().end()),
                         [](const auto& entry) { return std::string(entry.param->name); });

TEST(Operators, GiveKnownAnswers) {
  const auto x = matrix(1, 5, {-2, -0.5F, 0, 0.5F, 3});
  EXPECT_EQ(apply("Relu", x), matrix(1, 5, {0, 0, 0, 0.5F, 3}));
  EXPECT_EQ(apply("Identity", x), x);
  EXPECT_EQ(apply("Flatten", x), x);
  EXPECT_EQ(apply("LeakyRelu", x, {{"alpha", {0.5}}}), matrix(1, 5, {-1, -0.25F, 0, 0.5F, 3}));
  EXPECT_FLOAT_EQ(apply("LeakyRelu", x)(0, 0), -0.02F);
  EXPECT_FLOAT_EQ(apply("Tanh", x)(0, 4), 0.99505475F);
  EXPECT_FLOAT_EQ(apply("Sigmoid", x)(0, 4), 0.95257413F);
  EXPECT_FLOAT_EQ(apply("Sigmoid", x)(0, 2), 0.5F);
}

TEST(Operators, SaturateWithoutBecomingNaN) {
  const auto x = matrix(1, 2, {-1e30F, 1e30F});
  EXPECT_EQ(apply("Sigmoid", x), matrix(1, 2, {0, 1}));
  EXPECT_EQ(apply("Tanh", x), matrix(1, 2, {-1, 1}));
  EXPECT_EQ(apply("Softmax", x), matrix(1, 2, {0, 1}));
}

TEST(Softmax, SumsToOneAndDoesNotMoveWithAnOffset) {
  const auto x = internal::normal_matrix(4, 9, 5);
  auto shifted = x;
  for (float& v : shifted.values()) v += 64;
  const auto p = apply("Softmax", x), q = apply("Softmax", shifted, {{"axis", {1}}});
  for (std::size_t i = 0; i < p.rows(); ++i) {
    double sum = 0;
    for (std::size_t c = 0; c < p.cols(); ++c) {
      sum += p(i, c);
      EXPECT_NEAR(p(i, c), q(i, c), 1e-5);  // 64 + x keeps x to 2^-18
      EXPECT_NEAR(p(i, c) / p(i, 0), std::exp(x(i, c) - x(i, 0)), 1e-4);
    }
    EXPECT_NEAR(sum, 1, 1e-6);
  }
}

TEST(Softmax, RefusesAnotherAxisAndVectorsOfNothing) {
  const auto said = internal::refusal(
      [] {
        (void)apply("Softmax", Matrix<float>(1, 2), {{"axis", {0}}});
      },
      Errc::Unsupported);
  EXPECT_NE(said.find("axis 0"), std::string::npos) << said;
  EXPECT_EQ(apply("Softmax", Matrix<float>(3, 0)).size(), 0U);
}

TEST(Flatten, RefusesAnAxisThatMixesExamples) {
  EXPECT_NE(internal::refusal(
                [] {
                  (void)apply("Flatten", Matrix<float>(1, 2), {{"axis", {0}}});
                },
                Errc::Unsupported),
            "");
}

TEST(Reshape, KeepsTheBatchOrRefuses) {
  const Matrix<float> x(2, 6);
  for (const std::vector<double>& shape : {std::vector<double>{-1, 6}, {0, -1}, {0, 0}, {-1, 2, 3}, {0, 2, -1}})
    EXPECT_EQ(apply("Reshape", x, {{"shape", shape}}), x);
  for (const std::vector<double>& shape : {std::vector<double>{-1, 5}, {0, 4, -1}})
    EXPECT_NE(internal::refusal([&] { (void)apply("Reshape", x, {{"shape", shape}}); }, Errc::Format), "");
  for (const std::vector<double>& shape : {std::vector<double>{2, 6}, {6}, {-1, -1}, {0, -2}, {0, -1, -1}})
    EXPECT_NE(internal::refusal([&] { (void)apply("Reshape", x, {{"shape", shape}}); }, Errc::Unsupported), "");
}

TEST(Clip, HasTwoOptionalBounds) {
  const auto x = matrix(1, 3, {-2, 0.5F, 3});
  EXPECT_EQ(apply("Clip", x), x);
  EXPECT_EQ(apply("Clip", x, {{"min", {0}}}), matrix(1, 3, {0, 0.5F, 3}));
  EXPECT_EQ(apply("Clip", x, {{"min", {0}}, {"max", {1}}}), matrix(1, 3, {0, 0.5F, 1}));
}

TEST(Add, AddsEqualShapesOrOneRowToAll) {
  const auto a = matrix(2, 2, {1, 2, 3, 4}), row = matrix(1, 2, {10, 20}), column = matrix(2, 1, {1, 2});
  const auto sum = [](const Matrix<float>& left, const Matrix<float>& right) {
    const std::array inputs{&left, &right};
    return kind("Add").run(Node{"n", "Add", {"a", "b"}, {"y"}, {}, nullptr}, inputs);
  };
  EXPECT_EQ(sum(a, a), matrix(2, 2, {2, 4, 6, 8}));
  EXPECT_EQ(sum(a, row), matrix(2, 2, {11, 22, 13, 24}));
  EXPECT_EQ(sum(row, a), matrix(2, 2, {11, 22, 13, 24}));
  EXPECT_EQ(sum(a, matrix(1, 1, {5})), matrix(2, 2, {6, 7, 8, 9}));
  EXPECT_EQ(sum(Matrix<float>(0, 2), matrix(1, 1, {5})).rows(), 0U);
  EXPECT_EQ(sum(Matrix<float>(0, 2), row).rows(), 0U);
  EXPECT_NE(internal::refusal([&] { (void)sum(a, column); }, Errc::Format), "");
  EXPECT_NE(internal::refusal([&] { (void)sum(a, matrix(3, 2, std::vector<float>(6))); }, Errc::Format), "");
}

}  // namespace
}  // namespace assimilaate
