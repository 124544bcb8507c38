#include <gtest/gtest.h>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/core/half.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

Matrix<float> normals(std::size_t rows, std::size_t dims) {
  const Random random(31, 0);
  Matrix<float> vectors(rows, dims);
  for (std::size_t i = 0; i < vectors.size(); ++i)
    vectors.values()[i] = static_cast<float>(random.normal(Purpose::Select, i));
  return vectors;
}

TEST(Pq, TheLastSpaceTakesTheDimensionsThatAreLeft) {
  const auto codec = fit_codec("pq", normals(100, 10).view(), {{"sub", 4}, {"bits", 3}}, 1);
  EXPECT_EQ(codec->shape(), Shape(3, 8));
  EXPECT_EQ(codec->centroids(0).cols(), 4U);
  EXPECT_EQ(codec->centroids(2).cols(), 2U);
  EXPECT_EQ(codec->codebook_bits(), 16U * (10 + 10 * 8));
  for (std::size_t s = 0; s < 3; ++s)
    for (std::size_t a = 0; a < 8; ++a)
      for (const float v : codec->centroids(s).row(a)) EXPECT_EQ(round_to_half(v), v);
}

TEST(Pq, FollowsItsSeed) {
  const auto vectors = normals(200, 8);
  EXPECT_NE(codec_hash(*fit_codec("pq", vectors.view(), {}, 1)), codec_hash(*fit_codec("pq", vectors.view(), {}, 2)));
}

TEST(Pq, OneDimensionASpaceNearlyReachesTheOptimalScalarQuantiser) {
  const auto vectors = normals(4000, 2);
  const auto pq = fit_codec("pq", vectors.view(), {{"sub", 1}, {"iterations", 100}}, 1);
  const auto grid = fit_codec("grid", vectors.view(), {}, 1);
  EXPECT_LT(pq->distortion(), 1.5 * grid->distortion());
  EXPECT_GT(pq->distortion(), 0.98 * grid->distortion());
}

TEST(Pq, RefusesFewerVectorsThanCentroids) {
  try {
    (void)fit_codec("pq", normals(15, 4).view(), {}, 1);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Usage);
    EXPECT_STREQ(e.what(), "codec pq: 15 vectors are too few for 16 centroids (give more vectors or fewer bits)");
  }
  EXPECT_EQ(fit_codec("pq", normals(16, 4).view(), {}, 1)->distortion() < 1e-5, true);
}

TEST(Pq, TakesConstantDimensions) {
  const Matrix<float> vectors(50, 6, 2.0F);
  const auto codec = fit_codec("pq", vectors.view(), {}, 1);
  Matrix<Address> aats(50, 2);
  codec->encode(vectors.view(), aats.view());
  Matrix<float> decoded(50, 6);
  codec->decode(aats.view(), decoded.view());
  for (const float v : decoded.values()) EXPECT_NEAR(v, 2, 0.01);
}

}  // namespace
}  // namespace assimilaate
