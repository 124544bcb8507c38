#include "assimilaate/aat/internal/lloyd.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "assimilaate/core/random.hpp"

namespace assimilaate::internal {
namespace {

std::vector<float> normal_sample(std::size_t n) {
  const Random random(5, 0);
  std::vector<float> sample(n);
  for (std::size_t i = 0; i < n; ++i) sample[i] = static_cast<float>(random.normal(Purpose::Codec, i));
  std::ranges::sort(sample);
  return sample;
}

double error_of(const std::vector<float>& sample, const std::vector<float>& levels) {
  double sum = 0;
  for (const float v : sample) {
    float least = INFINITY;
    for (const float level : levels) least = std::min(least, std::abs(v - level));
    sum += least * least;
  }
  return sum / static_cast<double>(sample.size());
}

// Max 1960, table I: the least mean squared error for the unit normal. The sample's own error scatters by about 1 % at
// n = 40 000 (squared error has a standard deviation of 1 to 2 times its mean), and fitting to it only helps.
TEST(Lloyd, ReachesTheErrorThatMaxComputedForTheNormal) {
  const auto sample = normal_sample(40'000);
  for (const auto& [bits, error] : {std::pair{1, 0.3634}, {2, 0.1175}, {3, 0.03454}, {4, 0.009497}, {5, 0.002499}}) {
    std::vector<float> levels(std::size_t{1} << bits);
    fit_lloyd(sample, levels);
    EXPECT_TRUE(std::ranges::is_sorted(levels));
    EXPECT_NEAR(error_of(sample, levels) / error, 1, 0.04) << bits << " bits";
  }
}

TEST(Lloyd, IsNeverWorseThanEvenSteps) {
  auto sample = normal_sample(4000);
  for (float& v : sample) v = std::max(v, 0.0F) * v;  // half of it zero, the rest long-tailed
  std::vector<float> lloyd(16), even(16);
  fit_lloyd(sample, lloyd);
  fit_uniform(sample, even);
  EXPECT_LT(error_of(sample, lloyd), 0.5 * error_of(sample, even));
}

TEST(Lloyd, TakesSamplesOfOneValueAndOfFewerValuesThanLevels) {
  std::vector<float> levels(16);
  fit_lloyd(std::vector<float>{3.0F}, levels);
  EXPECT_EQ(std::ranges::count(levels, 3.0F), 16);
  fit_lloyd(std::vector<float>{0, 0, 0, 1}, levels);
  EXPECT_EQ(error_of({0, 1}, levels), 0);
}

}  // namespace
}  // namespace assimilaate::internal
