/// Layers over any model: each does what it says, alone (`physics.md` 8 points 16 and 17).
#include "assimilaate/substrate/imperfections.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace assimilaate {
namespace {

constexpr double nominal_floor = 1.0 / 9;  // of conductances from .1 to 1 mS

Cell cell_at(std::size_t row, std::size_t column) { return {(std::uint64_t{row} << 20) + column, row, column}; }

/// A number of every memristor of a square.
std::vector<double> map_of(std::size_t size, const std::function<double(const Cell&)>& value) {
  std::vector<double> map;
  for (std::size_t row = 0; row < size; ++row)
    for (std::size_t column = 0; column < size; ++column) map.push_back(value(cell_at(row, column)));
  return map;
}
std::vector<double> individuals(const Imperfections& how, std::uint64_t seed, std::size_t size,
                                double Individual::*value) {
  const Random random(seed, 0);
  return map_of(size, [&](const Cell& cell) { return individual(how, random, cell, nominal_floor).*value; });
}
std::vector<double> faults(const Imperfections& how, std::uint64_t seed, std::size_t size) {
  const Random random(seed, 0);
  return map_of(size, [&](const Cell& cell) { return individual(how, random, cell, nominal_floor).stuck ? 1.0 : 0.0; });
}

struct Moments {
  double mean = 0, variance = 0;
  explicit Moments(std::span<const double> values) {
    for (const double v : values) mean += v / static_cast<double>(values.size());
    for (const double v : values) variance += (v - mean) * (v - mean) / static_cast<double>(values.size() - 1);
  }
};

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

/// Variance over mean of the number of faults per row and per column, the mean of both.
double fano(const std::vector<double>& map, std::size_t size) {
  std::vector<double> rows(size, 0), columns(size, 0);
  for (std::size_t i = 0; i < map.size(); ++i) rows[i / size] += map[i], columns[i % size] += map[i];
  const Moments row(rows), column(columns);
  return (row.variance / row.mean + column.variance / column.mean) / 2;
}

std::string refusal(const Settings& settings) {
  try {
    static_cast<void>(imperfections_from(settings));
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Usage);
    return e.what();
  }
  return "accepted";
}

class EveryShare : public testing::TestWithParam<double> {};

TEST_P(EveryShare, OfFaultsIsReachedAloneAndInClusters) {
  constexpr std::size_t size = 256;
  const double share = GetParam(), cells = size * size;
  // Alone: binomial. In clusters: half of the faulty cells come from segments of eight in a row, half in a column; a
  // segment adds 8 cells or none, so the variance of the count is at most 8 times the binomial one.
  for (const std::uint64_t seed : {1ULL, 2ULL, 3ULL}) {
    double alone = 0, clustered = 0;
    for (const double f : faults({.stuck = share}, seed, size)) alone += f;
    for (const double f : faults({.stuck = share, .clustered = 1}, seed, size)) clustered += f;
    EXPECT_NEAR(alone, share * cells, 3 * std::sqrt(cells * share * (1 - share)));
    EXPECT_NEAR(clustered, share * cells, 3 * std::sqrt(8 * cells * share * (1 - share)));
  }
}

INSTANTIATE_TEST_SUITE_P(Imperfections, EveryShare, testing::Values(0.01, 0.05, 0.2, 0.5));

TEST(Imperfections, ClusterFaultsInRowsAndColumnsOrNotAtAll) {
  constexpr std::size_t size = 512;
  // Independent faults: the Fano factor of 512 counts of Bin(512, .05) is .95 +- sqrt(2 / 511) = .063, of the mean of
  // rows and columns .044: +-.15 is three standard errors. In clusters a row holds eight at once for half of its
  // faults: 4.5.
  EXPECT_NEAR(fano(faults({.stuck = 0.05}, 4, size), size), 0.95, 3 * 0.044);
  EXPECT_GT(fano(faults({.stuck = 0.05, .clustered = 0.5}, 4, size), size), 1.5);
  const double all = fano(faults({.stuck = 0.05, .clustered = 1}, 4, size), size);
  EXPECT_NEAR(all, 4.5 * 0.95, 3 * 4.5 * 0.063);
}

TEST(Imperfections, PutStuckMemristorsWhereTheyAreStuck) {
  const Imperfections how{.stuck_low = 0.1, .stuck_high = 0.2, .stuck_random = 0.1};
  const Random random(5, 0);
  double low = 0, high = 0, between = 0, cells = 0;
  for (std::size_t row = 0; row < 128; ++row)
    for (std::size_t column = 0; column < 128; ++column) {
      const Individual self = individual(how, random, cell_at(row, column), nominal_floor);
      const double x = initial_position(how, random, cell_at(row, column), self);
      low += self.stuck && x == self.low;
      high += self.stuck && x == self.high;
      between += self.stuck && x > self.low && x < self.high;
      ++cells;
    }
  EXPECT_NEAR(low, 0.1 * cells, 3 * std::sqrt(cells * 0.1 * 0.9));
  EXPECT_NEAR(high, 0.2 * cells, 3 * std::sqrt(cells * 0.2 * 0.8));
  EXPECT_NEAR(between, 0.1 * cells, 3 * std::sqrt(cells * 0.1 * 0.9));
}

