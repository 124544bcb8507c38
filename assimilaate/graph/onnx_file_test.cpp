#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "assimilaate/core/random.hpp"
#include "assimilaate/graph/graph.hpp"
#include "assimilaate/graph/internal/test_model.hpp"

namespace assimilaate {
namespace {

using internal::TestModel;
using Bytes = std::vector<std::byte>;

/// x [2] -> Gemm(w [2 x 2]) -> y, to be spoilt.
TestModel small() {
  TestModel model;
  model.input("x", 2).output("y", 2);
  return model;
}

std::string refusal(const TestModel& model, Errc wanted) {
  return internal::refusal([&] { (void)Graph::from_bytes(model.bytes(), "model"); }, wanted);
}

#define EXPECT_SAYS(said, part) EXPECT_NE((said).find(part), std::string::npos) << "said: " << (said)

TEST(OnnxFile, NamesTheNodeTheOperatorAndThoseThereAre) {
  const auto said = refusal(small().node("Conv", {"x"}, {"y"}, "scan"), Errc::Unsupported);
  for (const auto* part : {"scan", "Conv", "Gemm", "MatMul", "Relu"}) EXPECT_SAYS(said, part);
  const auto other = refusal(small().node("Relu", {"x"}, {"y"}, "scan", {}, "com.example"), Errc::Unsupported);
  EXPECT_SAYS(other, "com.example");
}

TEST(OnnxFile, NamesTheTensorOfAWeightThatIsNotFinite) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const auto said =
        refusal(small().initializer("w", {2, 2}, {1, 2, bad, 4}).node("Gemm", {"x", "w"}, {"y"}), Errc::Format);
    EXPECT_SAYS(said, "tensor w");
    EXPECT_SAYS(said, "number 2");
    const auto scale = refusal(small()
                                   .initializer("w", {2, 2}, {1, 2, 3, 4})
                                   .node("Gemm", {"x", "w"}, {"y"}, "layer", {internal::attribute("alpha", bad)}),
                               Errc::Format);
    EXPECT_SAYS(scale, "alpha");
  }
}

TEST(OnnxFile, RefusesWeightsThatAreNoMatrixOrNoInitializer) {
  EXPECT_SAYS(refusal(small().initializer("w", {4}, {1, 2, 3, 4}).node("Gemm", {"x", "w"}, {"y"}), Errc::Format),
              "w is no matrix");
  EXPECT_SAYS(refusal(small().initializer("w", {0, 2}, {}).node("Gemm", {"x", "w"}, {"y"}), Errc::Format),
              "w is no matrix");
  EXPECT_SAYS(refusal(small().node("Gemm", {"x", "x"}, {"y"}), Errc::Unsupported), "no initializer");
  EXPECT_SAYS(refusal(small().node("MatMul", {"x", "x"}, {"y"}, "both"), Errc::Unsupported), "both");
  EXPECT_SAYS(refusal(small().initializer("w", {2, 3}, {1, 2, 3, 4}).node("Gemm", {"x", "w"}, {"y"}), Errc::Format),
              "tensor w");
  EXPECT_SAYS(refusal(small()
                          .initializer("w", {2, 2}, {1, 2, 3, 4})
                          .initializer("b", {3}, {1, 2, 3})
                          .node("Gemm", {"x", "w", "b"}, {"y"}, "layer"),
                      Errc::Format),
              "3 biases for 2 outputs");
  EXPECT_SAYS(refusal(small()
                          .initializer("w", {2, 2}, {1, 2, 3, 4})
                          .node("Gemm", {"x", "w"}, {"y"}, "layer", {internal::attribute("transA", 1)}),
                      Errc::Unsupported),
              "transA");
}

TEST(OnnxFile, RefusesAWeightThatDoesNotFitTheTensorBeforeIt) {
  TestModel model = small();
  model.initializer("w", {3, 2}, {1, 2, 3, 4, 5, 6}).node("Gemm", {"x", "w"}, {"y"}, "layer");
  EXPECT_SAYS(refusal(model, Errc::Format), "layer");
  TestModel silent;  // about the width of its input
  silent.input("x")
      .output("y", 2)
      .initializer("w", {3, 2}, {1, 2, 3, 4, 5, 6})
      .node("Gemm", {"x", "w"}, {"y"}, "layer");
  const Graph graph = Graph::from_bytes(silent.bytes(), "model");
  const std::string tap = "y";
  EXPECT_SAYS(internal::refusal([&] { (void)graph.run(Matrix<float>(1, 2), std::span(&tap, 1)); }, Errc::Mismatch),
              "layer");
}

