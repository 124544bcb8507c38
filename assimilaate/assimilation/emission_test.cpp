#include "assimilaate/assimilation/emission.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "assimilaate/assimilation/internal/test_transform.hpp"
#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {
namespace {

Matrix<float> normals(std::size_t rows, std::size_t cols, std::uint32_t salt) {
  const Random random(31, salt);
  Matrix<float> m(rows, cols);
  for (std::size_t i = 0; i < m.size(); ++i) m.values()[i] = static_cast<float>(random.normal(Purpose::Select, i));
  return m;
}

struct CodecChoice {
  std::string name;
  Settings settings;
};

class EveryAlignedCodec : public testing::TestWithParam<CodecChoice> {};

TEST_P(EveryAlignedCodec, EmitsWhatTheCodecEncodes) {
  const auto codec = fit_codec(GetParam().name, normals(400, 12, 1).view(), GetParam().settings, 1);
  ASSERT_TRUE(codec->axis_aligned());
  auto outputs = normals(500, 12, 2);
  for (float& v : outputs.values()) v *= 2;
  // Centroids themselves, and points midway between two of them: ties, which go to the lower address.
  for (std::size_t i = 0; i < 100; ++i) {
    std::size_t first = 0;
    for (std::size_t m = 0; m < codec->shape().spaces(); ++m) {
      const auto centroids = codec->centroids(m);
      const std::size_t a = i % centroids.rows(), b = i < 50 ? a : (a + 1) % centroids.rows();
      for (std::size_t k = 0; k < centroids.cols(); ++k)
        outputs(i, first + k) = 0.5F * (centroids(a, k) + centroids(b, k));
      first += centroids.cols();
    }
  }
  Matrix<Address> emitted(500, codec->shape().spaces()), encoded(500, codec->shape().spaces());
  make_emission("nearest", {}, codec)->emit(outputs.view(), emitted.view());
  codec->encode(outputs.view(), encoded.view());
  EXPECT_EQ(emitted, encoded);
}

INSTANTIATE_TEST_SUITE_P(Emission, EveryAlignedCodec,
                         testing::Values(CodecChoice{"grid", {}}, CodecChoice{"grid", {{"bits", 1}}},
                                         CodecChoice{"grid", {{"uniform", 1}, {"bits", 6}}},
                                         CodecChoice{"grid", {{"shared", 1}}}, CodecChoice{"pq", {{"sub", 3}}}),
                         [](const auto& choice) { return choice.param.name + std::to_string(choice.index); });

TEST(EmitNearest, SendsATieToTheLowerAddressAndFarValuesToTheEnds) {
  const auto codec = fit_codec("grid", normals(400, 1, 1).view(), {{"bits", 2}, {"uniform", 1}}, 1);
  const auto levels = codec->centroids(0);
  Matrix<float> outputs(5, 1);
  for (std::size_t a = 0; a < 3; ++a) outputs(a, 0) = 0.5F * (levels(a, 0) + levels(a + 1, 0));
  outputs(3, 0) = -1e30F;
  outputs(4, 0) = 1e30F;
  Matrix<Address> emitted(5, 1);
  make_emission("nearest", {}, codec)->emit(outputs.view(), emitted.view());
  for (const auto& [i, address] : {std::pair{0U, 0}, {1U, 1}, {2U, 2}, {3U, 0}, {4U, 3}})
    EXPECT_EQ(emitted(i, 0), address) << i;
}

TEST(EmitWinner, NamesTheLeadingLaneOfEachGroupAndTheLowerOneOfATie) {
  const auto winner = make_emission("winner", {}, test::addresses(7, 10));
  const auto& layout = winner->layout();  // six groups in the first tile, one in the second
  Matrix<float> outputs(2, layout.lanes());
  for (std::size_t g = 0; g < 7; ++g) outputs(0, layout.lane(g, (3 * g) % 10)) = 1;
  outputs(1, layout.lane(2, 4)) = outputs(1, layout.lane(2, 8)) = 1;
  Matrix<Address> emitted(2, 7);
  winner->emit(outputs.view(), emitted.view());
  for (std::size_t g = 0; g < 7; ++g) {
    EXPECT_EQ(emitted(0, g), static_cast<Address>((3 * g) % 10)) << g;
    EXPECT_EQ(emitted(1, g), g == 2 ? 4 : 0) << g;
  }
}

TEST(LaneLayout, OfWinnersKeepsGroupsWholeInsideATile) {
  for (const std::uint32_t size : {2U, 3U, 10U, 32U, 33U, 64U})
    for (const std::size_t groups : {1U, 2U, 7U, 50U}) {
      const auto layout = LaneLayout::winner(Shape(groups, size));
      std::set<std::size_t> lanes;
      for (std::size_t g = 0; g < groups; ++g) {
        EXPECT_EQ(layout.lane(g, 0) / tile_lanes, layout.lane(g, size - 1) / tile_lanes) << size << ' ' << g;
        for (std::size_t a = 0; a < size; ++a) lanes.insert(layout.lane(g, a));
      }
      EXPECT_EQ(lanes.size(), groups * size);
      EXPECT_EQ(*lanes.rbegin() + 1, layout.lanes());
      std::size_t counted = 0;
      for (std::size_t t = 0; t * tile_lanes < layout.lanes(); ++t) {
        const auto [first, count] = layout.groups(t);
        EXPECT_EQ(first, counted);
        if (count > 0) {
          EXPECT_EQ(layout.lane(first, 0), t * tile_lanes);
        }
        counted += count;
      }
      EXPECT_EQ(counted, groups);
    }
}

TEST(LaneLayout, OfWinnersRefusesGroupsThatAreTooLargeOrUnlike) {
  for (const Shape& shape : {Shape(2, 65), Shape({10, 10, 12})}) try {
      static_cast<void>(LaneLayout::winner(shape));
      ADD_FAILURE() << shape.text();
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Errc::Unsupported);
    }
}

