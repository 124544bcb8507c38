#include "assimilaate/aat/superposition.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "assimilaate/core/error.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

Matrix<float> matrix(std::size_t rows, const std::vector<float>& values) {
  Matrix<float> m(rows, values.size() / rows);
  std::ranges::copy(values, m.values().begin());
  return m;
}

const Matrix<float> probes = matrix(3, {2, 0, 0, 0, 1, 0, 0, 0, 0.5F});
const Matrix<float> answers = matrix(2, {4, -2, 1, 3});  // of the transform {{2, 1, 0}, {-1, 3, 0}}
const std::vector<float> silence{10, 20};

TEST(Superposition, AnswersAsTheTransformWould) {
  const auto made = superposed(probes.view(), answers.view(), silence, {}, 50, Random(1, 0));
  ASSERT_EQ(made.inputs.rows(), 50U);
  for (std::size_t i = 0; i < 50; ++i) {
    const auto x = made.inputs.row(i), y = made.outputs.row(i);
    EXPECT_NEAR(y[0], 10 + 2 * x[0] + x[1], 1e-4);
    EXPECT_NEAR(y[1], 20 - x[0] + 3 * x[1], 1e-4);
  }
}

TEST(Superposition, DrivesEveryProbeAtItsOwnStrengthAlsoThoseWithoutAnAnswer) {
  constexpr std::size_t count = 4000;
  const auto made = superposed(probes.view(), answers.view(), silence, {}, count, Random(1, 0));
  for (std::size_t d = 0; d < 3; ++d) {
    double square = 0, with_next = 0;
    for (std::size_t i = 0; i < count; ++i) {
      square += std::pow(made.inputs(i, d), 2) / count;
      with_next += made.inputs(i, d) * made.inputs(i, (d + 1) % 3) / count;
    }
    EXPECT_NEAR(std::sqrt(square), probes(d, d), 0.05 * probes(d, d));
    EXPECT_NEAR(with_next, 0, 0.1);
  }
}

TEST(Superposition, LiesAroundItsMiddle) {
  const std::vector<float> middle{3, 0, -4};
  const auto made = superposed(probes.view(), answers.view(), silence, middle, 1000, Random(1, 0));
  std::vector<double> mean(3);
  for (std::size_t i = 0; i < 1000; ++i) {
    for (std::size_t d = 0; d < 3; ++d) mean[d] += made.inputs(i, d) / 1000;
    EXPECT_NEAR(made.outputs(i, 1), 20 - made.inputs(i, 0) + 3 * made.inputs(i, 1), 1e-3);
  }
  EXPECT_NEAR(mean[0], 6, 0.2);
  EXPECT_NEAR(mean[1], 0, 0.1);
  EXPECT_NEAR(mean[2], -2, 0.1);
}

TEST(Superposition, IsAFunctionOfItsSeedAndNotOfTheThreads) {
  const auto make = [&](std::uint64_t seed) {
    return superposed(probes.view(), answers.view(), silence, {}, 100, Random(seed, 0));
  };
  set_threads(1);
  const auto one = make(1);
  set_threads(3);
  EXPECT_EQ(make(1).inputs, one.inputs);
  EXPECT_EQ(make(1).outputs, one.outputs);
  EXPECT_NE(make(2).inputs, one.inputs);
  set_threads(0);
}

TEST(Superposition, RefusesAnswersThatDoNotFit) {
  EXPECT_THROW(static_cast<void>(superposed(probes.view(), answers.view(), std::vector<float>(3), {}, 1, Random(1, 0))),
               Error);
  EXPECT_THROW(static_cast<void>(superposed(probes.view(), answers.view(), silence, silence, 1, Random(1, 0))), Error);
  EXPECT_THROW(static_cast<void>(superposed(probes.slice(0, 1), answers.view(), silence, {}, 1, Random(1, 0))), Error);
}

}  // namespace
}  // namespace assimilaate
