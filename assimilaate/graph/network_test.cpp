#include "assimilaate/graph/network.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/graph/graph.hpp"
#include "assimilaate/graph/internal/test_model.hpp"

namespace assimilaate {
namespace {

using internal::TestModel;

/// x -> first -> h -> `middle` -> second -> y.
Graph between(const std::vector<std::string>& middle) {
  TestModel model;
  model.input("x", 2).output("y", 2).initializer("w", {2, 2}, {1, 0, 0, 1}).initializer("v", {2, 2}, {1, 0, 0, 1});
  model.node("Gemm", {"x", "w"}, {"h"}, "first");
  std::string at = "h";
  for (std::size_t i = 0; i < middle.size(); ++i) {
    const std::string made = "m" + std::to_string(i);
    model.node(middle[i], {at}, {made});
    at = made;
  }
  model.node("Gemm", {at, "v"}, {"y"}, "second");
  return Graph::from_bytes(model.bytes(), "model");
}

TEST(Glue, IsTheElementwiseFunctionsBetweenATensorAndATransformInOrder) {
  const auto functions = between({"Relu", "Flatten", "Sigmoid"}).network().glue("h", "second");
  ASSERT_EQ(functions.size(), 2U);
  EXPECT_FLOAT_EQ(functions[0](-2), 0);
  EXPECT_FLOAT_EQ(functions[1](2), 1 / (1 + std::exp(-2.0F)));
}

TEST(Glue, IsEmptyWhereTheTensorIsTheTransformsOwnInput) {
  const Graph graph = between({"Relu"});
  EXPECT_TRUE(graph.network().glue("m0", "second").empty());
  EXPECT_TRUE(graph.network().glue("x", "first").empty());
  EXPECT_TRUE(between({}).network().glue("h", "second").empty());
}

TEST(Glue, OutlivesItsGraph) {
  auto functions = [] { return between({"Tanh"}).network().glue("h", "second"); }();
  ASSERT_EQ(functions.size(), 1U);
  EXPECT_FLOAT_EQ(functions[0](0.5F), std::tanh(0.5F));
}

TEST(Glue, IsRefusedOverSoftmaxOverATransformAndOverASum) {
  const Graph soft = between({"Softmax"});
  const auto said = internal::refusal([&] { (void)soft.network().glue("h", "second"); }, Errc::Unsupported);
  EXPECT_NE(said.find("second"), std::string::npos) << said;
  EXPECT_NE(said.find("Softmax"), std::string::npos) << said;
  EXPECT_NE(internal::refusal([&] { (void)soft.network().glue("x", "second"); }, Errc::Unsupported), "");

  TestModel model;
  model.input("x", 1).output("y", 1).initializer("w", {1, 1}, {1}).initializer("v", {1, 1}, {1});
  model.node("Gemm", {"x", "w"}, {"h"}, "first")
      .node("Add", {"h", "x"}, {"s"})
      .node("Gemm", {"s", "v"}, {"y"}, "second");
  const Graph sum = Graph::from_bytes(model.bytes(), "model");
  EXPECT_NE(internal::refusal([&] { (void)sum.network().glue("h", "second"); }, Errc::Unsupported), "");
}

TEST(Glue, TellsNamesThatAreNotThereFromTensorsThatLeadElsewhere) {
  const Graph graph = between({"Relu"});
  EXPECT_NE(internal::refusal([&] { (void)graph.network().glue("h", "third"); }, Errc::Usage).find("third"),
            std::string::npos);
  EXPECT_NE(internal::refusal([&] { (void)graph.network().glue("q", "first"); }, Errc::Usage).find("q"),
            std::string::npos);
  EXPECT_NE(internal::refusal([&] { (void)graph.network().glue("h", "first"); }, Errc::Unsupported).find("first"),
            std::string::npos);
}

TEST(Network, RefusesTensorsThatNobodyMakesOrTwoMakeAndCycles) {
  const auto network = [](std::vector<Node> nodes, const std::string& output) {
    return internal::refusal([&] { (void)Network({"x", 1}, {output, 1}, std::move(nodes), {}); }, Errc::Format);
  };
  const auto relu = [](const std::string& name, const std::string& in, const std::string& out) {
    return Node{name, "Relu", {in}, {out}, {}, nullptr};
  };
  const auto dangling = network({relu("n", "nowhere", "y")}, "y");
  EXPECT_NE(dangling.find("nowhere"), std::string::npos) << dangling;
  const auto twice = network({relu("n", "x", "y"), relu("o", "x", "y")}, "y");
  EXPECT_NE(twice.find("node o"), std::string::npos) << twice;
  EXPECT_NE(network({relu("n", "x", "x")}, "x"), "");
  const auto cycle = network({relu("n", "b", "a"), relu("o", "a", "b")}, "b");
  EXPECT_NE(cycle.find("cycle"), std::string::npos) << cycle;
  EXPECT_NE(network({relu("n", "x", "y")}, "z").find("z"), std::string::npos);
  EXPECT_NE(network({{"n", "Relu", {"x", "x"}, {"y"}, {}, nullptr}}, "y").find("node n"), std::string::npos);
  EXPECT_NE(network({{"n", "Add", {"x"}, {"y"}, {}, nullptr}}, "y").find("node n"), std::string::npos);
  EXPECT_NE(network({{"n", "Relu", {"x"}, {"y", "z"}, {}, nullptr}}, "y").find("node n"), std::string::npos);
}

TEST(Network, RunsNothingThatNoTapNeeds) {
  const Graph graph = between({"Relu"});
  std::vector<std::string> asked;
  const auto count = [&](std::string_view name, const Matrix<float>& in) {
    asked.emplace_back(name);
    return in;
  };
  const std::vector<std::string> early{"x", "m0"}, all{"y", "h", "y"};
  EXPECT_EQ(graph.network().run(Matrix<float>(1, 2), early, count).size(), 2U);
  EXPECT_EQ(asked, (std::vector<std::string>{"first"}));
  EXPECT_EQ(graph.network().run(Matrix<float>(1, 2), all, count).size(), 2U);
  EXPECT_EQ(asked, (std::vector<std::string>{"first", "first", "second"}));
}

TEST(Network, RefusesWhatATransformMakesInAnotherShape) {
  const std::string tap = "y";
  for (const auto& [rows, cols] : {std::pair{1, 3}, {2, 2}}) {
    const auto said = internal::refusal(
        [&] {
          (void)between({}).network().run(
              Matrix<float>(1, 2), std::span(&tap, 1),
              [&](std::string_view, const Matrix<float>&) { return Matrix<float>(rows, cols); });
        },
        Errc::Mismatch);
    EXPECT_NE(said.find("first"), std::string::npos) << said;
  }
}

TEST(Network, OrdersALongChainThatStandsBackwards) {
  std::vector<Node> nodes;
  constexpr int length = 20'000;  // a quadratic order would take a minute
  for (int i = length; i > 0; --i)
    nodes.push_back({fmt::format("n{}", i),
                     "Relu",
                     {i == 1 ? "x" : fmt::format("t{}", i - 1)},
                     {fmt::format("t{}", i)},
                     {},
                     nullptr});
  const Network network({"x", 1}, {fmt::format("t{}", length), 1}, std::move(nodes), {});
  EXPECT_EQ(network.nodes().front().name, "n1");
  EXPECT_EQ(network.nodes().back().name, fmt::format("n{}", length));
}

TEST(Network, NamesNodeOperatorAndThoseThereAre) {
  const auto said = internal::refusal(
      [] {
        (void)Network({"x", 1}, {"y", 1}, {{"turn", "Einsum", {"x"}, {"y"}, {}, nullptr}}, {});
      },
      Errc::Unsupported);
  for (const auto* part : {"turn", "Einsum", "Gemm", "MatMul", "Relu", "Softmax"})
    EXPECT_NE(said.find(part), std::string::npos) << said;
}

}  // namespace
}  // namespace assimilaate
