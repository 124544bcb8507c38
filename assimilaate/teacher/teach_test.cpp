#include "assimilaate/teacher/teach.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "assimilaate/graph/internal/test_model.hpp"
#include "assimilaate/stream/internal/memory_carrier.hpp"
#include "assimilaate/stream/stream_reader.hpp"

namespace assimilaate {
namespace {

using internal::MemoryCarrier;
using internal::refusal;
using internal::TestModel;

Graph mlp() { return Graph::from_bytes(internal::random_mlp({6, 5, 4}, "Relu", 3), "mlp"); }

/// Fine codes, so that unlike inputs have unlike AATs.
TeachOptions options(std::size_t examples = 100, std::size_t held_out = 40) {
  TeachOptions o;
  o.recipe.first = o.recipe.middle = o.recipe.last = {"grid", {{"bits", 8}}};
  o.name = "small";
  o.examples = examples;
  o.held_out = held_out;
  return o;
}

using Row = std::vector<Address>;
std::vector<Row> rows(const AatBlock& block) {
  std::vector<Row> all;
  for (std::size_t i = 0; i < block.size(); ++i) all.emplace_back(block[i].begin(), block[i].end());
  return all;
}

AatBlock encoded(const Codec& codec, const Matrix<float>& vectors) {
  AatBlock block(codec.shape(), vectors.rows());
  codec.encode(vectors.view(), block.entries.view());
  return block;
}

TEST(Teach, PublishesBoundariesTransformsCodebooksAndTheNumbersAskedFor) {
  MemoryCarrier carrier;
  const Chain chain = teach(mlp(), internal::normal_matrix(300, 6, 1), options(), carrier);
  EXPECT_EQ(chain.tensors, (std::vector<std::string>{"x", "h0", "y"}));
  EXPECT_EQ(chain.transforms, (std::vector<std::string>{"dense0", "dense1"}));
  const StreamReader stream(carrier);
  EXPECT_EQ(stream.descriptor().name, "small");
  EXPECT_EQ(stream.size(), 100U);
  EXPECT_EQ(stream.held_out_size(), 40U);
  ASSERT_EQ(stream.descriptor().boundaries.size(), 3U);
  const std::size_t spaces[] = {6, 5, 4};
  for (std::size_t b = 0; b < 3; ++b) {
    EXPECT_EQ(stream.descriptor().boundaries[b].name, chain.tensors[b]);
    EXPECT_EQ(stream.descriptor().boundaries[b].shape, Shape(spaces[b], 256));
    EXPECT_EQ(codec_hash(*chain.codecs[b]), codec_hash(*codec_from_bytes(stream.codebook(b))));
  }
  ASSERT_EQ(stream.descriptor().transforms.size(), 2U);
  EXPECT_EQ(stream.descriptor().transforms[1].inputs, std::vector<std::uint32_t>{1});
  EXPECT_EQ(stream.descriptor().transforms[1].output, 2U);
  EXPECT_EQ(StrippedGraph::from_bytes(stream.network()).transforms().size(), 2U);
}

TEST(Teach, HoldsOutInputsThatItDoesNotTeach) {
  MemoryCarrier carrier;
  static_cast<void>(teach(mlp(), internal::normal_matrix(140, 6, 1), options(), carrier));
  const StreamReader stream(carrier);
  const auto taught = rows(stream.boundaries()[0]), held_out = rows(stream.held_out(0).inputs());
  std::set<Row> all(taught.begin(), taught.end());
  EXPECT_EQ(all.size(), 100U);
  all.insert(held_out.begin(), held_out.end());
  EXPECT_EQ(all.size(), 140U);
}

TEST(Teach, SaysWhatTheGraphSaysOfEveryInput) {
  MemoryCarrier carrier;
  const Graph graph = mlp();
  const auto inputs = internal::normal_matrix(200, 6, 1);
  const Chain chain = teach(graph, inputs, options(150, 50), carrier);
  const StreamReader stream(carrier);
  const auto tapped = graph.run(inputs, chain.tensors);
  std::vector<AatBlock> expected;
  for (std::size_t b = 0; b < 3; ++b) expected.push_back(encoded(*chain.codecs[b], tapped.at(chain.tensors[b])));
  const auto known = rows(expected[0]);
  for (std::size_t i = 0; i < stream.size(); ++i) {
    const Aat input = stream.boundaries()[0][i];
    const auto at = static_cast<std::size_t>(std::ranges::find(known, Row(input.begin(), input.end())) - known.begin());
    ASSERT_LT(at, known.size());
    for (std::size_t b = 1; b < 3; ++b) EXPECT_TRUE(std::ranges::equal(stream.boundaries()[b][i], expected[b][at]));
  }
}

TEST(Teach, IsAFunctionOfItsSeed) {
  const auto logs = [](std::uint64_t seed) {
    MemoryCarrier carrier;
    TeachOptions o = options();
    o.seed = seed;
    static_cast<void>(teach(mlp(), internal::normal_matrix(300, 6, 1), o, carrier));
    return rows(StreamReader(carrier).boundaries()[0]);
  };
  EXPECT_EQ(logs(1), logs(1));
  EXPECT_NE(logs(1), logs(2));
}

TEST(Teach, ChoosesExamplesAsToldFromAPoolThatHoldsNothingHeldOut) {
  const auto inputs = internal::normal_matrix(300, 6, 1);
  std::set<std::vector<Row>> choices;
  std::vector<Row> held_out;
  for (const auto* selection : {"random", "pivots", "leverage", "reference"}) {
    MemoryCarrier carrier;
    TeachOptions o = options(30, 40);
    o.selection = selection;
    o.pool = 200;
    static_cast<void>(teach(mlp(), inputs, o, carrier));
    const StreamReader stream(carrier);
    EXPECT_EQ(stream.size(), 30U) << selection;
    auto taught = rows(stream.boundaries()[0]);
    const auto kept = rows(stream.held_out(0).inputs());
    if (held_out.empty()) held_out = kept;
    EXPECT_EQ(kept, held_out) << selection;  // the choice of examples does not move the yardstick
    for (const auto& row : taught) EXPECT_EQ(std::ranges::count(kept, row), 0) << selection;
    std::ranges::sort(taught);
    choices.insert(taught);
  }
  EXPECT_EQ(choices.size(), 4U);
  MemoryCarrier carrier;
  TeachOptions o = options(30, 40);
  o.selection = "best";
  EXPECT_NE(refusal([&] { static_cast<void>(teach(mlp(), inputs, o, carrier)); }, Errc::Usage).find("pivots"),
            std::string::npos);
}

TEST(Teach, FitsCodecsToNothingThatIsHeldOut) {
  // Input 0 alone is huge: whenever it is held out, the coarsest level stays small.
  auto inputs = internal::normal_matrix(60, 6, 1);
  inputs(0, 0) = 1000;
  std::size_t seen_held_out = 0, seen_taught = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    MemoryCarrier carrier;
    TeachOptions o = options(30, 30);
    o.seed = seed;
    const Chain chain = teach(mlp(), inputs, o, carrier);
    const auto levels = chain.codecs[0]->centroids(0);
    const bool fitted = levels(levels.rows() - 1, 0) > 500;
    (fitted ? seen_taught : seen_held_out) += 1;
  }
  EXPECT_GT(seen_held_out, 0U);
  EXPECT_GT(seen_taught, 0U);
}

TEST(Teach, PutsInnerBoundariesBehindTheGlueWhereTheRecipeSaysSo) {
  MemoryCarrier carrier;
  TeachOptions o = options();
  o.recipe.behind_glue = true;
  const Chain chain = teach(mlp(), internal::normal_matrix(300, 6, 1), o, carrier);
  EXPECT_EQ(chain.tensors, (std::vector<std::string>{"x", "g0", "y"}));
  const auto levels = chain.codecs[1]->centroids(0);
  EXPECT_GE(levels(0, 0), -1e-3F);
}

TEST(Teach, TeachesWithoutHeldOutExamplesAndWithOne) {
  MemoryCarrier carrier;
  static_cast<void>(teach(mlp(), internal::normal_matrix(20, 6, 1), options(1, 0), carrier));
  const StreamReader stream(carrier);
  EXPECT_EQ(stream.size(), 1U);
  EXPECT_EQ(stream.held_out_size(), 0U);
}

TEST(Teach, RefusesWhatItCannotDrawFrom) {
  MemoryCarrier carrier;
  const Graph graph = mlp();
  auto inputs = internal::normal_matrix(50, 6, 1);
  const auto said = [&](const TeachOptions& o, Errc wanted) {
    return refusal([&] { static_cast<void>(teach(graph, inputs, o, carrier)); }, wanted);
  };
  EXPECT_NE(said(options(40, 11), Errc::Usage).find("there are 50 inputs"), std::string::npos);
  EXPECT_NE(said(options(SIZE_MAX, 1), Errc::Usage).find("there are 50 inputs"), std::string::npos);
  EXPECT_NE(said(options(1, SIZE_MAX), Errc::Usage).find("there are 50 inputs"), std::string::npos);
  EXPECT_NE(said(options(0, 10), Errc::Usage).find("0 examples"), std::string::npos);
  TeachOptions unknown = options();
  unknown.recipe.middle = {"gird", {}};
  EXPECT_NE(said(options(51, 0), Errc::Usage), "");
  unknown.examples = 10, unknown.held_out = 10;
  EXPECT_NE(said(unknown, Errc::Usage).find("gird"), std::string::npos);
  inputs(3, 4) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(said(options(10, 10), Errc::Format).find("3"), std::string::npos);
  inputs = internal::normal_matrix(50, 7, 1);
  EXPECT_NE(said(options(10, 10), Errc::Mismatch).find("7"), std::string::npos);
  EXPECT_TRUE(carrier.heads.empty()) << "a refusal publishes nothing";
}

TEST(Teach, NamesTheRecipesThereAre) {
  const auto said = refusal([] { static_cast<void>(find_recipe("soup")); }, Errc::Usage);
  for (const auto* part : {"soup", "graded", "winner"}) EXPECT_NE(said.find(part), std::string::npos) << said;
  EXPECT_FALSE(find_recipe("graded").behind_glue);
  EXPECT_TRUE(find_recipe("winner").behind_glue);
}

/// Two layers x -> a -> h and `second` -> y, and whatever `more` adds.
template <typename More>
std::string chain_refusal(const std::string& second, const std::string& output, bool behind_glue, const More& more) {
  TestModel model;
  model.input("x", 3).output(output, 3).initializer("w", {3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1});
  model.initializer("v", {3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1});
  model.node("Gemm", {"x", "w"}, {"h"}, "first");
  model.node("Gemm", {second, "v"}, {"y"}, "second");
  more(model);
  const Graph graph = Graph::from_bytes(model.bytes(), "model");
  MemoryCarrier carrier;
  TeachOptions o = options(10, 5);
  o.recipe.behind_glue = behind_glue;
  return refusal([&] { static_cast<void>(teach(graph, internal::normal_matrix(30, 3, 1), o, carrier)); },
                 Errc::Unsupported);
}

class EveryPlacement : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(OfInnerBoundaries, EveryPlacement, testing::Bool(),
                         [](const auto& p) { return p.param ? "BehindTheGlue" : "BeforeTheGlue"; });

TEST_P(EveryPlacement, TeachesAChain) {
  EXPECT_EQ(chain_refusal("r", "y", GetParam(), [](TestModel& m) { m.node("Relu", {"h"}, {"r"}); }), "");
  EXPECT_EQ(chain_refusal("h", "p", GetParam(), [](TestModel& m) { m.node("Softmax", {"y"}, {"p"}); }), "");
}

TEST_P(EveryPlacement, RefusesASecondBranchFromTheInput) {
  EXPECT_NE(chain_refusal("x", "s", GetParam(), [](TestModel& m) { m.node("Add", {"h", "y"}, {"s"}); }), "");
}

TEST_P(EveryPlacement, RefusesASumAroundATransform) {
  EXPECT_NE(chain_refusal("s", "y", GetParam(), [](TestModel& m) { m.node("Add", {"h", "x"}, {"s"}); }), "");
  EXPECT_NE(chain_refusal("h", "s", GetParam(), [](TestModel& m) { m.node("Add", {"y", "h"}, {"s"}); }), "");
}

TEST_P(EveryPlacement, RefusesGlueThatIsNoFunctionOfSingleNumbers) {
  EXPECT_NE(chain_refusal("p", "y", GetParam(), [](TestModel& m) { m.node("Softmax", {"h"}, {"p"}); }).find("Softmax"),
            std::string::npos);
}

TEST(TeachCaptured, GivesTheSameRecordsAsTheGraphOfThatLayer) {
  const Graph graph = Graph::from_bytes(internal::random_mlp({6, 4}, "", 3), "layer");
  const auto inputs = internal::normal_matrix(200, 6, 1);
  const std::string tap = "y";
  const auto outputs = graph.run(inputs, std::span(&tap, 1)).at(tap);
  MemoryCarrier from_graph, from_captured;
  const Chain a = teach(graph, inputs, options(), from_graph),
              b = teach_captured(inputs, outputs, options(), from_captured);
  const StreamReader taught(from_graph), captured(from_captured);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(codec_hash(*a.codecs[i]), codec_hash(*b.codecs[i]));
    EXPECT_EQ(taught.boundaries()[i].entries, captured.boundaries()[i].entries);
  }
  EXPECT_EQ(taught.held_out(0).expected().entries, captured.held_out(0).expected().entries);
  EXPECT_TRUE(captured.network().empty());
  EXPECT_EQ(captured.descriptor().transforms.at(0).name, "small");
}

