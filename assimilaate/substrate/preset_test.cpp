/// The built-in presets: what they owe as files, and the figures of their sources.
#include "assimilaate/substrate/preset.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "assimilaate/substrate/models/pcm.hpp"
#include "assimilaate/substrate/models/reram_relaxation.hpp"
#include "assimilaate/substrate/specimen.hpp"

namespace assimilaate {
namespace {

std::string refusal(std::string_view text) {
  try {
    static_cast<void>(parse_preset(text, "mine.toml"));
  } catch (const Error& e) {
    return e.what();
  }
  return "accepted";
}

class EveryBuiltInPreset : public testing::TestWithParam<const Preset*> {};

TEST_P(EveryBuiltInPreset, SaysWhatItIsWhereItsNumbersAreFromAndHowFarToTrustThem) {
  const Preset& preset = *GetParam();
  EXPECT_FALSE(preset.name.empty());
  EXPECT_FALSE(preset.about.empty());
  EXPECT_FALSE(preset.reference.empty());
  EXPECT_NE(preset.status, "model");
  EXPECT_EQ(find_memristor(preset.name), preset);
}

TEST_P(EveryBuiltInPreset, ComesBackFromItsText) {
  EXPECT_EQ(parse_preset(preset_text(*GetParam()), "text"), *GetParam());
}

TEST_P(EveryBuiltInPreset, StaysAboveZeroSiemensWhereItsLowestConductanceStraysByThreeSigmas) {
  const Preset& preset = *GetParam();
  const auto law = preset.make();
  const double range = law->highest() - law->lowest();
  const double sigma =
      preset.imperfections.low_variation * range + preset.imperfections.bound_variation * law->lowest();
  EXPECT_GT(law->lowest() - 3 * sigma, 0);
}

TEST_P(EveryBuiltInPreset, MovesUpAndDownUnderTwiceItsDriveAndIsCalledVolatileWhereItForgetsWithinMinutes) {
  const Preset& preset = *GetParam();
  const auto law = preset.make();
  MeanDraws draws;
  for (const bool up : {true, false}) {
    MemristorState state;
    law->pulse(state, {(up ? 2 : -2) * law->drive(), law->width_for(0.1)}, {}, draws);
    EXPECT_GT(up ? state.x - 0.5 : 0.5 - state.x, 0.01);
  }
  EXPECT_EQ(preset.status == "volatile", law->retention(298).seconds < 600);
}

TEST_P(EveryBuiltInPreset, StaysAsItIsUnderIdleTimeOfZero) {
  const auto law = GetParam()->make();
  Specimen specimen(*law, GetParam()->imperfections, Random(1, 0));
  const auto before = specimen.state();
  specimen.idle(0, 298, 0);
  EXPECT_EQ(specimen.state(), before);
}

std::string identifier(std::string name) {
  std::ranges::replace(name, '-', '_');
  return name;
}
std::vector<const Preset*> all_presets() {
  std::vector<const Preset*> found;
  for (const Preset& preset : presets()) found.push_back(&preset);
  return found;
}
INSTANTIATE_TEST_SUITE_P(Preset, EveryBuiltInPreset, testing::ValuesIn(all_presets()),
                         [](const auto& preset) { return identifier(preset.param->name); });

TEST(Preset, IsFoundByAnySpellingAndTheExactOneFirst) {
  for (const char* name : {"ReRamES", "ReRamSB", "ReRamArrayOM", "ReRamArrayHfO2", "EcRam", "EcRamMO", "Capacitor",
                           "GokmenVlasov", "Idealized", "PCM", "ConstantStep", "LinearStep", "SoftBounds", "ExpStep"})
    EXPECT_EQ(find_memristor(name).name, name);
  EXPECT_EQ(find_memristor("reram_es").name, "ReRamES");
  EXPECT_EQ(find_memristor("pcm").model, "pcm");
  EXPECT_EQ(find_memristor("PCM").model, "exp_step");
  EXPECT_EQ(find_memristor("exp_step").imperfections, Imperfections{});
  EXPECT_EQ(find_memristor("ExpStep").imperfections.step_variation, 0.3);
}

TEST(Preset, ThatIsNoneIsRefusedWithItsPlace) {
  EXPECT_NE(refusal("name = ").find("mine.toml: line 1"), std::string::npos);
  EXPECT_NE(refusal("name = \"x\"").find("model"), std::string::npos);
  EXPECT_NE(refusal("model = \"flux\"").find("flux"), std::string::npos);
  EXPECT_NE(refusal("model = \"mss\"\ncolour = 1").find("colour"), std::string::npos);
  EXPECT_NE(refusal("model = \"mss\"\nstatus = \"sure\"").find("sure"), std::string::npos);
  EXPECT_NE(refusal("model = \"mss\"\n[settings]\ntau = -1").find("tau"), std::string::npos);
  EXPECT_NE(refusal("model = \"mss\"\n[settings]\ntau = \"long\"").find("tau"), std::string::npos);
  EXPECT_NE(refusal("model = \"mss\"\n[imperfections]\nrust = 1").find("rust"), std::string::npos);
  EXPECT_NE(refusal("model = \"piecewise\"\n[table]\nvalues = [1, 2, 3]").find("3 numbers"), std::string::npos);
}

/// The table of `physics.md` 3.2, at 25 and 85 degrees: 1/s(0) and x_inf(0), to two figures or one unit of the last.
struct Forgetting {
  const char* name;
  double cold, hot, rest;
};
class EveryPublishedSet : public testing::TestWithParam<Forgetting> {};

TEST_P(EveryPublishedSet, ForgetsAtZeroVoltsAsComputedFromItsNumbers) {
  const auto& [name, cold, hot, rest] = GetParam();
  const auto law = find_memristor(name).make();
  // The table gives two figures: half a unit of the second is 5 % at worst.
  EXPECT_NEAR(law->retention(298).seconds / cold, 1, 0.05) << name;
  EXPECT_NEAR(law->retention(358.15).seconds / hot, 1, 0.05) << name;
  EXPECT_NEAR(law->retention(298).rest, rest, 5e-4) << name;
}

INSTANTIATE_TEST_SUITE_P(Preset, EveryPublishedSet,
                         testing::Values(Forgetting{"mss-ag", 0.21, 0.066, 0.875},
                                         Forgetting{"mss-aist", 0.80, 0.17, 0.685},
                                         Forgetting{"mss-gst", 68 * 86400.0, 1.3 * 86400, 1},
                                         Forgetting{"mss-wox", 860 * 365.25 * 86400, 4.6 * 365.25 * 86400, 1},
                                         Forgetting{"mss-ideal", 0.18, 0.032, 0.5},
                                         Forgetting{"mss-spice", 1.8, 0.32, 0.5}),
                         [](const auto& set) { return identifier(set.param.name); });

TEST(Preset, OfAFitToWsdcChipsForgetsWithinTheTimeItStates) {
  const auto seconds = [](const char* name) { return find_memristor(name).make()->retention(298).seconds; };
  EXPECT_NEAR(seconds("mss-wsdc-m1") / 0.41, 1, 0.03);
  EXPECT_NEAR(seconds("mss-wsdc-m2") / 9.8e-3, 1, 0.03);
  EXPECT_NEAR(seconds("mss-wsdc-m3") / 1.3e-3, 1, 0.05);
}

TEST(Preset, ThatIsRetentiveLosesLessThanAHundredthInAYearAtRoomTemperature) {
  for (const Preset& preset : presets()) {
    if (!preset.name.ends_with("-retentive")) continue;
    const auto law = preset.make();
    Specimen specimen(*law, preset.imperfections, Random(1, 0));
    specimen.set_state({.x = 0.9});
    specimen.idle(365.25 * 86400, 298, 0);
    EXPECT_LT(specimen.state().x, 0.9) << preset.name;
    EXPECT_GT(specimen.state().x, 0.9 * 0.99) << preset.name;
  }
}

TEST(Preset, OfWoxLeavesTheCurrentAtZeroVoltsThatItsPaperImplies) {
  const auto law = find_memristor("mss-wox").make();
  EXPECT_NEAR(law->current({}, 0), 0.45 * (1e-9 - 22e-9), 1e-18);  // -9.5 nA
}

TEST(Preset, ForArraysHasTheRootMeanSquareOverConductanceOfItsLaw) {
  constexpr int points = 4000;
  double programming = 0, exponent = 0, spread = 0, relaxation = 0;
  for (int i = 0; i < points; ++i) {
    const double g = (i + 0.5) / points;
    programming += std::pow(pcm_programming_sigma(g), 2) / points;
    exponent += pcm_drift(g).mean / points;
    spread += std::pow(pcm_drift(g).sigma, 2) / points;
    relaxation += std::pow(reram_relaxation_sigma(g, 86400), 2) / points;
  }
  // Presets state three figures.
  const Imperfections pcm = find_memristor("pcm-inference-array").imperfections;
  EXPECT_NEAR(pcm.write_noise / std::sqrt(programming), 1, 5e-3);
  EXPECT_NEAR(pcm.drift / exponent, 1, 5e-3);
  EXPECT_NEAR(pcm.drift_variation / std::sqrt(spread), 1, 5e-3);
  EXPECT_NEAR(find_memristor("reram-wan-array").imperfections.write_noise / std::sqrt(relaxation), 1, 5e-3);
}

}  // namespace
}  // namespace assimilaate