TEST(LaneLayout, OfRegressionHasALanePerCoordinateAndRefusesAddressesWithoutAMetric) {
  const auto codec = fit_codec("pq", normals(400, 10, 1).view(), {{"sub", 4}}, 1);
  EXPECT_EQ(LaneLayout::regression(codec->shape(), *codec).lanes(), 10U);
  const auto plain = test::addresses(3, 4);
  EXPECT_THROW(static_cast<void>(LaneLayout::regression(plain->shape(), *plain)), Error);
}

/// Codes of five dimensions that any emission can be made for.
CodecPtr codes() {
  static const CodecPtr shared = fit_codec("grid", normals(400, 5, 1).view(), {{"bits", 3}}, 1);
  return shared;
}

class EveryEmission : public testing::TestWithParam<const EmissionKind*> {
 protected:
  [[nodiscard]] static std::unique_ptr<Emission> emission(const Settings& settings = {}) {
    return make_emission(GetParam()->name, settings, codes());
  }
};

TEST_P(EveryEmission, SaysAnAddressOfEverySpaceOrNone) {
  const auto e = emission();
  const auto outputs = normals(200, e->layout().lanes(), 3);
  Matrix<Address> aats(200, codes()->shape().spaces(), 99);
  e->emit(outputs.view(), aats.view());
  check_addresses(codes()->shape(), std::as_const(aats).view());
  EXPECT_GT(e->decisions(), 0U);
}

TEST_P(EveryEmission, RanksTheLanesOfAGroupAndEmitsTheFirst) {
  const auto e = emission();
  const auto& layout = e->layout();
  const auto outputs = normals(200, layout.lanes(), 4);
  Matrix<Address> aats(200, codes()->shape().spaces());
  e->emit(outputs.view(), aats.view());
  for (std::size_t i = 0; i < outputs.rows(); ++i)
    for (std::size_t g = 0; g < aats.cols(); ++g) {
      if (layout.regression()) {
        EXPECT_TRUE(e->ranked(outputs.row(i)).empty());
        continue;
      }
      const auto lanes = outputs.row(i).subspan(layout.lane(g, 0), layout.group_size());
      const auto ranked = e->ranked(lanes);
      EXPECT_EQ(aats(i, g), ranked.empty() ? None : ranked.front());
      for (std::size_t k = 0; k + 1 < ranked.size(); ++k)
        EXPECT_GE(lanes[static_cast<std::size_t>(ranked[k])], lanes[static_cast<std::size_t>(ranked[k + 1])]);
    }
}

TEST_P(EveryEmission, DoesNotDependOnWhatElseIsInTheBlock) {
  const auto e = emission();
  const auto outputs = normals(100, e->layout().lanes(), 5);
  Matrix<Address> all(100, codes()->shape().spaces()), one(1, codes()->shape().spaces());
  e->emit(outputs.view(), all.view());
  for (const std::size_t i : {0U, 57U, 99U}) {
    e->emit(outputs.slice(i, 1), one.view());
    EXPECT_TRUE(std::ranges::equal(one.row(0), all.row(i))) << i;
  }
}