TEST(OnnxFile, RefusesAnOutputOfAnotherWidthThanDeclared) {
  TestModel model;
  model.input("x", 2).output("y", 7).initializer("w", {2, 2}, {1, 2, 3, 4}).node("Gemm", {"x", "w"}, {"y"});
  EXPECT_SAYS(refusal(model, Errc::Format), "declared with 7");
}

TEST(OnnxFile, RefusesABiasThatIsNoRowAndOneBeyondFloat) {
  const auto biased = [](const std::vector<std::uint64_t>& dims, float value) {
    return small()
        .initializer("w", {2, 2}, {1, 2, 3, 4})
        .initializer("b", dims, {value, 1})
        .node("MatMul", {"x", "w"}, {"h"})
        .node("Add", {"h", "b"}, {"i"})
        .node("Add", {"i", "b"}, {"y"});
  };
  EXPECT_SAYS(refusal(biased({2, 1}, 1), Errc::Format), "bias b is no row");
  EXPECT_SAYS(refusal(biased({2}, 3e38F), Errc::Format), "bias 0 is inf");
}

TEST(OnnxFile, RefusesScaledWeightsBeyondFloat) {
  EXPECT_SAYS(refusal(small()
                          .initializer("w", {2, 2}, {3e38F, 2, 3, 4})
                          .node("Gemm", {"x", "w"}, {"y"}, "layer", {internal::attribute("alpha", 1e10F)}),
                      Errc::Format),
              "alpha");
}

TEST(OnnxFile, RefusesAnInputThatIsNotFloatOrTooWide) {
  const auto with_input = [](std::uint64_t type, std::uint64_t width) {
    using internal::Wire;
    const Wire shape = Wire().message(1, Wire().text(2, "N")).message(1, Wire().number(1, width));
    const Wire info = Wire().text(1, "x").message(2, Wire().message(1, Wire().number(1, type).message(2, shape)));
    const Wire more = Wire().message(7, Wire().message(11, info));
    TestModel model;
    model.output("y", 2).initializer("w", {2, 2}, {1, 2, 3, 4}).node("Gemm", {"x", "w"}, {"y"});
    auto bytes = model.bytes();
    const auto tail = std::as_bytes(std::span(more.bytes()));
    bytes.insert(bytes.end(), tail.begin(), tail.end());
    return bytes;
  };
  EXPECT_NO_THROW((void)Graph::from_bytes(with_input(1, 2), "model"));
  EXPECT_SAYS(internal::refusal([&] { (void)Graph::from_bytes(with_input(7, 2), "model"); }, Errc::Unsupported),
              "element type 7");
  EXPECT_SAYS(internal::refusal([&] { (void)Graph::from_bytes(with_input(1, 1ULL << 40U), "model"); }, Errc::Format),
              "tensor x");
}

TEST(OnnxFile, RefusesVersionsFunctionsAndTrainingItDoesNotKnow) {
  using internal::Wire;
  const auto and_also = [](const Wire& more) {
    auto bytes = small().initializer("w", {2, 2}, {1, 2, 3, 4}).node("Gemm", {"x", "w"}, {"y"}).bytes();
    const auto tail = std::as_bytes(std::span(more.bytes()));
    bytes.insert(bytes.end(), tail.begin(), tail.end());
    return internal::refusal([&] { (void)Graph::from_bytes(bytes, "model"); }, Errc::Unsupported);
  };
  EXPECT_EQ(and_also(Wire().number(1, 10)), "");
  EXPECT_SAYS(and_also(Wire().number(1, 99)), "IR version 99");
  EXPECT_SAYS(and_also(Wire().number(1, 2)), "IR version 2");
  EXPECT_SAYS(and_also(Wire().message(25, Wire().text(1, "f"))), "functions");
  EXPECT_SAYS(and_also(Wire().message(20, Wire())), "training");
  EXPECT_SAYS(and_also(Wire().message(8, Wire().text(1, "assimilaate").number(2, 7))), "version 7");
}

