#include "assimilaate/substrate/read_noise.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

constexpr double highest = 1e-3;             // [S]
constexpr double comparator_volts = 300e-6;  // [V]
constexpr double many = 1e9 * highest;       // a selection so large that only the comparator is left [S]

/// What is left of sigma without the comparator's part.
double without_comparator(double y, double sum, const ReadSettings& read) {
  const double sigma = emulator_sigma(y, sum, highest, read), comparator = comparator_volts / read.voltage;
  return std::sqrt(sigma * sigma - comparator * comparator);
}

TEST(ReadNoise, ComesBackFromItsText) {
  for (const std::string_view text : {"off", "emulator", "relative:0", "relative:0.02", "relative:10"})
    EXPECT_EQ(ReadNoise::parse(text).text(), text);
  EXPECT_EQ(ReadNoise::parse("relative:0.02"), (ReadNoise{ReadNoise::Law::Relative, 0.02}));
  EXPECT_EQ(ReadNoise::parse("off"), ReadNoise{});
}

TEST(ReadNoise, RefusesWhatIsNoLaw) {
  for (const std::string_view text :
       {"", "Off", "loud", "relative", "relative:", "relative:-0.1", "relative:11", "relative:nan", "relative:inf",
        "relative:0.1x", "relative: 1", "emulator:1", "off "})
    try {
      static_cast<void>(ReadNoise::parse(text));
      ADD_FAILURE() << "accepted '" << text << "'";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Errc::Usage);
      EXPECT_NE(std::string(e.what()).find("'" + std::string(text) + "'"), std::string::npos) << e.what();
    }
}

TEST(EmulatorNoise, OfTheComparatorFallsAsOneOverTheVoltage) {
  for (const double volts : {0.05, 0.1, 0.4})
    EXPECT_NEAR(emulator_sigma(0, many, highest, {.voltage = volts}) * volts, comparator_volts,
                1e-3 * comparator_volts);
}

TEST(EmulatorNoise, OfTheMemristorsFallsAsTheRootOfTheirSum) {
  const double one = without_comparator(0.3, highest, {}), hundred = without_comparator(0.3, 100 * highest, {});
  EXPECT_NEAR(std::log(one / hundred) / std::log(100), 0.5, 1e-9);
}

TEST(EmulatorNoise, FlickerFallsAsOneMinusTheSquareOfTheRatioAndNotWithTheVoltage) {
  // At 1000 V the thermal part and the comparator are gone: r (1 - y^2) sqrt(G_hi / m), r = .02.
  const ReadSettings loud{.voltage = 1000};
  for (const double y : {0.0, 0.5, -0.9})
    EXPECT_NEAR(emulator_sigma(y, highest, highest, loud), 0.02 * (1 - y * y), 1e-6);
  // A synapse at the end of its range has no flicker: the thermal part .002 at 50 mV is left.
  EXPECT_NEAR(without_comparator(1, highest, {}), 0.002, 1e-9);
}

TEST(EmulatorNoise, ThermalPartFollowsVoltageWidthAndTemperature) {
  const auto thermal = [](const ReadSettings& read) { return without_comparator(1, highest, read); };
  EXPECT_NEAR(thermal({.voltage = 0.1}) / thermal({}), 0.5, 1e-9);
  EXPECT_NEAR(thermal({.width = 4e-6}) / thermal({}), 0.5, 1e-9);
  EXPECT_NEAR(thermal({.temperature = 4 * 298}) / thermal({}), 2, 1e-9);
}

TEST(EmulatorNoise, IsANumberWhereNothingIsSelectedAndForReadsOfAnyWidth) {
  EXPECT_DOUBLE_EQ(emulator_sigma(0, 0, highest, {}), comparator_volts / 0.05);
  for (const double width : {1e-12, 1.0, 1e6}) {
    EXPECT_TRUE(std::isfinite(emulator_sigma(0, highest, highest, {.width = width}))) << width;
  }
}

}  // namespace
}  // namespace assimilaate