TEST(Imperfections, OfLogNormalStepsKeepTheMedian) {
  const auto gains = individuals({.step_variation = 0.8, .log_normal = 1}, 6, 128, &Individual::gain);
  const double n = static_cast<double>(gains.size());
  EXPECT_NEAR(std::log(median(gains)), 0, 3 * 0.8 * std::sqrt(std::numbers::pi / 2 / n));  // error of a median
  std::vector<double> logs;
  for (const double g : gains) logs.push_back(std::log(g));
  EXPECT_NEAR(Moments(logs).variance, 0.64, 3 * 0.64 * std::sqrt(2 / n));
}

TEST(Imperfections, OfNormalStepsHaveTheirSigma) {
  const auto gains = individuals({.step_variation = 0.2}, 6, 128, &Individual::gain);
  const double n = static_cast<double>(gains.size());
  EXPECT_NEAR(Moments(gains).mean, 1, 3 * 0.2 / std::sqrt(n));
  EXPECT_NEAR(Moments(gains).variance, 0.04, 3 * 0.04 * std::sqrt(2 / n));
}

class EveryDistance : public testing::TestWithParam<double> {};

TEST_P(EveryDistance, OfCorrelationIsWhereLikenessFallsToOneOverE) {
  const double distance = GetParam();
  constexpr std::size_t size = 256;
  const auto lag = static_cast<std::size_t>(distance);
  // A map holds about (256 / (sqrt(pi) distance))^2 independent patches: squares of likeness exp(-d^2 / distance^2) add
  // up to pi / 2 distance^2. Sixteen maps; errors of a variance and of a covariance are below sqrt(2 / patches).
  double variance = 0, along_row = 0, along_column = 0, far = 0;
  constexpr int maps = 16;
  for (std::uint64_t seed = 0; seed < maps; ++seed) {
    const auto z = individuals({.asymmetry = 1, .correlation = distance}, seed, size, &Individual::asymmetry);
    double count = 0, v = 0, r = 0, c = 0, f = 0;
    for (std::size_t row = 0; row + 3 * lag < size; ++row)
      for (std::size_t column = 0; column + 3 * lag < size; ++column) {
        const double here = z[row * size + column];
        v += here * here;
        r += here * z[row * size + column + lag];
        c += here * z[(row + lag) * size + column];
        f += here * z[row * size + column + 3 * lag];
        ++count;
      }
    variance += v / count / maps, along_row += r / count / maps, along_column += c / count / maps,
        far += f / count / maps;
  }
  const double side = static_cast<double>(size - 3 * lag) / distance;
  const double error = std::sqrt(2 * std::numbers::pi / 2 / (side * side * maps));
  EXPECT_NEAR(variance, 1, 3 * error);
  EXPECT_NEAR(along_row, std::exp(-1), 3 * error);
  EXPECT_NEAR(along_column, std::exp(-1), 3 * error);
  EXPECT_NEAR(far, 0, 3 * error);
}

INSTANTIATE_TEST_SUITE_P(Imperfections, EveryDistance, testing::Values(2.0, 5.0, 16.0));

TEST(Imperfections, ChangeNothingWhereAllAreOff) {
  for (std::size_t i = 0; i < 100; ++i) {
    const Individual self = individual({}, Random(7, 0), cell_at(i, i), nominal_floor);
    const Individual bare;
    EXPECT_EQ(self.gain, bare.gain);
    EXPECT_EQ(self.asymmetry, bare.asymmetry);
    EXPECT_EQ(self.low, bare.low);
    EXPECT_EQ(self.high, bare.high);
    EXPECT_EQ(self.own, bare.own);
    EXPECT_EQ(self.drift, bare.drift);
    EXPECT_EQ(self.stuck, bare.stuck);
  }
  EXPECT_FALSE(Imperfections{}.unlike());
  EXPECT_FALSE(Imperfections{}.restless());
  EXPECT_EQ(forgotten({}, 1e9, 400), 0);
}

