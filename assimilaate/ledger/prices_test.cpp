#include "assimilaate/ledger/prices.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace assimilaate {
namespace {

Errc code_of(const Settings& settings) {
  try {
    const Prices prices(settings);
  } catch (const Error& e) {
    return e.code();
  }
  return Errc{};
}

TEST(Prices, EveryRowHasARangeAroundItsValueAUnitASourceAndAConfidence) {
  for (const Price& row : default_prices()) {
    EXPECT_LE(row.value.low, row.value.nominal) << row.name;
    EXPECT_LE(row.value.nominal, row.value.high) << row.name;
    EXPECT_GT(row.value.low, 0) << row.name;
    EXPECT_TRUE(row.unit == "J" || row.unit == "J/bit") << row.name;
    EXPECT_FALSE(row.source.empty() || row.about.empty() || row.confidence.empty()) << row.name;
  }
}

TEST(Prices, TheNetworkRowIsItsKilowattHoursPerGigabyte) {
  EXPECT_NEAR(Prices()["network_bit"].nominal, 0.059 * 3.6e6 / 8e9, 0.05e-6);
}

TEST(Prices, ASettingReplacesValueAndRangeOfItsRowAlone) {
  const Prices prices(Settings{{"network_bit", 1e-8}});
  EXPECT_EQ(prices["network_bit"].low, 1e-8);
  EXPECT_EQ(prices["network_bit"].nominal, 1e-8);
  EXPECT_EQ(prices["network_bit"].high, 1e-8);
  EXPECT_EQ(prices["dram_bit"].nominal, Prices()["dram_bit"].nominal);
}

TEST(Prices, RefusesUnknownRowsAndBadNumbers) {
  EXPECT_EQ(code_of({{"network", 1e-8}}), Errc::Usage);
  EXPECT_EQ(code_of({{"network_bit", -1.0}}), Errc::Usage);
  EXPECT_EQ(code_of({{"network_bit", std::nan("")}}), Errc::Usage);
  EXPECT_THROW(static_cast<void>(Prices()["gold"]), Error);
}

}  // namespace
}  // namespace assimilaate
