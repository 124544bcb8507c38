#include "assimilaate/graph/stripped_graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "assimilaate/graph/graph.hpp"
#include "assimilaate/graph/internal/test_model.hpp"

namespace assimilaate {
namespace {

using internal::TestModel;
using internal::Wire;
using Bytes = std::vector<std::byte>;

Bytes model_bytes() { return internal::random_mlp({9, 7, 5}, "LeakyRelu", 4); }
Bytes stripped_bytes() { return Graph::from_bytes(model_bytes(), "model").strip().to_bytes(); }

bool contains(const Bytes& bytes, const void* part, std::size_t size) {
  const auto* first = static_cast<const std::byte*>(part);
  return std::search(bytes.begin(), bytes.end(), first, first + size) != bytes.end();
}

/// The same file with more in its graph: protobuf merges what follows.
Bytes with(Bytes bytes, const Wire& more_graph) {
  const Wire model = Wire().message(7, more_graph);
  const auto tail = std::as_bytes(std::span(model.bytes()));
  bytes.insert(bytes.end(), tail.begin(), tail.end());
  return bytes;
}

std::string refusal(const Bytes& bytes, Errc wanted) {
  return internal::refusal([&] { (void)StrippedGraph::from_bytes(bytes); }, wanted);
}

TEST(StrippedGraph, CarriesNoNumberOfAnyWeightOrBias) {
  const Graph graph = Graph::from_bytes(model_bytes(), "model");
  const Bytes whole = model_bytes(), stripped = graph.strip().to_bytes();
  ASSERT_EQ(graph.transforms().size(), 2U);
  for (const auto& transform : graph.transforms()) {
    const DenseWeights& layer = graph.weights(transform.name);
    for (const float w : layer.weight.values()) {
      ASSERT_TRUE(contains(whole, &w, sizeof w));  // the search does find what is there
      EXPECT_FALSE(contains(stripped, &w, sizeof w)) << transform.name;
    }
    for (const float b : layer.bias) EXPECT_FALSE(contains(stripped, &b, sizeof b)) << transform.name;
  }
}

TEST(StrippedGraph, RoundTripsNodesPortsAndTransforms) {
  const Graph graph = Graph::from_bytes(model_bytes(), "model");
  const StrippedGraph back = StrippedGraph::from_bytes(stripped_bytes());
  EXPECT_EQ(back.network().input().name, "x");
  EXPECT_EQ(back.network().input().width, 9U);
  EXPECT_EQ(back.network().output().name, "y");
  EXPECT_TRUE(back.network().constants().empty());
  ASSERT_EQ(back.transforms().size(), 2U);
  for (std::size_t t = 0; t < 2; ++t) {
    const TransformShape was = graph.transforms()[t], is = back.transforms()[t];
    EXPECT_EQ(is.name, was.name);
    EXPECT_EQ(is.input, was.input);
    EXPECT_EQ(is.output, was.output);
    EXPECT_EQ(is.inputs, was.inputs);
    EXPECT_EQ(is.outputs, was.outputs);
  }
  const auto glue = back.glue("h0", "dense1");
  ASSERT_EQ(glue.size(), 1U);
  EXPECT_FLOAT_EQ(glue[0](-1), -0.01F);
  EXPECT_EQ(back.to_bytes(), stripped_bytes());
}

TEST(StrippedGraph, KeepsAttributesThatAreWholeHugeOrFractions) {
  for (const float alpha : {0.125F, 1.0F, 1e30F, -3.0F}) {
    TestModel model;
    model.input("x", 1).output("y", 1).initializer("w", {1, 1}, {1}).initializer("v", {1, 1}, {1});
    model.node("Gemm", {"x", "w"}, {"h"}, "first")
        .node("LeakyRelu", {"h"}, {"g"}, "leak", {internal::attribute("alpha", alpha)});
    model.node("Gemm", {"g", "v"}, {"y"}, "second");
    const auto back = StrippedGraph::from_bytes(Graph::from_bytes(model.bytes(), "model").strip().to_bytes());
    EXPECT_FLOAT_EQ(back.glue("h", "second").at(0)(-1), -alpha);
  }
}

TEST(StrippedGraph, KeepsSmallConstantsThatFeedNoTransform) {
  TestModel model;
  model.input("x", 2).output("y", 2).initializer("w", {2, 2}, {1, 0, 0, 1}).initializer("shift", {2}, {3, 4});
  model.node("Gemm", {"x", "w"}, {"h"}).node("Relu", {"h"}, {"r"}).node("Add", {"r", "shift"}, {"y"});
  const auto back = StrippedGraph::from_bytes(Graph::from_bytes(model.bytes(), "model").strip().to_bytes());
  ASSERT_TRUE(back.network().constants().contains("shift"));
  EXPECT_EQ(back.network().constants().at("shift")(0, 1), 4);
}

TEST(StrippedGraph, IsNotMadeOfAModelWhoseWeightAnOperatorReadsToo) {
  TestModel model;
  model.input("x", 2).output("y", 2).initializer("w", {2, 2}, {1, 2, 3, 4});
  model.node("Gemm", {"x", "w"}, {"h"}, "layer")
      .node("Relu", {"w"}, {"v"}, "peek")
      .node("Add", {"h", "v"}, {"y"}, "sum");
  const auto said =
      internal::refusal([&] { (void)Graph::from_bytes(model.bytes(), "model").strip().to_bytes(); }, Errc::Unsupported);
  EXPECT_NE(said.find("tensor w"), std::string::npos) << said;
}

TEST(StrippedGraph, RefusesTheWholeModel) {
  const auto said = refusal(model_bytes(), Errc::Mismatch);
  EXPECT_NE(said.find("dense0"), std::string::npos) << said;
  EXPECT_NE(said.find("strip"), std::string::npos) << said;
}

TEST(StrippedGraph, RefusesATensorThatFeedsATransform) {
  for (const auto* tensor : {"x", "g0"}) {
    const auto spoilt = with(
        stripped_bytes(), Wire().message(5, internal::tensor(tensor, {1, 1}, internal::element::f32, {"\0\0\0\0", 4})));
    EXPECT_NE(internal::refusal([&] { (void)StrippedGraph::from_bytes(spoilt); }, Errc::Mismatch).find(tensor),
              std::string::npos);
  }
}

TEST(StrippedGraph, RefusesATensorThatNobodyUses) {
  for (const std::uint64_t size : {1U, 10'000U}) {
    const auto spoilt =
        with(stripped_bytes(),
             Wire().message(5, internal::tensor("w0", {size}, internal::element::f32, std::string(4 * size, '\0'))));
    EXPECT_NE(refusal(spoilt, Errc::Mismatch).find("tensor w0"), std::string::npos);
  }
}

TEST(StrippedGraph, RefusesABigTensorBehindAnOperator) {
  Wire graph;
  graph.message(5, internal::tensor("w0", {10'000}, internal::element::f32, std::string(40'000, '\0')));
  graph.message(1, Wire().text(1, "w0").text(2, "spare").text(3, "hide").text(4, "Identity"));
  EXPECT_NE(refusal(with(stripped_bytes(), graph), Errc::Mismatch).find("tensor w0"), std::string::npos);
}

TEST(StrippedGraph, RefusesWeightsInTheAttributesOfATransform) {
  const auto transform = [](const std::vector<Wire>& attributes) {
    TestModel model;
    model.input("x", 2).output("y", 2).node("Transform", {"x"}, {"y"}, "layer", attributes, "assimilaate");
    return model.bytes();
  };
  const Wire in = internal::attribute("inputs", 2), out = internal::attribute("outputs", 2);
  EXPECT_EQ(StrippedGraph::from_bytes(transform({in, out})).transforms().at(0).outputs, 2U);
  const Wire hidden = Wire().text(1, "weight").real(7, 1).real(7, 2).real(7, 3).number(20, 6);
  EXPECT_NE(refusal(transform({in, out, hidden}), Errc::Mismatch).find("weight"), std::string::npos);
  const Wire long_out = Wire().text(1, "outputs").number(8, 2).number(8, 3).number(20, 7);
  EXPECT_NE(refusal(transform({in, long_out}), Errc::Mismatch).find("outputs"), std::string::npos);
  EXPECT_NE(refusal(transform({in}), Errc::Format).find("layer"), std::string::npos);
  EXPECT_NE(refusal(transform({in, internal::attribute("outputs", -1)}), Errc::Format).find("layer"),
            std::string::npos);
}

TEST(StrippedGraph, RefusesABiasBehindATransform) {
  for (const std::vector<std::string>& between : {std::vector<std::string>{}, {"Identity"}, {"Flatten"}}) {
    TestModel model;
    model.input("x", 2).output("y", 3).initializer("b", {3}, {1, 2, 3});
    model.node("Transform", {"x"}, {"h"}, "layer",
               {internal::attribute("inputs", 2), internal::attribute("outputs", 3)}, "assimilaate");
    std::string at = "h";
    for (const auto& op : between) model.node(op, {at}, {"i"}), at = "i";
    model.node("Add", {at, "b"}, {"y"}, "sum");
    EXPECT_NE(refusal(model.bytes(), Errc::Mismatch).find("tensor b"), std::string::npos);
  }
}

TEST(StrippedGraph, RefusesConstantsAndAttributesThatAreLong) {
  const auto stripped = [](std::size_t constant, std::size_t attribute_size) {
    TestModel model;
    const std::vector<float> numbers(constant, 1);
    model.input("x", 2).output("y", constant).initializer("b", {constant}, numbers);
    Wire alpha = Wire().text(1, "alpha");
    for (std::size_t i = 0; i < attribute_size; ++i) alpha.real(7, 0.5F);
    model.node("Transform", {"x"}, {"h"}, "layer",
               {internal::attribute("inputs", 2), internal::attribute("outputs", static_cast<int>(constant))},
               "assimilaate");
    model.node("LeakyRelu", {"h"}, {"r"}, "leak", {alpha.number(20, 6)}).node("Add", {"r", "b"}, {"y"}, "sum");
    return model.bytes();
  };
  EXPECT_EQ(refusal(stripped(64, 64), Errc::Mismatch), "");
  EXPECT_NE(refusal(stripped(65, 1), Errc::Mismatch).find("tensor b"), std::string::npos);
  EXPECT_NE(refusal(stripped(64, 65), Errc::Mismatch).find("alpha"), std::string::npos);
}

TEST(StrippedGraph, IsNotMadeOfAModelWhoseBiasCannotBeFolded) {
  TestModel model;
  model.input("x", 1).output("y", 2).initializer("w", {1, 2}, {1, 2}).initializer("b", {2}, {10, 20});
  model.node("MatMul", {"x", "w"}, {"h"}).node("Add", {"h", "b"}, {"s"}).node("Add", {"h", "s"}, {"y"});
  const Graph graph = Graph::from_bytes(model.bytes(), "model");
  EXPECT_NE(internal::refusal([&] { (void)graph.strip().to_bytes(); }, Errc::Unsupported).find("tensor b"),
            std::string::npos);
}

TEST(StrippedGraph, IsNoTeacher) {
  const auto said = internal::refusal([] { (void)Graph::from_bytes(stripped_bytes(), "file"); }, Errc::Mismatch);
  EXPECT_NE(said.find("stripped network"), std::string::npos) << said;
}

}  // namespace
}  // namespace assimilaate
