/// Noise of a memristor from read to read (`physics.md` 4.10 and 8 point 15).
#include "assimilaate/substrate/telegraph.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

namespace assimilaate {
namespace {

/// Power of a signal of 2^k samples at frequencies 1 ... n/2 over n.
std::vector<double> spectrum(const std::vector<double>& signal) {
  std::vector<std::complex<double>> at(signal.begin(), signal.end());
  const std::size_t n = at.size();
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    std::size_t bit = n >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(at[i], at[j]);
  }
  for (std::size_t length = 2; length <= n; length *= 2)
    for (std::size_t start = 0; start < n; start += length)
      for (std::size_t k = 0; k < length / 2; ++k) {
        const auto turn = std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(length));
        const auto even = at[start + k], odd = turn * at[start + k + length / 2];
        at[start + k] = even + odd;
        at[start + k + length / 2] = even - odd;
      }
  std::vector<double> power;
  for (std::size_t i = 1; i <= n / 2; ++i) power.push_back(std::norm(at[i]) / static_cast<double>(n));
  return power;
}

TEST(Telegraph, HasTwoLevelsEachAsLikelyAndForgetsExponentially) {
  const Random random(1, 0);
  for (const double memory : {0.4, 3.0, 20.0, 100.0}) {
    // 400 memristors over `reads`: about 400 reads / (2 memory + 1) independent stretches.
    const auto reads = static_cast<std::size_t>(60 * std::ceil(memory));
    double sum = 0, count = 0, changes = 0;
    std::vector<double> alike(4, 0);
    const std::vector<std::size_t> lags{1, static_cast<std::size_t>(std::ceil(memory / 2)),
                                        static_cast<std::size_t>(std::ceil(memory)),
                                        static_cast<std::size_t>(std::ceil(2 * memory))};
    for (std::uint64_t place = 0; place < 400; ++place) {
      std::vector<int> levels;
      for (std::uint64_t read = 0; read < reads + lags[3]; ++read)
        levels.push_back(telegraph_level(random, place, read, memory));
      for (std::size_t read = 0; read < reads; ++read) {
        ASSERT_EQ(std::abs(levels[read]), 1);
        sum += levels[read];
        changes += levels[read] != levels[read + 1];
        for (std::size_t i = 0; i < 4; ++i) alike[i] += levels[read] * levels[read + lags[i]];
        ++count;
      }
    }
    const double error = std::sqrt((2 * memory + 1) / count);
    EXPECT_LT(std::abs(sum / count), 3 * error) << memory;
    for (std::size_t i = 0; i < 4; ++i)
      EXPECT_NEAR(alike[i] / count, std::exp(-static_cast<double>(lags[i]) / memory), 3 * error) << memory;
    // Changes per read, (1 - exp(-1 / memory)) / 2: stays of about 2 memory.
    const double rate = -std::expm1(-1 / memory) / 2;
    EXPECT_NEAR(changes / count, rate, 3 * std::sqrt(rate / count)) << memory;
  }
}

TEST(Telegraph, IsAFunctionOfTheReadAndNotOfTheOrder) {
  const Random random(2, 0);
  std::vector<int> forward, backward;
  for (std::uint64_t read = 0; read < 500; ++read) forward.push_back(telegraph_level(random, 3, read, 30));
  for (std::uint64_t read = 500; read-- > 0;) backward.push_back(telegraph_level(random, 3, read, 30));
  std::ranges::reverse(backward);
  EXPECT_EQ(forward, backward);
}

/// Least-squares slope of log power against log frequency, in bins of a factor sqrt(2).
double slope(const std::vector<double>& power, double from, double to) {
  double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (double f = from; f < to; f *= std::numbers::sqrt2) {
    double sum = 0, count = 0;
    for (auto i = static_cast<std::size_t>(f); i < static_cast<std::size_t>(f * std::numbers::sqrt2); ++i)
      sum += power[i - 1], ++count;
    const double x = std::log(f), y = std::log(sum / count);
    n += 1, sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

TEST(Telegraph, OfOneStayIsALorentzian) {
  // Sampled once a read: S(f) = (1 - c^2) / (1 - 2 c cos(2 pi f) + c^2), c = exp(-1 / memory). 200 memristors of 4096
  // reads; sums over a band of B frequencies stray by 1 / sqrt(200 B).
  const Random random(3, 0);
  constexpr std::size_t reads = 4096, devices = 200;
  constexpr double memory = 16;
  std::vector<double> power(reads / 2, 0);
  for (std::uint64_t place = 0; place < devices; ++place) {
    std::vector<double> signal;
    for (std::uint64_t read = 0; read < reads; ++read) signal.push_back(telegraph_level(random, place, read, memory));
    const auto one = spectrum(signal);
    for (std::size_t i = 0; i < power.size(); ++i) power[i] += one[i] / devices;
  }
  const double c = std::exp(-1 / memory);
  for (std::size_t from = 4; from * 2 <= power.size(); from *= 2) {
    double ratio = 0;
    for (std::size_t i = from; i < 2 * from; ++i) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(i) / reads;
      ratio += power[i - 1] * (1 - 2 * c * std::cos(angle) + c * c) / (1 - c * c) / static_cast<double>(from);
    }
    // A signal cut off at 4096 reads leaks (memory / reads) of its power: .4 % at most where S is highest, and no more
    // than 2 memory^2 (2 pi f)^2 times that where it falls off, 2 % here.
    EXPECT_NEAR(ratio, 1, 3 / std::sqrt(devices * static_cast<double>(from)) + 0.02) << from;
  }
}

TEST(Telegraph, SummedOverStaysIsOneOverF) {
  // Stays over four decades from 2 reads: 1/f between 1 / (pi 2e4) and 1 / (pi 2) per read; fitted from 2^-12 to 2^-5.
  const Imperfections how{.telegraph = 0.2, .telegraph_dwell = 2, .telegraph_decades = 4};
  const Random random(4, 0);
  constexpr std::size_t reads = 16384, devices = 300;
  std::vector<double> power(reads / 2, 0);
  for (std::uint64_t place = 0; place < devices; ++place) {
    std::vector<double> signal;
    for (std::uint64_t read = 0; read < reads; ++read) signal.push_back(read_factor(how, random, place, read));
    const auto one = spectrum(signal);
    for (std::size_t i = 0; i < power.size(); ++i) power[i] += one[i] / devices;
  }
  EXPECT_NEAR(slope(power, reads / 4096.0, reads / 32.0), -1, 0.15);
}

TEST(Telegraph, HasTheStepAndTheNoiseThatItsLayersSay) {
  const Random random(5, 0);
  double low = 2, high = 0, sum = 0, square = 0;
  constexpr int reads = 20'000;
  for (std::uint64_t read = 0; read < reads; ++read) {
    const double level = read_factor({.telegraph = 0.2, .telegraph_dwell = 4}, random, 1, read);
    low = std::min(low, level), high = std::max(high, level);
    const double noise = read_factor({.device_noise = 0.1}, random, 1, read) - 1;
    sum += noise / reads, square += noise * noise / reads;
    EXPECT_EQ(read_factor({}, random, 1, read), 1);
  }
  EXPECT_DOUBLE_EQ(high - low, 0.2);
  EXPECT_NEAR(sum, 0, 3 * 0.1 / std::sqrt(reads));
  EXPECT_NEAR(square, 0.01, 3 * 0.01 * std::sqrt(2.0 / reads));
}

}  // namespace
}  // namespace assimilaate
