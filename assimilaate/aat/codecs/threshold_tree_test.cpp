#include "assimilaate/aat/threshold_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

Matrix<float> normals(std::size_t rows, std::size_t dims) {
  const Random random(61, 0);
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

TEST(ThresholdTreeCodec, AsksTheSettledTreeOfItsDimension) {
  const auto vectors = normals(500, 2);
  const auto aats = codes_of(*fit_codec("threshold_tree", vectors.view(), {}, 1), vectors);
  for (std::size_t d = 0; d < 2; ++d) {
    std::vector<float> column;
    for (std::size_t i = 0; i < 500; ++i) column.push_back(vectors(i, d));
    std::ranges::sort(column);
    const auto tree = ThresholdTree::settled(4, column);
    const auto borders = tree.borders();
    for (std::size_t i = 0; i < 500; ++i) {
      const double x = vectors(i, d);
      // A threshold at half precision is off by at most 2^-11 of itself.
      if (std::ranges::any_of(borders, [&](double b) { return std::abs(x - b) <= std::abs(b) * 0x1p-11; })) continue;
      EXPECT_EQ(aats(i, d), tree.encode(x)) << x;
    }
  }
}

TEST(ThresholdTreeCodec, GivesItsUpperLeafWhatEqualsAThreshold) {
  Matrix<float> vectors(4, 1);
  std::ranges::copy(std::vector<float>{0, 2, 4, 6}, vectors.values().begin());  // thresholds 3; 1, 5
  const auto codec = fit_codec("threshold_tree", vectors.view(), {{"bits", 2}}, 1);
  Matrix<float> asked(6, 1);
  std::ranges::copy(std::vector<float>{1, std::nextafter(1.0F, 0.0F), 3, std::nextafter(3.0F, 0.0F), 5, 4.9F},
                    asked.values().begin());
  const auto aats = codes_of(*codec, asked);
  EXPECT_EQ(std::vector<Address>(aats.values().begin(), aats.values().end()), (std::vector<Address>{1, 0, 2, 1, 3, 2}));
  for (std::size_t a = 0; a < 4; ++a) EXPECT_EQ(codec->centroids(0)(a, 0), 2.0F * static_cast<float>(a));
  EXPECT_EQ(codec->codebook_bits(), 16U * (1 + 3 + 4));
}

TEST(ThresholdTreeCodec, ABitTakesTwoOverPiOfANormalAndLloydTakesNoLess) {
  // Var E[x | sign x] = 2/pi; the sampling error of the variance of 20 000 is sqrt(2/n) = .01.
  const auto vectors = normals(20'000, 1);
  EXPECT_NEAR(fit_codec("threshold_tree", vectors.view(), {{"bits", 1}}, 1)->distortion(), 1 - 2 / M_PI, 0.01);
  for (const double bits : {2, 3, 4, 5}) {
    const double tree = fit_codec("threshold_tree", vectors.view(), {{"bits", bits}}, 1)->distortion();
    EXPECT_GT(tree, 0.999 * fit_codec("grid", vectors.view(), {{"bits", bits}}, 1)->distortion()) << bits;
    EXPECT_LT(tree, std::pow(1 - 2 / M_PI, bits)) << bits;  // the first bit leaves the least smooth halves
  }
}

TEST(ThresholdTreeCodec, TakesConstantDimensionsOfAnySize) {
  for (const float value : {0.0F, 1.0F, -3.7F, 1e-20F, 60'000.0F, 1e30F, -1e30F}) {
    const Matrix<float> vectors(20, 3, value);
    const auto codec = fit_codec("threshold_tree", vectors.view(), {{"bits", 8}}, 1);
    const auto levels = codec->centroids(0);
    for (std::size_t a = 1; a < levels.rows(); ++a) EXPECT_GT(levels(a, 0), levels(a - 1, 0)) << value;
    (void)find_entry("codec", codec_catalogue(), "threshold_tree").restore(codec->body());
    if (std::abs(value) > 65'504.0F) continue;  // beyond what a half holds
    Matrix<float> decoded(20, 3);
    codec->decode(codes_of(*codec, vectors).view(), decoded.view());
    for (const float v : decoded.values()) EXPECT_NEAR(v, value, std::abs(value) / 1000 + 1e-4);
  }
}

TEST(ThresholdTreeCodec, RefusesLevelsOutsideTheirLeaves) {
  const auto& kind = find_entry("codec", codec_catalogue(), "threshold_tree");
  auto body = fit_codec("threshold_tree", normals(100, 1).view(), {{"bits", 1}}, 1)->body();
  std::swap(body[body.size() - 4], body[body.size() - 2]);
  std::swap(body[body.size() - 3], body[body.size() - 1]);
  try {
    (void)kind.restore(body);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Format);
    EXPECT_STREQ(e.what(), "codec threshold_tree: threshold 0 of dimension 0 does not part its leaves (corrupt file)");
  }
}

}  // namespace
}  // namespace assimilaate
