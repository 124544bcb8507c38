#include "assimilaate/substrate/memristor.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "assimilaate/substrate/internal/test_arrays.hpp"

namespace assimilaate {
namespace {

std::string refusal(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Usage);
    return e.what();
  }
  return "accepted";
}

class EveryMemristor : public testing::TestWithParam<const MemristorKind*> {};

TEST_P(EveryMemristor, SaysWhatItIsAndKeepsItsDefaultsInTheirRanges) {
  const MemristorKind& kind = *GetParam();
  EXPECT_FALSE(kind.about.empty());
  EXPECT_FALSE(kind.reference.empty());
  for (const Field& field : kind.fields) {
    EXPECT_FALSE(field.unit.empty()) << field.name;
    EXPECT_FALSE(field.about.empty()) << field.name;
    EXPECT_GE(field.value, field.low) << field.name;
    EXPECT_LE(field.value, field.high) << field.name;
  }
}

TEST_P(EveryMemristor, RefusesASettingItDoesNotKnowByItsName) {
  const auto said = refusal([&] { static_cast<void>(test::array_of(GetParam()->name, 2, 2, {}, 1, {{"colour", 1}})); });
  EXPECT_NE(said.find("colour"), std::string::npos) << said;
  EXPECT_NE(said.find(GetParam()->name), std::string::npos) << said;
}

TEST_P(EveryMemristor, RefusesASettingOutsideItsRangeWithNameValueAndRange) {
  for (const Field& field : GetParam()->fields)
    for (const double value : {2 * field.high + 1, field.low - 1, std::numeric_limits<double>::quiet_NaN()}) {
      const auto said = refusal([&] {
        static_cast<void>(test::array_of(GetParam()->name, 2, 2, {}, 1, {{std::string(field.name), value}}));
      });
      for (const auto& part : {std::string(field.name), fmt::format("{}", value), fmt::format("{}", field.low),
                               fmt::format("{}", field.high)})
        EXPECT_NE(said.find(part), std::string::npos) << said << " should name " << part;
    }
}

TEST_P(EveryMemristor, HasARangeOfConductanceThatItStartsInTheMiddleOf) {
  const auto array = test::array_of(GetParam()->name, 32, tile_lanes);
  EXPECT_GT(array->lowest_conductance(), 0);
  EXPECT_NEAR(array->highest_conductance(), array->lowest_conductance() + 255 * array->code_conductance(), 1e-12);
  const auto codes = test::codes_of(*array);
  double mean = 0, square = 0;
  for (const double c : codes) mean += c / static_cast<double>(codes.size());
  for (const double c : codes) square += (c - mean) * (c - mean) / static_cast<double>(codes.size());
  // Medium is .5 +- .05 of the range: 127.5 +- 12.75 codes, over 4096 memristors; whole codes add a variance of 1/12,
  // and the middle of 255 bytes is code 127.
  EXPECT_NEAR(mean, 127.5, 0.5 + 4 * 12.75 / 64);
  EXPECT_NEAR(std::sqrt(square), 12.75, 4 * 12.75 / std::sqrt(2.0 * 4096) + 0.06);
}

INSTANTIATE_TEST_SUITE_P(Memristor, EveryMemristor,
                         testing::ValuesIn(memristor_catalogue().begin(), memristor_catalogue().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

TEST(Memristor, OfAnUnknownNameIsRefusedWithTheNamesThereAre) {
  const auto said = refusal([] { static_cast<void>(test::array_of("flux", 2, 2)); });
  for (const MemristorKind* kind : memristor_catalogue()) EXPECT_NE(said.find(kind->name), std::string::npos) << said;
}

TEST(Memristor, WhoseHighestConductanceIsBelowItsLowestIsRefused) {
  for (const std::string_view name : {"float", "mss"})
    EXPECT_NE(refusal([&] {
                static_cast<void>(test::array_of(name, 2, 2, {}, 1, {{"g_low", 1e-2}, {"g_high", 1e-3}}));
              }).find("g_high"),
              std::string::npos);
}

TEST(Imperfections, AreNoneUnlessSaid) { EXPECT_EQ(imperfections_from({}), Imperfections{}); }

TEST(Imperfections, AreReadByName) {
  EXPECT_EQ(
      imperfections_from({{"step_variation", 0.3}, {"bound_variation", 0.1}, {"stuck", 0.05}, {"write_noise", 0.5}}),
      (Imperfections{.step_variation = 0.3, .bound_variation = 0.1, .write_noise = 0.5, .stuck = 0.05}));
}

TEST(Imperfections, OutOfRangeOrUnknownAreRefusedByName) {
  EXPECT_NE(refusal([] {
              static_cast<void>(imperfections_from({{"stuck", 1.5}}));
            }).find("stuck = 1.5"),
            std::string::npos);
  EXPECT_NE(refusal([] { static_cast<void>(imperfections_from({{"rust", 0.1}})); }).find("rust"), std::string::npos);
}

}  // namespace
}  // namespace assimilaate
