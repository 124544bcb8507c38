#include "assimilaate/characterisation/least_squares.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/characterisation/profile.hpp"
#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

/// y = a exp(-k t) at t = 0 ... 4, with noise.
struct Decay {
  std::vector<double> y;
  explicit Decay(double sigma, std::uint64_t seed = 1) {
    const Random random(seed, 0);
    for (std::uint64_t i = 0; i < 50; ++i)
      y.push_back(3 * std::exp(-0.7 * static_cast<double>(i) * 0.08) + sigma * random.normal(Purpose::Read, i));
  }
  [[nodiscard]] LeastSquaresProblem problem() const {
    return {{{0.01, 100, true}, {-5, 5, false}}, y.size(), [this](std::span<const double> p, std::span<double> r) {
              for (std::size_t i = 0; i < r.size(); ++i)
                r[i] = p[0] * std::exp(-p[1] * static_cast<double>(i) * 0.08) - y[i];
            }};
  }
};

TEST(LeastSquares, FindsAnExponentialExactlyWithoutNoise) {
  const Decay decay(0);
  const auto fit = least_squares(decay.problem(), {0.1, -1});
  EXPECT_TRUE(fit.converged);
  EXPECT_NEAR(fit.p[0], 3, 1e-6);
  EXPECT_NEAR(fit.p[1], 0.7, 1e-6);
}

TEST(LeastSquares, CrossesTheCurvedValleyOfRosenbrock) {
  const LeastSquaresProblem problem{{{-5, 5}, {-5, 5}}, 2, [](std::span<const double> p, std::span<double> r) {
                                      r[0] = 10 * (p[1] - p[0] * p[0]), r[1] = 1 - p[0];
                                    }};
  const auto fit = least_squares(problem, {-1.2, 1}, {.iterations = 300, .tolerance = 1e-16});
  EXPECT_NEAR(fit.p[0], 1, 1e-5);
  EXPECT_NEAR(fit.p[1], 1, 1e-5);
}

TEST(LeastSquares, StopsAtABoundAndSaysSo) {
  const Decay decay(0);
  auto problem = decay.problem();
  problem.unknowns[1].high = 0.5;
  auto fit = least_squares(problem, {1, 0.1});
  judge(problem, fit);
  EXPECT_NEAR(fit.p[1], 0.5, 1e-9);
  EXPECT_TRUE(fit.at_bound[1]);
  EXPECT_FALSE(fit.at_bound[0]);
}

TEST(LeastSquares, WalksRoundWhatIsImpossible) {
  auto problem = Decay(0).problem();
  const Decay decay(0);
  problem.evaluate = [inner = decay.problem().evaluate](std::span<const double> p, std::span<double> r) {
    inner(p, r);
    if (p[0] > 3.5) r[0] = std::nan("");
  };
  EXPECT_NEAR(least_squares(problem, {3.4, -0.5}).p[0], 3, 1e-5);
}

TEST(LeastSquares, KnowsWhatTheDataDoNotDetermine) {
  const LeastSquaresProblem problem{
      {{0.1, 10, true}, {0.1, 10, true}, {-1, 1}}, 20, [](std::span<const double> p, std::span<double> r) {
        for (std::size_t i = 0; i < r.size(); ++i)
          r[i] = p[0] * p[1] * static_cast<double>(i) - 2.0 * static_cast<double>(i);
      }};
  auto fit = least_squares(problem, {1, 1, 0.5});
  judge(problem, fit);
  EXPECT_FALSE(fit.determined[0]);
  EXPECT_FALSE(fit.determined[1]);
  EXPECT_FALSE(fit.determined[2]);
}

TEST(LeastSquares, StatesTheStandardErrorOfALine) {
  // y = p0 + p1 t: covariance of unit noise is (X'X)^-1 in closed form.
  const LeastSquaresProblem problem{{{-10, 10}, {-10, 10}}, 11, [](std::span<const double> p, std::span<double> r) {
                                      for (std::size_t i = 0; i < r.size(); ++i)
                                        r[i] = p[0] + p[1] * (static_cast<double>(i) - 5) - 1;
                                    }};
  auto fit = least_squares(problem, {0, 0});
  judge(problem, fit);
  EXPECT_NEAR(fit.covariance(0, 0), 1.0 / 11, 1e-7);
  EXPECT_NEAR(fit.covariance(1, 1), 1.0 / 110, 1e-7);
  EXPECT_NEAR(fit.covariance(0, 1), 0, 1e-7);
}

TEST(Profile, OfALineIsTheCurvature) {
  const LeastSquaresProblem problem{{{-10, 10}, {-10, 10}}, 11, [](std::span<const double> p, std::span<double> r) {
                                      for (std::size_t i = 0; i < r.size(); ++i)
                                        r[i] =
                                            p[0] + p[1] * (static_cast<double>(i) - 5) - 1 - (i % 2 == 0 ? 0.1 : -0.1);
                                    }};
  auto fit = least_squares(problem, {0, 0});
  judge(problem, fit);
  const Profile found = profile(problem, fit, 1, 4.0);  // two sigma of unit noise
  const double reach = 2 / std::sqrt(110.0);            // and the search stops within 2 % of it
  EXPECT_NEAR(found.interval.high - fit.p[1], reach, 0.021 * reach);
  EXPECT_NEAR(fit.p[1] - found.interval.low, reach, 0.021 * reach);
}

TEST(Profile, HoldsTheTruthAsOftenAsItSays) {
  // 200 data sets, two unknowns: 95 % of 200 is 190, and fewer than 179 comes with P = 7e-4 (binomial).
  std::array<int, 2> inside{};
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Decay decay(0.5, seed);
    auto fit = least_squares(decay.problem(), {2, 0.5});
    judge(decay.problem(), fit);
    const double t = student_95(48), rise = t * t * fit.sum_of_squares / 48;
    for (std::size_t i = 0; i < 2; ++i) {
      const Interval within = profile(decay.problem(), fit, i, rise).interval;
      const double truth = i == 0 ? 3 : 0.7;
      inside[i] += within.low <= truth && truth <= within.high;
    }
  }
  for (const int count : inside) {
    EXPECT_GE(count, 179);
    EXPECT_LE(count, 199);
  }
}

TEST(Student, HasTheQuantilesOfTheTables) {
  for (const auto& [freedom, quantile] :
       {std::pair{1.0, 12.706}, {2.0, 4.303}, {3.0, 3.182}, {5.0, 2.571}, {10.0, 2.228}, {30.0, 2.042}, {1e6, 1.960}})
    EXPECT_NEAR(student_95(freedom), quantile, freedom < 4 ? 0.02 : 0.002) << freedom;
}

}  // namespace
}  // namespace assimilaate
