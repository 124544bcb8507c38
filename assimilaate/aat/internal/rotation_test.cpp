#include "assimilaate/aat/internal/rotation.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace assimilaate::internal {
namespace {

TEST(Rotation, KeepsLengthsAndComesBack) {
  for (const std::size_t dims : {1U, 2U, 5U, 64U, 100U}) {
    const Rotation rotation(dims, 3);
    std::vector<float> x(dims), y(rotation.size()), back(dims);
    double before = 0, after = 0;
    for (std::size_t d = 0; d < dims; ++d) before += std::pow(x[d] = static_cast<float>(d) - 7, 2);
    rotation.forward(x, y);
    for (const float v : y) after += v * v;
    EXPECT_NEAR(after, before, 1e-5 * before);
    rotation.backward(y, back);
    for (std::size_t d = 0; d < dims; ++d) EXPECT_NEAR(back[d], x[d], 1e-4);
  }
}

TEST(Rotation, SpreadsOneCoordinateOverAll) {
  const Rotation rotation(16, 1);
  std::vector<float> x(16), y(16);
  x[3] = 4;
  rotation.forward(x, y);
  for (const float v : y) EXPECT_EQ(std::abs(v), 1.0F);
}

TEST(Rotation, IsAFunctionOfItsSeed) {
  std::vector<float> x(64, 1), first(64), same(64), other(64);
  Rotation(64, 1).forward(x, first);
  Rotation(64, 1).forward(x, same);
  Rotation(64, 2).forward(x, other);
  EXPECT_EQ(first, same);
  EXPECT_NE(first, other);
}

}  // namespace
}  // namespace assimilaate::internal
