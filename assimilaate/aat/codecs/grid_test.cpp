#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/core/half.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

Matrix<float> normals(std::size_t rows, std::size_t dims, double mean = 0, double deviation = 1) {
  const Random random(21, 0);
  Matrix<float> vectors(rows, dims);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t d = 0; d < dims; ++d)
      vectors(i, d) = static_cast<float>(mean + deviation * random.normal(Purpose::Select, d, i));
  return vectors;
}

bool rises(MatrixView<const float> centroids) {
  for (std::size_t a = 1; a < centroids.rows(); ++a)
    if (!(centroids(a, 0) > centroids(a - 1, 0))) return false;
  return true;
}

TEST(Grid, AConstantDimensionKeepsDistinctLevelsAroundItsValue) {
  for (const float value : {0.0F, 1.0F, -3.7F, 1e-20F, 60'000.0F, 1e30F})
    for (const double shared : {0.0, 1.0}) {
      const Matrix<float> vectors(20, 3, value);
      const auto codec = fit_codec("grid", vectors.view(), {{"bits", 8}, {"shared", shared}}, 1);
      EXPECT_TRUE(rises(codec->centroids(0))) << value << ' ' << shared;
      Matrix<Address> aats(20, 3);
      codec->encode(vectors.view(), aats.view());
      if (value > 65'504.0F) continue;  // beyond what a half holds
      Matrix<float> decoded(20, 3);
      codec->decode(aats.view(), decoded.view());
      for (const float v : decoded.values()) EXPECT_NEAR(v, value, std::abs(value) / 1000 + 1e-4);
    }
}

TEST(Grid, LevelsAreHalvesUnlessShared) {
  const auto codec = fit_codec("grid", normals(500, 4).view(), {}, 1);
  for (std::size_t m = 0; m < 4; ++m)
    for (std::size_t a = 0; a < 16; ++a) EXPECT_EQ(round_to_half(codec->centroids(m)(a, 0)), codec->centroids(m)(a, 0));
  EXPECT_EQ(codec->codebook_bits(), 4U * (16 + 1) * 16);
}

TEST(Grid, ASharedGridCostsTwoNumbersADimensionAndOneBook) {
  auto vectors = normals(2000, 8);
  for (std::size_t i = 0; i < vectors.rows(); ++i)
    for (std::size_t d = 0; d < 8; ++d)
      vectors(i, d) = vectors(i, d) * static_cast<float>(d + 1) + static_cast<float>(d);
  const auto shared = fit_codec("grid", vectors.view(), {{"shared", 1}}, 1);
  const auto own = fit_codec("grid", vectors.view(), {}, 1);
  EXPECT_EQ(shared->codebook_bits(), 16U * (2 * 8 + 16));
  EXPECT_LT(shared->distortion(), 1.1 * own->distortion());  // all dimensions are normal: one grid fits them all
}

TEST(Grid, EvenLevelsAreEvenlySpaced) {
  const auto codec = fit_codec("grid", normals(5000, 1).view(), {{"uniform", 1}, {"bits", 3}}, 1);
  const auto levels = codec->centroids(0);
  const float step = (levels(7, 0) - levels(0, 0)) / 7;
  for (std::size_t a = 1; a < 8; ++a) EXPECT_NEAR(levels(a, 0) - levels(a - 1, 0), step, 0.01F * step);
}

TEST(Grid, ARotationFollowsTheSeedAndPadsToAPowerOfTwo) {
  const auto vectors = normals(200, 12);
  const auto fit = [&](std::uint64_t seed) { return fit_codec("grid", vectors.view(), {{"hadamard", 1}}, seed); };
  EXPECT_EQ(fit(1)->shape(), Shape(16, 16));
  EXPECT_FALSE(fit(1)->axis_aligned());
  EXPECT_EQ(codec_hash(*fit(1)), codec_hash(*fit(1)));
  EXPECT_NE(codec_hash(*fit(1)), codec_hash(*fit(2)));
}

TEST(Grid, ARotationSharesOneLoudInputAmongAllSpaces) {
  auto vectors = normals(500, 16, 0, 0.01);
  for (std::size_t i = 0; i < vectors.rows(); ++i) vectors(i, 5) *= 1000;
  const auto codec = fit_codec("grid", vectors.view(), {{"hadamard", 1}, {"bits", 2}}, 1);
  Matrix<Address> aats(500, 16);
  codec->encode(vectors.view(), aats.view());
  for (std::size_t m = 0; m < 16; ++m) {
    std::array<int, 4> counts{};
    for (std::size_t i = 0; i < 500; ++i) ++counts[static_cast<std::size_t>(aats(i, m))];
    EXPECT_GT(*std::ranges::min_element(counts), 20) << "space " << m << " carries the loud input";
  }
}

}  // namespace
}  // namespace assimilaate