TEST(OnnxFile, RefusesANodeThatMakesAnInitializer) {
  const auto said = refusal(small()
                                .initializer("w", {2, 2}, {1, 2, 3, 4})
                                .node("Gemm", {"x", "w"}, {"y"})
                                .node("Relu", {"x"}, {"w"}, "again"),
                            Errc::Format);
  EXPECT_SAYS(said, "again");
  EXPECT_SAYS(said, "made twice");
}

TEST(OnnxFile, SaysWhereMatMulIsSupported) {
  const auto said = refusal(small().initializer("w", {2, 2}, {1, 2, 3, 4}).node("MatMul", {"w", "x"}, {"y"}, "left"),
                            Errc::Unsupported);
  EXPECT_SAYS(said, "left");
  EXPECT_SAYS(said, "second input");
}

TEST(OnnxFile, RefusesGraphsThatDoNotHang) {
  const auto with_weight = [] { return small().initializer("w", {2, 2}, {1, 2, 3, 4}); };
  EXPECT_SAYS(refusal(with_weight().node("Gemm", {"nowhere", "w"}, {"y"}), Errc::Format), "nowhere");
  EXPECT_SAYS(refusal(with_weight().node("Gemm", {"x", "w"}, {"y"}).node("Relu", {"x"}, {"y"}, "again"), Errc::Format),
              "again");
  EXPECT_SAYS(
      refusal(with_weight().node("Gemm", {"b", "w"}, {"a"}).node("Relu", {"a"}, {"b"}).node("Relu", {"x"}, {"y"}),
              Errc::Format),
      "cycle");
  EXPECT_SAYS(refusal(with_weight().node("Gemm", {"x", "w"}, {"z"}), Errc::Format), "y");
  EXPECT_SAYS(refusal(with_weight().input("second", 2).node("Gemm", {"x", "w"}, {"y"}), Errc::Unsupported), "2 inputs");
  EXPECT_SAYS(refusal(with_weight().output("second", 2).node("Gemm", {"x", "w"}, {"y"}), Errc::Unsupported),
              "2 outputs");
  EXPECT_SAYS(
      refusal(with_weight().node("Gemm", {"x", "w"}, {"h"}, "same").node("Relu", {"h"}, {"y"}, "same"), Errc::Format),
      "same");
  EXPECT_SAYS(refusal(with_weight().initializer("w", {1}, {1}).node("Gemm", {"x", "w"}, {"y"}), Errc::Format),
              "w is there twice");
  EXPECT_SAYS(refusal(with_weight().node("Gemm", {}, {"y"}, "empty"), Errc::Format), "empty");
  EXPECT_SAYS(refusal(small().node("Relu", {"x"}, {"y"}), Errc::Format), "no weight-bearing node");
}

TEST(OnnxFile, TakesAWeightThatIsListedAmongTheInputs) {
  const auto bytes = small().input("w").initializer("w", {2, 2}, {1, 2, 3, 4}).node("Gemm", {"x", "w"}, {"y"}).bytes();
  EXPECT_EQ(Graph::from_bytes(bytes, "model").network().input().name, "x");
}

TEST(OnnxFile, RefusesOpsetsItDoesNotKnow) {
  for (const std::uint64_t opset : {1U, 6U, 22U, 999U}) {
    const auto said = refusal(
        small().opset(opset).initializer("w", {2, 2}, {1, 2, 3, 4}).node("Gemm", {"x", "w"}, {"y"}), Errc::Unsupported);
    EXPECT_SAYS(said, "opset " + std::to_string(opset));
  }
  for (const std::uint64_t opset : {7U, 21U})
    EXPECT_EQ(refusal(small().opset(opset).initializer("w", {2, 2}, {1, 2, 3, 4}).node("Gemm", {"x", "w"}, {"y"}),
                      Errc::Unsupported),
              "");
}

