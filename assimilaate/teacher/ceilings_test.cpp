#include "assimilaate/teacher/ceilings.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/graph/internal/test_model.hpp"
#include "assimilaate/stream/internal/memory_carrier.hpp"

namespace assimilaate {
namespace {

using internal::MemoryCarrier;
using internal::TestModel;

Chain chain_of(const Graph& graph, const Matrix<float>& inputs, double bits, bool behind_glue = false) {
  TeachOptions options;
  options.recipe.first = options.recipe.middle = options.recipe.last = {"grid", {{"bits", bits}}};
  options.recipe.behind_glue = behind_glue;
  options.examples = options.held_out = 50;
  MemoryCarrier carrier;
  return teach(graph, inputs, options, carrier);
}

/// Mean squared difference over the variance of `meant`.
double nmse(const Matrix<float>& said, const Matrix<float>& meant) {
  double error = 0, square = 0, sum = 0;
  const auto n = static_cast<double>(meant.size());
  for (std::size_t i = 0; i < meant.size(); ++i) {
    error += std::pow(said.values()[i] - meant.values()[i], 2);
    square += std::pow(meant.values()[i], 2);
    sum += meant.values()[i];
  }
  return error / (square - sum * sum / n);
}

class EveryChain : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(InnerBoundaries, EveryChain, testing::Bool(),
                         [](const auto& p) { return p.param ? "BehindTheGlue" : "BeforeTheGlue"; });

TEST_P(EveryChain, RunThroughItsCodesComesCloserToTheTeacherWithEveryBit) {
  const Graph graph = Graph::from_bytes(internal::random_mlp({8, 12, 4}, "Relu", 5), "mlp");
  const auto inputs = internal::normal_matrix(2000, 8, 1);
  const std::string tap = "y";
  const auto dense_scores = graph.run(inputs, std::span(&tap, 1)).at(tap);
  double before = 1;
  for (const double bits : {1, 2, 3, 4, 6}) {
    const double lost = nmse(run_coded(graph, chain_of(graph, inputs, bits, GetParam()), inputs), dense_scores);
    EXPECT_LT(lost, before) << bits << " bits";
    before = lost;
  }
  // Three boundaries, each losing at most 3 sigma^2 / 2^12 of a normal (Lloyd at high resolution, with room for the
  // tails).
  EXPECT_LT(before, 3 * 3 * 0x1p-12);
}

TEST_P(EveryChain, TablesFollowTheCodedTeacher) {
  const Graph graph = Graph::from_bytes(internal::random_mlp({8, 12, 4}, "Relu", 5), "mlp");
  const auto inputs = internal::normal_matrix(1000, 8, 1);
  const Chain chain = chain_of(graph, inputs, 4, GetParam());
  const std::string tap = "y";
  const auto dense_scores = graph.run(inputs, std::span(&tap, 1)).at(tap);
  const auto coded = run_coded(graph, chain, inputs), tables = run_tables(graph, chain, inputs);
  // An entry is off by at most half a step of 1/127 of the largest; that adds less than the codes themselves lose.
  EXPECT_LT(nmse(tables, coded), nmse(coded, dense_scores));
}

TEST(Tables, DifferFromTheCodedTeacherByTheRoundingOfTheirEntries) {
  for (const auto* glue : {"Identity", "Relu", "Sigmoid"}) {
    constexpr std::size_t in = 6, out = 4;
    TestModel model;
    const auto w = internal::normal_matrix(in, out, 2);
    model.input("x", in).output("y", out).initializer("w", {in, out}, {w.values().begin(), w.values().end()});
    model.initializer("b", {out}, {1, 2, 3, 4}).node(glue, {"x"}, {"g"}).node("Gemm", {"g", "w", "b"}, {"y"}, "layer");
    const Graph graph = Graph::from_bytes(model.bytes(), "layer");
    const auto inputs = internal::normal_matrix(500, in, 1);
    const Chain chain = chain_of(graph, inputs, 5);
    const auto coded = run_coded(graph, chain, inputs), tables = run_tables(graph, chain, inputs);
    const auto f = graph.network().glue("x", "layer").at(0);
    for (std::size_t o = 0; o < out; ++o) {
      float largest = 0, gap = 0;
      for (std::size_t m = 0; m < in; ++m)
        for (const float level : std::span(chain.codecs[0]->centroids(m).data(), chain.codecs[0]->centroids(m).rows()))
          largest = std::max(largest, std::abs(w(m, o) * (f(level) - f(0))));
      const auto levels = chain.codecs[1]->centroids(o);
      for (std::size_t a = 1; a < levels.rows(); ++a) gap = std::max(gap, levels(a, 0) - levels(a - 1, 0));
      // Half a step per entry; coding both afterwards moves them apart by one gap at most.
      const float bound = static_cast<float>(in) * largest / 127 / 2 + gap + 1e-4F;
      std::size_t equal = 0;
      for (std::size_t i = 0; i < inputs.rows(); ++i) {
        ASSERT_NEAR(tables(i, o), coded(i, o), bound) << glue;
        equal += tables(i, o) == coded(i, o);
      }
      EXPECT_GT(equal, inputs.rows() / 2) << glue << ": most addresses are the same";
    }
  }
}

TEST(Classes, TakeTheLargestAndTheLowerOfEquals) {
  Matrix<float> scores(3, 3);
  const float values[] = {0, 2, 1, 5, 5, 5, -3, -1, -1};
  std::ranges::copy(values, scores.values().begin());
  EXPECT_EQ(classes(scores), (std::vector<std::int32_t>{1, 0, 1}));
}

TEST(Accuracy, IsTheShareOfRightClasses) {
  Matrix<float> scores(4, 2);
  scores(0, 1) = scores(1, 1) = scores(2, 0) = 1;
  const std::vector<std::int32_t> labels{1, 0, 0, 0};
  EXPECT_DOUBLE_EQ(accuracy(scores, labels), 0.75);
}

TEST(Accuracy, RefusesLabelsThatDoNotBelongToTheAnswers) {
  const std::vector<std::int32_t> labels{1, 0};
  EXPECT_NE(internal::refusal([&] { (void)accuracy(Matrix<float>(3, 2), labels); }, Errc::Mismatch).find("3"),
            std::string::npos);
  EXPECT_NE(internal::refusal([&] { (void)accuracy(Matrix<float>(0, 2), {}); }, Errc::Mismatch), "");
}

TEST(Tables, RefuseCodesThatAreNoSumOverTheirSpaces) {
  const Graph graph = Graph::from_bytes(internal::random_mlp({8, 12, 4}, "Relu", 5), "mlp");
  const auto inputs = internal::normal_matrix(400, 8, 1);
  for (const char* name : {"slots", "residual"}) {
    Chain chain = chain_of(graph, inputs, 4);
    chain.codecs[0] = fit_codec(name, inputs.view(), {}, 1);
    try {
      static_cast<void>(run_tables(graph, chain, inputs));
      ADD_FAILURE() << name << " was accepted";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Errc::Unsupported) << name;
    }
  }
}

}  // namespace
}  // namespace assimilaate