TEST(TeachCaptured, RefusesRowsThatDifferAndNumbersThatAreNone) {
  MemoryCarrier carrier;
  const auto said = [&](const Matrix<float>& in, const Matrix<float>& out, Errc wanted) {
    return refusal([&] { static_cast<void>(teach_captured(in, out, options(10, 5), carrier)); }, wanted);
  };
  const auto in = internal::normal_matrix(30, 3, 1);
  const auto differ = said(in, internal::normal_matrix(29, 2, 1), Errc::Mismatch);
  EXPECT_NE(differ.find("30"), std::string::npos);
  EXPECT_NE(differ.find("29"), std::string::npos);
  auto broken = internal::normal_matrix(30, 2, 1);
  broken(7, 1) = std::numeric_limits<float>::infinity();
  EXPECT_NE(said(in, broken, Errc::Format).find("captured outputs"), std::string::npos);
  EXPECT_NE(said(broken, in, Errc::Format).find("captured inputs"), std::string::npos);
}

TEST(Teach, ByPivotsTeachesOtherInputsThanAtRandomAndTheBestFirst) {
  const Graph graph = mlp();
  const auto inputs = internal::normal_matrix(300, 6, 1);
  const auto taught = [&](std::string selection, std::size_t examples) {
    TeachOptions how = options(examples);
    how.selection = std::move(selection);
    MemoryCarrier carrier;
    static_cast<void>(teach(graph, inputs, how, carrier));
    return rows(StreamReader(carrier).boundaries().front());
  };
  const auto many = taught("pivots", 40), few = taught("pivots", 20);
  EXPECT_NE(taught("random", 40), many);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
  EXPECT_EQ(std::set(many.begin(), many.end()).size(), 40U);
  EXPECT_THROW(static_cast<void>(taught("best", 20)), Error);
}

}  // namespace
}  // namespace assimilaate
