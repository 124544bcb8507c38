#include <gtest/gtest.h>

#include <limits>

#include "assimilaate/aat/codec.hpp"

namespace assimilaate {
namespace {

TEST(AddressCodec, PassesWholeNumbersThrough) {
  Matrix<float> vectors(1, 3);
  vectors(0, 1) = 1;
  vectors(0, 2) = 65'535;
  const auto codec = fit_codec("address", vectors.view(), {{"addresses", 65'536}}, 1);
  EXPECT_EQ(codec->shape(), Shape(3, 65'536));
  Matrix<Address> aats(1, 3);
  codec->encode(vectors.view(), aats.view());
  EXPECT_EQ(aats(0, 2), 65'535);
  Matrix<float> decoded(1, 3);
  codec->decode(aats.view(), decoded.view());
  EXPECT_EQ(decoded, vectors);
  EXPECT_EQ(codec->centroids(0).size(), 0U);
  EXPECT_TRUE(codec->mean().empty());
  EXPECT_EQ(codec->codebook_bits(), 0U);
}

TEST(AddressCodec, RefusesWhatIsNoAddress) {
  const Matrix<float> good(2, 2);
  const auto codec = fit_codec("address", good.view(), {{"addresses", 10}}, 1);
  Matrix<Address> aats(2, 2);
  for (const float bad : {0.5F, -1.0F, 10.0F, 1e30F}) {
    auto vectors = good;
    vectors(1, 1) = bad;
    EXPECT_THROW(codec->encode(vectors.view(), aats.view()), Error) << bad;
    EXPECT_THROW((void)fit_codec("address", vectors.view(), {{"addresses", 10}}, 1), Error) << bad;
  }
}

}  // namespace
}  // namespace assimilaate