TEST_P(EveryEmission, LearnsWithARuleOfItsLanesAndRefusesOthers) {
  const auto map = test::linear_map({.inputs = 4, .outputs = 2, .examples = 100, .held_out = 100, .bits_out = 1});
  const bool regression = emission()->layout().regression();
  for (const std::string_view rule : {"nlms", "margin"}) {
    Profile profile = test::profile_of("float");
    profile.rule = rule;
    profile.emission = GetParam()->name;
    try {
      LaneBank bank({"map", map.input, map.output, {}, 0}, profile);
      EXPECT_EQ(rule == "nlms", regression);
      StoredExamples source(map.examples);
      // One bit of a linear map; half would come out right by chance.
      EXPECT_GT(assimilate(bank, source, map.held_out, {.passes = 30}).agreement, 0.8);
      Events events;
      static_cast<void>(bank.infer(map.held_out.inputs(), 0, events));
      EXPECT_EQ(events.comparisons, 100 * bank.emission().decisions());
    } catch (const Error& e) {
      EXPECT_NE(rule == "nlms", regression) << e.what();
      EXPECT_EQ(e.code(), Errc::Usage);
      EXPECT_NE(std::string(e.what()).find(regression ? "use winner" : "use nearest"), std::string::npos) << e.what();
    }
  }
}

TEST_P(EveryEmission, RefusesSettingsThatItDoesNotHaveOrThatAreOutOfRange) {
  EXPECT_THROW(static_cast<void>(emission({{"spin", 1}})), Error);
  for (const Field& field : GetParam()->fields)
    for (const double value : {field.low - 1, field.high + 1})
      EXPECT_THROW(static_cast<void>(emission({{std::string(field.name), value}})), Error) << field.name << value;
}

INSTANTIATE_TEST_SUITE_P(Emissions, EveryEmission,
                         testing::ValuesIn(emission_catalogue().begin(), emission_catalogue().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

TEST(Emission, OfAnUnknownNameIsRefused) {
  EXPECT_THROW(static_cast<void>(make_emission("loudest", {}, codes())), Error);
}

TEST(Emission, CountsWhatItsComparatorsDecide) {
  const auto decisions = [](std::string_view name, const Settings& settings = {}) {
    return make_emission(name, settings, codes())->decisions();
  };
  EXPECT_EQ(decisions("nearest"), 5U * 3);  // eight levels are told apart in three
  EXPECT_EQ(decisions("winner"), 5U * 7);
  EXPECT_EQ(decisions("rank_cut"), 5U * (7 + 1));
  EXPECT_EQ(decisions("rank_cut", {{"most", 3}}), 5U * (8 + 7 + 6));
  EXPECT_EQ(decisions("rank_cut", {{"most", 64}}), 5U * 36);  // no more ranks than lanes
}

TEST(RankCutEmission, SaysNothingWhereNoLaneIsAboveItsThreshold) {
  const auto e = make_emission("rank_cut", {{"threshold", 0.25}}, test::addresses(3, 4));
  Matrix<float> outputs(1, e->layout().lanes(), -1.0F);
  outputs(0, e->layout().lane(0, 2)) = 0.5F;
  outputs(0, e->layout().lane(1, 2)) = 0.25F;
  Matrix<Address> aats(1, 3);
  e->emit(outputs.view(), aats.view());
  EXPECT_EQ(aats(0, 0), 2);
  EXPECT_EQ(aats(0, 1), None);
  EXPECT_EQ(aats(0, 2), None);
}

TEST(RankCutEmission, LetsTheHighestThroughInOrderAndNoMoreThanItsMost) {
  const std::vector lanes{0.1F, 0.5F, -0.3F, 0.5F};
  const auto ranked = [&](double threshold, double most) {
    return make_emission("rank_cut", {{"threshold", threshold}, {"most", most}}, test::addresses(3, 4))->ranked(lanes);
  };
  EXPECT_EQ(ranked(0, 4), (std::vector<Address>{1, 3, 0}));
  EXPECT_EQ(ranked(-1, 2), (std::vector<Address>{1, 3}));
  EXPECT_EQ(ranked(0.1, 4), (std::vector<Address>{1, 3}));
  EXPECT_EQ(ranked(0.5, 4), std::vector<Address>{});
}

}  // namespace
}  // namespace assimilaate
