#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

/// Independent normals; every fourth dimension ten times as wide.
Matrix<float> uneven(std::size_t rows, std::size_t dims) {
  const Random random(41, 0);
  Matrix<float> vectors(rows, dims);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t d = 0; d < dims; ++d)
      vectors(i, d) = static_cast<float>((d % 4 == 0 ? 10 : 1) * random.normal(Purpose::Select, d, i));
  return vectors;
}

Matrix<float> decoded(const Codec& codec, const Matrix<float>& vectors) {
  Matrix<Address> aats(vectors.rows(), codec.shape().spaces());
  codec.encode(vectors.view(), aats.view());
  Matrix<float> back(vectors.rows(), vectors.cols());
  codec.decode(aats.view(), back.view());
  return back;
}

TEST(Opq, PadsToAPowerOfTwoAndPaysASeedForIt) {
  const auto vectors = uneven(100, 12);
  const auto opq = fit_codec("opq", vectors.view(), {{"sub", 2}, {"bits", 3}}, 1);
  EXPECT_EQ(opq->shape(), Shape(8, 8));
  EXPECT_EQ(opq->dims(), 12U);
  EXPECT_EQ(opq->mean().size(), 16U);
  EXPECT_EQ(opq->codebook_bits(), 16U * (16 + 16 * 8) + 64);
  EXPECT_FALSE(opq->axis_aligned());
  EXPECT_NE(codec_hash(*opq), codec_hash(*fit_codec("opq", vectors.view(), {{"sub", 2}, {"bits", 3}}, 2)));
}

TEST(Opq, BringsBackVectorsUpToItsDistortion) {
  // Rotated coordinates are alike, and a quantiser of a bit a dimension loses at most what one bit of each dimension by
  // itself does: 1 - 2/pi = .363 of a normal. k-means of 16 in four dimensions finds that product or better.
  const auto vectors = uneven(2000, 16);
  const auto opq = fit_codec("opq", vectors.view(), {}, 1);
  EXPECT_LT(opq->distortion(), 0.363);
  double lost = 0, all = 0;
  const auto back = decoded(*opq, vectors);
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    lost += std::pow(vectors.values()[i] - back.values()[i], 2);
    all += std::pow(vectors.values()[i], 2);
  }
  EXPECT_NEAR(lost / all, opq->distortion(), 0.01);  // the means are within 10 / sqrt(2000) of zero
}

TEST(Opq, NeitherGainsNorLosesOnNormalsOfWhicheverSpread) {
  // Every run gets the same bits, so that a book loses a share of its run's variance that depends on the distribution
  // in the run alone; here it is four alike before, and after, when each coordinate is a combination of the same four.
  const Random random(42, 0);
  Matrix<float> vectors(4000, 16);
  for (std::size_t i = 0; i < vectors.rows(); ++i)
    for (std::size_t d = 0; d < 16; ++d)
      vectors(i, d) = static_cast<float>((d < 4 ? 10 : 0.1) * random.normal(Purpose::Select, d, i));
  const double opq = fit_codec("opq", vectors.view(), {}, 1)->distortion();
  const double pq = fit_codec("pq", vectors.view(), {}, 1)->distortion();
  EXPECT_NEAR(opq, pq, 0.03 * pq);  // k-means ends in optima that differ by a percent or two
}

TEST(Opq, LosesWhatNeighboursHadInCommon) {
  // Runs of four equal numbers: 4 bits on one normal lose .0095 to pq (Max 1960). Random signs make them unequal before
  // the rotation mixes them, so that a run has several numbers to code with its 4 bits.
  const Random random(43, 0);
  Matrix<float> vectors(2000, 16);
  for (std::size_t i = 0; i < vectors.rows(); ++i)
    for (std::size_t d = 0; d < 16; ++d) vectors(i, d) = static_cast<float>(random.normal(Purpose::Select, d / 4, i));
  EXPECT_GT(fit_codec("opq", vectors.view(), {}, 1)->distortion(),
            2 * fit_codec("pq", vectors.view(), {}, 1)->distortion());
}

TEST(Opq, RefusesABookOfAnotherSize) {
  const auto& kind = find_entry("codec", codec_catalogue(), "opq");
  auto body = fit_codec("opq", uneven(100, 12).view(), {}, 1)->body();
  body[0] = std::byte{17};  // dimensions that rotate to 32
  try {
    (void)kind.restore(body);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Format);
    EXPECT_STREQ(e.what(), "codec opq: 17 dimensions rotate to 32, its book has 16 (corrupt file)");
  }
}

}  // namespace
}  // namespace assimilaate