TEST(OnnxFile, RefusesDataInOtherFilesAndElementsItDoesNotKnow) {
  const auto spoilt = [](const internal::Wire& w) { return small().initializer(w).node("Gemm", {"x", "w"}, {"y"}); };
  auto elsewhere = internal::tensor("w", {2, 2}, internal::element::f32, "");
  elsewhere.number(14, 1);
  EXPECT_SAYS(refusal(spoilt(elsewhere), Errc::Unsupported), "another file");
  const auto whole =
      internal::tensor("w", {2, 2}, internal::element::i32, internal::raw_bytes<std::int32_t>({1, 2, 3, 4}));
  EXPECT_SAYS(refusal(spoilt(whole), Errc::Unsupported), "element type 6");
  auto sparse = small().initializer("w", {2, 2}, {1, 2, 3, 4}).node("Gemm", {"x", "w"}, {"y"}).bytes();
  const auto more = internal::Wire().message(7, internal::Wire().message(15, internal::Wire())).bytes();
  const auto tail = std::as_bytes(std::span(more));
  sparse.insert(sparse.end(), tail.begin(), tail.end());
  EXPECT_SAYS(internal::refusal([&] { (void)Graph::from_bytes(sparse, "model"); }, Errc::Unsupported), "sparse");
}

TEST(OnnxFile, RefusesHugeAndNegativeDimensionsBeforeItMakesRoom) {
  for (const std::uint64_t d :
       {std::uint64_t{1} << 40U, ~std::uint64_t{0}, std::uint64_t{1} << 63U, std::uint64_t{1} << 32U})
    EXPECT_SAYS(refusal(small()
                            .initializer(internal::tensor("w", {d, d}, internal::element::f32, ""))
                            .node("Gemm", {"x", "w"}, {"y"}),
                        Errc::Format),
                "tensor w");
}

TEST(OnnxFile, RefusesWhatIsNoModel) {
  const Bytes nothing, noise(100, std::byte{0xFF});
  EXPECT_SAYS(internal::refusal([&] { (void)Graph::from_bytes(nothing, "model"); }, Errc::Format), "model: 0 bytes");
  EXPECT_SAYS(internal::refusal([&] { (void)Graph::from_bytes(noise, "model"); }, Errc::Format), "no ONNX model");
  EXPECT_SAYS(internal::refusal([&] { (void)Graph::load("no/such/file.onnx"); }, Errc::Io), "no/such/file.onnx");
}

/// What a loader may do with damaged bytes: give a graph that runs and strips, or refuse.
void survive(std::span<const std::byte> bytes) {
  try {
    const Graph graph = Graph::from_bytes(bytes, "damaged");
    const std::string tap = graph.network().output().name;
    const auto width = graph.network().input().width;
    (void)graph.run(Matrix<float>(2, width > 0 && width < 100 ? width : 6), std::span(&tap, 1));
    (void)StrippedGraph::from_bytes(graph.strip().to_bytes());
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()), "");
  }
  try {
    (void)StrippedGraph::from_bytes(bytes).transforms();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()), "");
  }
}

TEST(OnnxFile, SurvivesTruncationEverywhere) {
  const Bytes bytes = internal::random_mlp({6, 4, 3}, "LeakyRelu", 1);
  const Bytes stripped = Graph::from_bytes(bytes, "whole").strip().to_bytes();
  for (const Bytes& whole : {bytes, stripped})
    for (std::size_t length = 0; length < whole.size(); length += 7) survive(std::span(whole).first(length));
}

TEST(OnnxFile, SurvivesFlippedBits) {
  const Bytes bytes = internal::random_mlp({6, 4, 3}, "Softmax", 1);
  const Bytes stripped = Graph::from_bytes(bytes, "whole").strip().to_bytes();
  const Random random(7, 0);
  for (const Bytes& whole : {bytes, stripped})
    for (std::uint64_t i = 0; i < 1000; ++i) {
      Bytes damaged = whole;
      const auto draw = random.bits(Purpose::Fault, i);
      for (std::uint32_t k = 0; k <= draw[2] % 3; ++k)
        damaged[(draw[0] + k * draw[3]) % damaged.size()] ^= static_cast<std::byte>(1U << (draw[1] + k) % 8);
      survive(damaged);
    }
}

}  // namespace
}  // namespace assimilaate
