#include "assimilaate/graph/graph.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <filesystem>

#include "assimilaate/core/file.hpp"
#include "assimilaate/graph/internal/test_model.hpp"

namespace assimilaate {
namespace {

using internal::TestModel;

Graph graph_of(const TestModel& model) { return Graph::from_bytes(model.bytes(), "model"); }

Matrix<float> run(const Graph& graph, const Matrix<float>& batch) {
  const std::string out = graph.network().output().name;
  return graph.run(batch, std::span(&out, 1)).at(out);
}

Matrix<float> naive(const DenseWeights& layer, const Matrix<float>& x) {
  Matrix<float> y(x.rows(), layer.weight.rows());
  for (std::size_t i = 0; i < y.rows(); ++i)
    for (std::size_t o = 0; o < y.cols(); ++o) {
      double sum = layer.bias[o];
      for (std::size_t c = 0; c < x.cols(); ++c) sum += double{layer.weight(o, c)} * double{x(i, c)};
      y(i, o) = static_cast<float>(sum);
    }
  return y;
}

void expect_near(const Matrix<float>& a, const Matrix<float>& b, float tolerance) {
  ASSERT_EQ(a.rows(), b.rows());
  ASSERT_EQ(a.cols(), b.cols());
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a.values()[i], b.values()[i], tolerance) << "number " << i;
}

Matrix<float> matrix(std::size_t rows, std::size_t cols, const std::vector<float>& values) {
  Matrix<float> m(rows, cols);
  std::ranges::copy(values, m.values().begin());
  return m;
}

TEST(Dense, AgreesWithATripleLoopForOddSizesAndManyBlocks) {
  for (const auto& [rows, inputs, outputs] : {std::array{1, 1, 1}, {3, 7, 5}, {257, 33, 9}, {700, 2, 65}, {0, 4, 3}}) {
    DenseWeights layer{internal::normal_matrix(outputs, inputs, 1), std::vector<float>(outputs, 0.5F)};
    const auto x = internal::normal_matrix(rows, inputs, 2);
    // Float sums of n products of standard normals: n roundings of 2^-24 of a partial sum below 8 sqrt(n).
    const float n = static_cast<float>(inputs);
    expect_near(dense(layer, x), naive(layer, x), n * 8 * std::sqrt(n) * 0x1p-24F + 1e-6F);
  }
}

TEST(Graph, RunsTheExampleModel) {
  const auto file = std::filesystem::path(ASSIMILAATE_SOURCE_DIR) / "models" / "fashion_mnist_mlp.onnx";
  const Graph graph = Graph::load(file);
  const auto transforms = graph.transforms();
  ASSERT_GE(transforms.size(), 2U);
  EXPECT_EQ(graph.network().input().width, 784U);
  EXPECT_EQ(transforms.front().inputs, 784U);
  EXPECT_EQ(transforms.back().outputs, 10U);
  Matrix<float> at(3, 784);
  for (std::size_t i = 0; i < at.size(); ++i) at.values()[i] = static_cast<float>(i % 97) / 97;
  const Matrix<float> batch = at;
  for (std::size_t t = 0; t < transforms.size(); ++t) {
    if (t > 0)
      for (const auto& function : graph.network().glue(transforms[t - 1].output, transforms[t].name))
        for (float& v : at.values()) v = function(v);
    at = naive(graph.weights(transforms[t].name), at);
  }
  expect_near(run(graph, batch), at, 1e-3F);
}

TEST(Graph, FoldsAMatMulAndTheAddBehindItIntoOneTransformWithABias) {
  for (const bool bias_first : {false, true}) {
    TestModel model;
    model.input("x", 2).output("y", 3).initializer("w", {2, 3}, {1, 2, 3, 4, 5, 6}).initializer("b", {3}, {10, 20, 30});
    model.node("MatMul", {"x", "w"}, {"h"}, "layer");
    model.node("Add", bias_first ? std::vector<std::string>{"b", "h"} : std::vector<std::string>{"h", "b"}, {"y"},
               "bias");
    const Graph graph = graph_of(model);
    ASSERT_EQ(graph.transforms().size(), 1U);
    EXPECT_EQ(graph.transforms()[0].name, "layer");
    EXPECT_EQ(graph.transforms()[0].output, "y");
    EXPECT_EQ(graph.network().nodes().size(), 1U);
    EXPECT_TRUE(graph.network().constants().empty());
    EXPECT_EQ(graph.weights("layer").bias, (std::vector<float>{10, 20, 30}));
    EXPECT_EQ(run(graph, matrix(1, 2, {1, 10})), matrix(1, 3, {51, 72, 93}));
  }
}

TEST(Graph, AddsABiasToTheOneThatIsThereAlready) {
  TestModel model;
  model.input("x", 1)
      .output("y", 2)
      .initializer("w", {1, 2}, {1, 2})
      .initializer("b", {2}, {10, 20})
      .initializer("c", {1}, {100});
  model.node("Gemm", {"x", "w", "b"}, {"h"}).node("Add", {"h", "c"}, {"i"}).node("Add", {"i", "b"}, {"y"});
  EXPECT_EQ(run(graph_of(model), matrix(1, 1, {1})), matrix(1, 2, {121, 142}));
}

TEST(Graph, KeepsTheAddOfATensorThatOthersUseToo) {
  TestModel model;
  model.input("x", 1).output("y", 2).initializer("w", {1, 2}, {1, 2}).initializer("b", {2}, {10, 20});
  model.node("MatMul", {"x", "w"}, {"h"}).node("Add", {"h", "b"}, {"s"}).node("Add", {"h", "s"}, {"y"});
  const Graph graph = graph_of(model);
  EXPECT_EQ(graph.network().nodes().size(), 3U);
  EXPECT_EQ(run(graph, matrix(1, 1, {3})), matrix(1, 2, {16, 32}));
}

TEST(Graph, TakesGemmWithTransBAlphaAndBeta) {
  TestModel model;
  model.input("x", 2).output("y", 3).initializer("w", {3, 2}, {1, 2, 3, 4, 5, 6}).initializer("b", {1, 3}, {1, 2, 3});
  model.node("Gemm", {"x", "w", "b"}, {"y"}, "layer",
             {internal::attribute("transB", 1), internal::attribute("alpha", 2.0F), internal::attribute("beta", 0.5F)});
  const Graph graph = graph_of(model);
  EXPECT_EQ(run(graph, matrix(1, 2, {1, 10})), matrix(1, 3, {42.5F, 87, 131.5F}));
  EXPECT_EQ(graph.weights("layer").weight.rows(), 3U);
  EXPECT_EQ(graph.weights("layer").weight.cols(), 2U);
}

TEST(Graph, GivesUnnamedNodesNames) {
  TestModel model;
  model.input("x", 1).output("y", 1).initializer("w", {1, 1}, {2}).initializer("v", {1, 1}, {3});
  model.node("MatMul", {"x", "w"}, {"h"}).node("Relu", {"h"}, {"r"}).node("MatMul", {"r", "v"}, {"y"});
  const Graph graph = graph_of(model);
  ASSERT_EQ(graph.transforms().size(), 2U);
  EXPECT_NE(graph.transforms()[0].name, graph.transforms()[1].name);
  for (const auto& node : graph.network().nodes()) EXPECT_FALSE(node.name.empty());
  EXPECT_EQ(run(graph, matrix(2, 1, {1, -1})), matrix(2, 1, {6, 0}));
}

TEST(Graph, ReadsHalfAndDoubleInitializers) {
  TestModel model;
  model.input("x", 2).output("y", 1);
  model.initializer(
      internal::tensor("w", {2, 1}, internal::element::f16, internal::raw_bytes<std::uint16_t>({0x3E00, 0xC000})));
  model.initializer(internal::tensor("b", {1}, internal::element::f64, internal::raw_bytes<double>({0.25})));
  model.node("Gemm", {"x", "w", "b"}, {"y"});
  EXPECT_EQ(run(graph_of(model), matrix(1, 2, {1, 1})), matrix(1, 1, {-0.25F}));
}

TEST(Graph, ReadsHalvesThatStandAsNumbers) {
  TestModel model;
  model.input("x", 2).output("y", 1).node("Gemm", {"x", "w"}, {"y"});
  model.initializer(internal::Wire()
                        .number(1, 2)
                        .number(1, 1)
                        .number(2, internal::element::f16)
                        .text(8, "w")
                        .number(5, 0x3E00)
                        .number(5, 0xC000));
  EXPECT_EQ(run(graph_of(model), matrix(1, 2, {1, 1})), matrix(1, 1, {-0.5F}));
}

TEST(Graph, TakesWeightsFromConstantsAndFromIdentitiesOfInitializers) {
  TestModel model;
  model.input("x", 2).output("y", 2).initializer("w", {2, 2}, {1, 0, 0, 9});
  const auto held =
      internal::Wire()
          .text(1, "value")
          .message(5, internal::tensor("", {2}, internal::element::f32, internal::raw_bytes<float>({10, 20})))
          .number(20, 4);
  model.node("Constant", {}, {"b"}, "k", {held})
      .node("Identity", {"w"}, {"shared"})
      .node("Gemm", {"x", "shared", "b"}, {"y"}, "layer");
  const Graph graph = graph_of(model);
  EXPECT_EQ(graph.network().nodes().size(), 1U);
  EXPECT_EQ(run(graph, matrix(1, 2, {1, 2})), matrix(1, 2, {11, 38}));
  EXPECT_NO_THROW((void)StrippedGraph::from_bytes(graph.strip().to_bytes()));
}

TEST(Graph, TakesGemmWhoseBiasIsNamedByNothing) {
  TestModel model;
  model.input("x", 1).output("y", 1).initializer("w", {1, 1}, {2}).node("Gemm", {"x", "w", ""}, {"y"});
  EXPECT_EQ(run(graph_of(model), matrix(1, 1, {3})), matrix(1, 1, {6}));
}

TEST(Graph, ClipsAndReshapesByConstantInputsAlsoAfterStripping) {
  TestModel model;
  model.input("x", 2)
      .output("y", 2)
      .initializer("w", {2, 2}, {1, 0, 0, 9})
      .initializer("low", {}, {0})
      .initializer("high", {}, {6});
  model.initializer(internal::tensor("shape", {2}, internal::element::i64, internal::raw_bytes<std::int64_t>({-1, 2})));
  model.node("Gemm", {"x", "w"}, {"h"}, "first")
      .node("Clip", {"h", "low", "high"}, {"c"})
      .node("Reshape", {"c", "shape"}, {"r"});
  model.node("Clip", {"r", "", "high"}, {"s"}).node("Gemm", {"s", "w"}, {"y"}, "second");
  const Graph graph = graph_of(model);
  EXPECT_EQ(run(graph, matrix(2, 2, {1, 2, -3, 0.5F})), matrix(2, 2, {1, 54, 0, 40.5F}));
  const auto glue = StrippedGraph::from_bytes(graph.strip().to_bytes()).glue("h", "second");
  ASSERT_EQ(glue.size(), 2U);
  EXPECT_EQ(glue[0](7), 6);
  EXPECT_EQ(glue[0](-7), 0);
  EXPECT_EQ(glue[1](-7), -7);
}

TEST(Graph, KeepsTheBiasApartWhereTheProductIsTheOutput) {
  TestModel model;
  model.input("x", 1).output("h", 2).initializer("w", {1, 2}, {1, 2}).initializer("b", {2}, {10, 20});
  model.node("MatMul", {"x", "w"}, {"h"}).node("Add", {"h", "b"}, {"y"});
  EXPECT_EQ(run(graph_of(model), matrix(1, 1, {3})), matrix(1, 2, {3, 6}));
}

TEST(Graph, FoldsABiasThatStandsBeforeItsProduct) {
  TestModel model;
  model.input("x", 1).output("y", 2).initializer("w", {1, 2}, {1, 2}).initializer("b", {2}, {10, 20});
  model.node("Add", {"h", "b"}, {"y"}).node("MatMul", {"x", "w"}, {"h"});
  EXPECT_EQ(graph_of(model).weights("MatMul_1").bias, (std::vector<float>{10, 20}));
}

TEST(Graph, OrdersNodesThatStandInAnyOrder) {
  TestModel model;
  model.input("x", 1).output("y", 1).initializer("w", {1, 1}, {2});
  model.node("Tanh", {"h"}, {"y"}).node("Gemm", {"x", "w"}, {"h"});
  EXPECT_FLOAT_EQ(run(graph_of(model), matrix(1, 1, {0.5F}))(0, 0), std::tanh(1.0F));
}

TEST(Graph, RunsAnEmptyBatchAndRefusesAnotherWidth) {
  const Graph graph = Graph::from_bytes(internal::random_mlp({4, 3, 2}, "Relu", 1), "mlp");
  EXPECT_EQ(run(graph, Matrix<float>(0, 4)).rows(), 0U);
  const auto said = internal::refusal([&] { (void)run(graph, Matrix<float>(1, 5)); }, Errc::Mismatch);
  EXPECT_NE(said.find("5 numbers"), std::string::npos) << said;
}

TEST(Graph, NamesTheTapsThereAreNot) {
  const Graph graph = Graph::from_bytes(internal::random_mlp({4, 3, 2}, "Relu", 1), "mlp");
  const std::string tap = "nowhere";
  const auto said = internal::refusal([&] { (void)graph.run(Matrix<float>(1, 4), std::span(&tap, 1)); }, Errc::Usage);
  EXPECT_NE(said.find("nowhere"), std::string::npos) << said;
  EXPECT_NE(internal::refusal([&] { (void)graph.weights("nobody"); }, Errc::Usage).find("nobody"), std::string::npos);
}

}  // namespace
}  // namespace assimilaate