TEST(Imperfections, ChangeWhatTheyNameAndNothingElse) {
  const Imperfections all{.step_variation = 0.3,
                          .asymmetry = 0.1,
                          .low_variation = 0.1,
                          .high_variation = 0.2,
                          .own_variation = 1,
                          .stuck = 0.1,
                          .drift = 0.05,
                          .drift_variation = 0.02};
  struct One {
    Imperfections without;
    double Individual::*named;
  };
  auto without = [&](double Imperfections::*layer) {
    Imperfections how = all;
    how.*layer = 0;
    return how;
  };
  const std::vector<double Individual::*> values{&Individual::gain, &Individual::asymmetry, &Individual::low,
                                                 &Individual::high, &Individual::own,       &Individual::drift};
  for (const auto& [how, named] : {One{without(&Imperfections::step_variation), &Individual::gain},
                                   {without(&Imperfections::asymmetry), &Individual::asymmetry},
                                   {without(&Imperfections::low_variation), &Individual::low},
                                   {without(&Imperfections::high_variation), &Individual::high},
                                   {without(&Imperfections::own_variation), &Individual::own},
                                   {without(&Imperfections::drift_variation), &Individual::drift}})
    for (std::size_t i = 0; i < 200; ++i) {
      const Individual with = individual(all, Random(8, 0), cell_at(i, 3), nominal_floor);
      const Individual less = individual(how, Random(8, 0), cell_at(i, 3), nominal_floor);
      for (const auto value : values)
        if (value == named)
          EXPECT_NE(with.*value, less.*value);
        else
          EXPECT_EQ(with.*value, less.*value);
      EXPECT_EQ(with.stuck, less.stuck);
    }
}

TEST(Imperfections, LeaveEveryMemristorAConductanceAboveZeroAndARange) {
  const Imperfections wild{.bound_variation = 1, .low_variation = 1, .high_variation = 1};
  for (std::size_t i = 0; i < 20'000; ++i) {
    const Individual self = individual(wild, Random(9, 0), cell_at(i / 200, i % 200), nominal_floor);
    EXPECT_GT(self.low + nominal_floor, 0);
    EXPECT_GT(self.high, self.low);
  }
}

TEST(Imperfections, ForgetByArrhenius) {
  const Imperfections how{.retention = 3.15576e8, .retention_energy = 1.1};
  EXPECT_NEAR(forgotten(how, 3.15576e8, 358), 1 - std::exp(-1), 1e-12);  // one time constant
  const double per_electronvolt = 1.602176634e-19 / 1.380649e-23;
  const double slower = std::exp(1.1 * per_electronvolt * (1 / 298.0 - 1 / 358.0));
  EXPECT_NEAR(forgotten(how, 1, 358) / forgotten(how, 1, 298), slower, 1e-6 * slower);
  EXPECT_LT(forgotten(how, 3.15576e7, 298), 0.01);  // under 1 % in a year at room temperature
  EXPECT_EQ(forgotten(how, 0, 358), 0);
}

TEST(Imperfections, RefuseWhatContradictsItselfAndSayWhy) {
  const auto refused = [](const Settings& settings, std::initializer_list<std::string_view> named) {
    const auto said = refusal(settings);
    for (const auto part : named) EXPECT_NE(said.find(part), std::string::npos) << said << " should name " << part;
  };
  refused({{"retention", 1e6}, {"drift", 0.05}}, {"retention", "drift", "1000000", "0.05"});
  refused({{"stuck", 0.6}, {"stuck_low", 0.5}}, {"stuck", "stuck_low", "0.6", "0.5"});
  refused({{"clustered", 0.5}}, {"clustered", "0.5", "stuck"});
  refused({{"log_normal", 1}}, {"log_normal", "step_variation"});
  refused({{"correlation", 4}}, {"correlation", "4", "variation"});
  refused({{"retention_rest", 0.1}}, {"retention_rest", "0.1", "retention"});
  refused({{"drift_variation", 0.1}}, {"drift_variation", "drift"});
  refused({{"telegraph_decades", 3}}, {"telegraph_decades", "telegraph"});
  refused({{"step_variation", 9}}, {"step_variation", "9", "1.5"});
  refused({{"humidity", 1}}, {"humidity"});
  EXPECT_EQ(refusal({{"stuck", 0.1}, {"clustered", 1}, {"step_variation", 0.3}, {"log_normal", 1}}), "accepted");
}

TEST(Imperfections, AreWhatTheirSettingsSay) {
  for (const Field& field : imperfection_fields()) {
    const Settings settings{{std::string(field.name), field.value}};
    EXPECT_EQ(imperfections_from(settings), Imperfections{}) << field.name;  // the default is what a field says it is
  }
  const Settings some{{"step_variation", 0.3}, {"stuck", 0.05}, {"clustered", 0.5}, {"wire_resistance", 2.1}};
  EXPECT_EQ(settings_of(imperfections_from(some)), some);
}

}  // namespace
}  // namespace assimilaate
