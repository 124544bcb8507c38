#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/aat/internal/slot_book.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

/// Normals times a loudness of e^0 ... e^2 per vector.
Matrix<float> normals(std::size_t rows, std::size_t dims, double loud = 0) {
  const Random random(71, 0);
  Matrix<float> vectors(rows, dims);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t d = 0; d < dims; ++d)
      vectors(i, d) = static_cast<float>(std::exp(loud * random.uniform(Purpose::Shuffle, i)) *
                                         random.normal(Purpose::Select, d, i));
  return vectors;
}

Matrix<float> decoded(const Codec& codec, const Matrix<float>& vectors) {
  Matrix<Address> aats(vectors.rows(), codec.shape().spaces());
  codec.encode(vectors.view(), aats.view());
  Matrix<float> back(vectors.rows(), vectors.cols());
  codec.decode(aats.view(), back.view());
  return back;
}

TEST(Slots, AreHalfTheRotatedCoordinatesAndANorm) {
  const auto codec = fit_codec("slots", normals(100, 12).view(), {{"bits", 2}, {"books", 2}}, 1);
  EXPECT_EQ(codec->shape().text(), "8x16,1x256");
  EXPECT_EQ(codec->mean().size(), 16U);
  EXPECT_EQ(codec->codebook_bits(), 16U * (16 + 2 + 2) + 8 * 1 + 64);
  EXPECT_FALSE(codec->axis_aligned());
  for (std::size_t m = 0; m < 9; ++m) EXPECT_EQ(codec->centroids(m).size(), 0U);
}

TEST(Slots, TheCompanderHasTheQuantilesOfANormal) {
  const auto steps = internal::compander(4);  // of 1/8, 3/8, 5/8, 7/8
  EXPECT_NEAR(steps[3], 1.15035, 1e-5);
  EXPECT_NEAR(steps[2], 0.31864, 1e-5);
  EXPECT_NEAR(steps[0], -steps[3], 1e-6);
  EXPECT_NEAR(steps[1], -steps[2], 1e-6);
}

TEST(Slots, ComeCloseToTheBestGridOfANormal) {
  // Max 1960: .3634, .1175, .03454, .009497. The best compander of this kind, its width free, costs at most a tenth
  // more.
  const auto vectors = normals(2000, 64);
  double bits = 1;
  for (const double least : {0.3634, 0.1175, 0.03454, 0.009497}) {
    const double lost = fit_codec("slots", vectors.view(), {{"bits", bits++}}, 1)->distortion();
    EXPECT_GT(lost, 0.9 * least);  // a norm known beside is worth 1 / 64 of a bit or so
    EXPECT_LT(lost, 1.15 * least);
  }
}

TEST(Slots, CodeLoudAndSoftVectorsAlike) {
  const auto vectors = normals(2000, 64, 4);
  const auto codec = fit_codec("slots", vectors.view(), {}, 1);
  const auto back = decoded(*codec, vectors);
  double worst = 0;
  for (std::size_t i = 0; i < vectors.rows(); ++i) {
    double lost = 0, all = 0;
    for (std::size_t d = 0; d < 64; ++d) {
      lost += std::pow(vectors(i, d) - back(i, d), 2);
      all += std::pow(vectors(i, d), 2);
    }
    worst = std::max(worst, lost / all);
  }
  // .0345 on the average; a vector of 64 strays by a fifth of it or so, one in two thousand four times that; and the
  // mean of all, which moves soft vectors, is a hundredth of the loud ones' deviation.
  EXPECT_LT(worst, 0.12);
}

TEST(Slots, ShareTheirScalesOutBySpread) {
  // A constant vector but for one coordinate rotates evenly; slots of one dimension's pair do not.
  Matrix<float> vectors = normals(1000, 2);
  for (std::size_t i = 0; i < 1000; ++i) vectors(i, 1) = 0;
  const auto codec = fit_codec("slots", vectors.view(), {{"books", 1}, {"bits", 4}}, 1);
  EXPECT_LT(codec->distortion(), 0.02);
}

TEST(Slots, TakesVectorsOfNothingAndOfOneNumber) {
  const auto silent = fit_codec("slots", Matrix<float>(20, 5).view(), {}, 1);
  const auto back = decoded(*silent, Matrix<float>(20, 5));
  for (const float v : back.values()) EXPECT_NEAR(v, 0, 1e-30);
  const auto single = normals(500, 1);
  EXPECT_LT(fit_codec("slots", single.view(), {}, 1)->distortion(), 0.05);
  (void)find_entry("codec", codec_catalogue(), "slots").restore(silent->body());
}

TEST(Slots, SaySoOfASilentSlotAndASilentNorm) {
  const auto vectors = normals(100, 8);
  const auto codec = fit_codec("slots", vectors.view(), {}, 1);
  Matrix<Address> aats(100, 5);
  codec->encode(vectors.view(), aats.view());
  Matrix<float> all(100, 8), without(100, 8);
  codec->decode(aats.view(), all.view());
  for (std::size_t i = 0; i < 50; ++i) aats(i, 4) = None;
  for (std::size_t i = 50; i < 100; ++i) aats(i, 0) = None;
  codec->decode(aats.view(), without.view());
  for (std::size_t i = 0; i < 100; ++i) {
    const auto energy = [&](const Matrix<float>& of) {
      double sum = 0;
      for (const float v : of.row(i)) sum += v * v;
      return sum;
    };
    if (i < 50)
      EXPECT_EQ(energy(without), 0);
    else
      EXPECT_LT(energy(without), energy(all));
  }
}

TEST(Slots, RefuseANormOrAScaleThatIsNone) {
  const auto& kind = find_entry("codec", codec_catalogue(), "slots");
  const auto body = fit_codec("slots", normals(100, 8).view(), {}, 1)->body();
  const auto refused = [&](std::size_t at) {
    auto forged = body;
    forged[at] = std::byte{0xf0};  // the upper half of a number below zero, or a number of no scale
    try {
      (void)kind.restore(forged);
      ADD_FAILURE() << at;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Errc::Format) << at;
    }
  };
  refused(26 + 1);           // lowest norm
  refused(26 + 3);           // step
  refused(26 + 4 + 16 + 1);  // first scale
  refused(body.size() - 1);  // last choice
}

}  // namespace
}  // namespace assimilaate
