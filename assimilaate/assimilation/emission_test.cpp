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

}  // namespace
}  // namespace assimilaate
