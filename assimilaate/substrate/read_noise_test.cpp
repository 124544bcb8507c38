#include "assimilaate/substrate/read_noise.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

constexpr double highest = 1e-3;           // [S]
constexpr double comparator_rms = 300e-6;  // [V]
constexpr double many = 1e9 * highest;     // a selection so large that only the comparator is left [S]

/// What is left of sigma without the comparator's part.
double without_comparator(double y, double sum, const ReadSettings& read) {
  const double sigma = emulator_sigma(y, sum, highest, read).total(), comparator = comparator_rms / read.voltage;
  return std::sqrt(sigma * sigma - comparator * comparator);
}

TEST(ReadNoise, ComesBackFromItsText) {
  for (const std::string_view text : {"off", "emulator", "physical", "relative:0", "relative:0.02", "relative:10"})
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
    EXPECT_NEAR(emulator_sigma(0, many, highest, {.voltage = volts}).total() * volts, comparator_rms,
                1e-3 * comparator_rms);
}

TEST(EmulatorNoise, OfTheMemristorsFallsAsTheRootOfTheirSum) {
  const double one = without_comparator(0.3, highest, {}), hundred = without_comparator(0.3, 100 * highest, {});
  EXPECT_NEAR(std::log(one / hundred) / std::log(100), 0.5, 1e-9);
}

TEST(EmulatorNoise, FlickerFallsAsOneMinusTheSquareOfTheRatioAndNotWithTheVoltage) {
  // At 1000 V the thermal part and the comparator are gone: r (1 - y^2) sqrt(G_hi / m), r = .02.
  const ReadSettings loud{.voltage = 1000};
  for (const double y : {0.0, 0.5, -0.9})
    EXPECT_NEAR(emulator_sigma(y, highest, highest, loud).total(), 0.02 * (1 - y * y), 1e-6);
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
  EXPECT_DOUBLE_EQ(emulator_sigma(0, 0, highest, {}).total(), comparator_rms / 0.05);
  for (const double width : {1e-12, 1.0, 1e6}) {
    EXPECT_TRUE(std::isfinite(emulator_sigma(0, highest, highest, {.width = width}).total())) << width;
  }
}

TEST(EmulatorNoise, IsSilentWithoutGainWhateverTheComparator) {
  EXPECT_EQ((EmulatorNoise{.gain = 0}.sigma(0, highest, {}).total()), 0);
}

TEST(EmulatorNoise, CountsTheComparatorInCodesOfTwentyMicrovolts) {
  EXPECT_DOUBLE_EQ(comparator_volts(0), 100e-6);
  EXPECT_DOUBLE_EQ(comparator_volts(255), 5.2e-3);
  for (const int code : {0, 1, 10, 45, 145, 254, 255}) EXPECT_EQ(comparator_code(comparator_volts(code)), code);
  EXPECT_EQ(comparator_code(151e-6, true), 3);
  EXPECT_THROW(static_cast<void>(comparator_code(151e-6)), Error);
  for (const double volts : {0.0, 99e-6, 5.3e-3, std::nan("")})
    EXPECT_THROW(static_cast<void>(comparator_code(volts, true)), Error) << volts;
  EXPECT_THROW(static_cast<void>(comparator_volts(256)), Error);
}

TEST(PhysicalNoise, HasTheJohnsonNoiseOfTheDivider) {
  // sqrt(2 k T / (m t)) / V at 1 mS, 50 mV, 1 us, 298 K (physics.md 2.3 says 5.7e-5): sqrt(8.22867e-12) / .05.
  EXPECT_NEAR(PhysicalNoise{}.sigma(0, highest, {}).thermal, 5.7371e-5, 1e-9);
}

TEST(PhysicalNoise, OfFlickerIsWhatStrayingConductancesDoToTheRatio) {
  // Each of two memristors strays by dG/G = f sqrt(decades G_ref / G); y = (a - b)/(a + b), so dy/da = 2b/m^2 and
  // dy/db = -2a/m^2.
  const PhysicalNoise noise;
  const double a = 0.7e-3, b = 0.2e-3, m = a + b;
  const auto stray = [&](double g) { return g * noise.flicker * std::sqrt(noise.decades * noise.reference / g); };
  EXPECT_NEAR(noise.sigma((a - b) / m, m, {}).flicker,
              std::hypot(2 * b / (m * m) * stray(a), 2 * a / (m * m) * stray(b)), 1e-15);
}

TEST(PhysicalNoise, OfFlickerIsNoQuieterAtAHigherVoltage) {
  EXPECT_EQ(PhysicalNoise{}.sigma(0.2, highest, {.voltage = 0.05}).flicker,
            PhysicalNoise{}.sigma(0.2, highest, {.voltage = 0.5}).flicker);
  EXPECT_NEAR(physical_sigma(0.2, 1e12, highest, {.voltage = 0.5}).total(), comparator_rms / 0.5, 1e-6);
}

TEST(ReadSettings, ReadsThatAreAveragedLowerWhiteNoiseAndTheComparatorButHardlyFlicker) {
  const ReadSettings once, often{.repeats = 16};
  const ReadSigma one = emulator_sigma(0.1, highest, highest, once),
                  many = emulator_sigma(0.1, highest, highest, often.averaged());
  EXPECT_NEAR(many.comparator, one.comparator / 4, 1e-12);
  EXPECT_NEAR(many.thermal, one.thermal / 4, 1e-12);
  // Six decades of 1/f noise lose log10 16 of themselves.
  EXPECT_NEAR(many.flicker, one.flicker * std::sqrt(1 - std::log10(16.0) / 6), 1e-9);
}

TEST(ReadSettings, GoThroughTheirNumbersUnchangedAndAreRefusedOutsideTheirRange) {
  const ReadSettings circuit{.voltage = 0.1,
                             .width = 2e-6,
                             .temperature = 310,
                             .comparator = 1e-4,
                             .node_lines = 32,
                             .repeats = 3,
                             .drive = LineDrive::Planes,
                             .unit_pulses = 7,
                             .planes = 5};
  EXPECT_EQ(ReadSettings::from(circuit.numbers()), circuit);
  for (const auto& [name, value] :
       Settings{{"voltage", 0}, {"repeats", 0}, {"drive", 4}, {"planes", 13}, {"gain", 1}}) {
    Settings bad = circuit.numbers();
    bad[name] = value;
    EXPECT_THROW(static_cast<void>(ReadSettings::from(bad)), Error) << name;
  }
}

TEST(ReadSettings, TheComparatorOfTheCircuitTakesThePlaceOfTheLaws) {
  const ReadSettings quiet{.comparator = 1e-4};
  EXPECT_NEAR(emulator_sigma(0, highest, highest, quiet).comparator, 2e-3, 1e-12);
  EXPECT_NEAR(physical_sigma(0, highest, highest, quiet).comparator, 2e-3, 1e-12);
}

}  // namespace
}  // namespace assimilaate
