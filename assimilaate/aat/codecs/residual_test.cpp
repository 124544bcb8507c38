#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

Matrix<float> normals(std::size_t rows, std::size_t dims) {
  const Random random(51, 0);
  Matrix<float> vectors(rows, dims);
  for (std::size_t i = 0; i < vectors.size(); ++i)
    vectors.values()[i] = static_cast<float>(random.normal(Purpose::Select, i));
  return vectors;
}

Matrix<Address> codes_of(const Codec& codec, const Matrix<float>& vectors) {
  Matrix<Address> aats(vectors.rows(), codec.shape().spaces());
  codec.encode(vectors.view(), aats.view());
  return aats;
}

TEST(Residual, OneStageIsProductQuantisation) {
  const auto vectors = normals(300, 8);
  const auto one = fit_codec("residual", vectors.view(), {{"stages", 1}}, 1);
  const auto pq = fit_codec("pq", vectors.view(), {}, 1);
  EXPECT_EQ(codes_of(*one, vectors), codes_of(*pq, vectors));
  EXPECT_NEAR(one->distortion(), pq->distortion(), 1e-6);
  EXPECT_EQ(one->codebook_bits(), pq->codebook_bits());
}

TEST(Residual, StandsStageAfterStageAndHasNoCoordinatesOfItsOwn) {
  const auto vectors = normals(300, 10);
  const auto codec = fit_codec("residual", vectors.view(), {{"stages", 3}, {"bits", 3}}, 1);
  EXPECT_EQ(codec->shape(), Shape(9, 8));
  for (std::size_t m = 0; m < 9; ++m) EXPECT_EQ(codec->centroids(m).size(), 0U);
  EXPECT_EQ(codec->mean().size(), 10U);
  // The tuple without its later stages decodes to what the first alone says; the later stages add to it.
  auto aats = codes_of(*codec, vectors);
  Matrix<float> all(300, 10), first(300, 10), later(300, 10);
  codec->decode(aats.view(), all.view());
  auto head = aats, tail = aats;
  for (std::size_t i = 0; i < 300; ++i) {
    std::ranges::fill(head.row(i).subspan(3), None);
    std::ranges::fill(tail.row(i).first(3), None);
  }
  codec->decode(head.view(), first.view());
  codec->decode(tail.view(), later.view());
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_NEAR(all.values()[i], first.values()[i] + later.values()[i], 1e-5);
}

TEST(Residual, EveryStageOfABitADimensionTakesAtLeastHalfOfWhatIsLeft) {
  // One bit halves the error of the worst smooth density (uniform: to a quarter) and of a normal (to .363); k-means in
  // four dimensions is no worse than the product, and the second stage sees mixtures of the first's cells.
  const auto vectors = normals(4000, 4);
  double before = 1;
  for (const double stages : {1, 2, 3}) {
    const double distortion = fit_codec("residual", vectors.view(), {{"stages", stages}}, 1)->distortion();
    EXPECT_LT(distortion, 0.5 * before) << stages;
    before = distortion;
  }
}

TEST(Residual, LosesMoreThanOneBookOfAllItsBitsWhichCostsMore) {
  const auto vectors = normals(4000, 4);
  const auto staged = fit_codec("residual", vectors.view(), {{"stages", 2}}, 1);
  const auto whole = fit_codec("pq", vectors.view(), {{"bits", 8}}, 1);
  EXPECT_GT(staged->distortion(), whole->distortion());
  EXPECT_LT(4 * staged->codebook_bits(), whole->codebook_bits());
}

TEST(Residual, RefusesStagesThatDoNotFitEachOther) {
  const auto& kind = find_entry("codec", codec_catalogue(), "residual");
  const auto small = fit_codec("residual", normals(100, 8).view(), {{"stages", 1}}, 1)->body();
  const auto wide = fit_codec("residual", normals(100, 12).view(), {{"stages", 1}}, 1)->body();
  auto both = small;
  both[0] = std::byte{2};
  both.insert(both.end(), wide.begin() + 1 + sizeof(double), wide.end());
  try {
    (void)kind.restore(both);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Format);
    EXPECT_STREQ(e.what(), "codec residual: stage 1 is 3x16 of 12 dimensions, the first 2x16 of 8 (corrupt file)");
  }
}

TEST(Residual, OfSeveralStagesTakesNoFunctionOfItsParts) {
  Matrix<float> x(64, 8);
  for (std::size_t i = 0; i < x.size(); ++i) x.values()[i] = static_cast<float>((i * 37) % 101);
  EXPECT_TRUE(fit_codec("residual", x.view(), {{"sub", 4}, {"bits", 2}, {"stages", 1}}, 1)->axis_aligned());
  EXPECT_FALSE(fit_codec("residual", x.view(), {{"sub", 4}, {"bits", 2}, {"stages", 2}}, 1)->axis_aligned());
}

}  // namespace
}  // namespace assimilaate
