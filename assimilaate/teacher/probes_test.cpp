#include "assimilaate/teacher/probes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

double inner(std::span<const float> a, std::span<const float> b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

TEST(Probes, WalshProbesDriveEveryLineFullyAndAreOrthogonal) {
  const auto probes = walsh_probes(64, 20, 1);
  for (const float v : probes.values()) EXPECT_EQ(std::abs(v), 1);
  for (std::size_t i = 0; i < 20; ++i)
    for (std::size_t k = 0; k < 20; ++k) EXPECT_EQ(inner(probes.row(i), probes.row(k)), i == k ? 64 : 0);
  EXPECT_EQ(probes, walsh_probes(64, 20, 1));
  EXPECT_NE(probes, walsh_probes(64, 20, 2));
}

TEST(Probes, CosineProbesAreOrthonormalAndBeginWithTheMean) {
  const auto probes = cosine_probes(49, 49);
  for (std::size_t i = 0; i < 49; ++i)
    for (std::size_t k = 0; k < 49; ++k) EXPECT_NEAR(inner(probes.row(i), probes.row(k)), i == k ? 1 : 0, 1e-5);
  for (const float v : probes.row(0)) EXPECT_NEAR(v, 1.0 / 7, 1e-6);
}

TEST(Probes, PrincipalProbesFindTheDirectionsOfTheVariance) {
  // Variance 9 along (3, 4)/5 of the first two lines, 1 along line 2, .01 along the rest, about a mean that is not 0.
  const Random random(3, 0);
  Matrix<float> sample(2000, 6);
  for (std::size_t i = 0; i < 2000; ++i) {
    const double a = 3 * random.normal(Purpose::Init, i, 0), b = random.normal(Purpose::Init, i, 1);
    for (std::size_t d = 0; d < 6; ++d)
      sample(i, d) = static_cast<float>(7 + 0.1 * random.normal(Purpose::Init, i, 2 + d));
    sample(i, 0) += static_cast<float>(0.6 * a);
    sample(i, 1) += static_cast<float>(0.8 * a);
    sample(i, 2) += static_cast<float>(b);
  }
  const auto probes = principal_probes(sample.view(), 2, 1);
  // The angle of a sample direction: about sqrt(v1 v2 / n) / |v1 - v2| = .0084 here; three of them.
  EXPECT_NEAR(probes(0, 0), 0.6, 0.025);
  EXPECT_NEAR(probes(0, 1), 0.8, 0.025);
  EXPECT_NEAR(probes(1, 2), 1, 0.005);
  EXPECT_NEAR(inner(probes.row(0), probes.row(1)), 0, 1e-5);
}

TEST(Probes, CoordinatesAreWhatALeastNormStudentTakesFromAnInput) {
  Matrix<float> probes(2, 3);
  probes(0, 0) = 2;  // (2, 0, 0)
  probes(1, 0) = 1;  // (1, 1, 0)
  probes(1, 1) = 1;
  const auto coordinates = probe_coordinates(probes.view());
  // (0, 1, 0) = -1/2 (2, 0, 0) + 1 (1, 1, 0); the third line is never driven and tells nothing.
  EXPECT_NEAR(coordinates(1, 0), -0.5, 1e-6);
  EXPECT_NEAR(coordinates(1, 1), 1, 1e-6);
  EXPECT_NEAR(coordinates(2, 0), 0, 1e-6);
  EXPECT_NEAR(coordinates(2, 1), 0, 1e-6);
}

TEST(Probes, SignsKeepTheSide) {
  Matrix<float> m(1, 3);
  m(0, 0) = -0.2F;
  m(0, 2) = 5;
  const auto s = signs(m);
  EXPECT_EQ(s(0, 0), -1);
  EXPECT_EQ(s(0, 1), 1);
  EXPECT_EQ(s(0, 2), 1);
}

TEST(Probes, RefuseMoreThanCanBeIndependentAndImagesThatAreNotSquare) {
  EXPECT_THROW(static_cast<void>(walsh_probes(10, 11, 1)), Error);
  EXPECT_THROW(static_cast<void>(cosine_probes(50, 2)), Error);
  EXPECT_THROW(static_cast<void>(principal_probes(Matrix<float>(5, 9).view(), 6, 1)), Error);
  Matrix<float> twice(2, 4, 1.0F);
  EXPECT_THROW(static_cast<void>(probe_coordinates(twice.view())), Error);
}

TEST(Probes, TellAWeakOneFromADependentOne) {
  Matrix<float> probes(2, 2);
  probes(0, 0) = 1;
  probes(1, 1) = 1e-5F;
  EXPECT_NEAR(probe_coordinates(probes.view())(1, 1), 1e5, 1);
}

}  // namespace
}  // namespace assimilaate
