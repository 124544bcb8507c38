#include "assimilaate/core/catalogue.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace assimilaate {
namespace {

constexpr std::array fields{Field{"rate", "1", 0.1, 0, 1, "part of the room moved"},
                            Field{"g_min", "S", 1e-6, 1e-9, 1e-3, "lowest conductance"}};

struct Entry {
  std::string_view name;
};
constexpr Entry grid{"grid"}, pq{"pq"};
constexpr std::array<const Entry*, 2> entries{&grid, &pq};

std::string message_of(const Settings& settings) {
  try {
    check_settings("soft_bounds", fields, settings);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Usage);
    return e.what();
  }
  return {};
}

TEST(Catalogue, GivesTheDefaultUnlessAskedOtherwise) {
  EXPECT_EQ(field_value("soft_bounds", fields, {}, "rate"), 0.1);
  EXPECT_EQ(field_value("soft_bounds", fields, {{"rate", 0.5}}, "rate"), 0.5);
}

TEST(Catalogue, RefusesAnUnknownSettingAndListsTheOnesThereAre) {
  EXPECT_NE(message_of({{"speed", 1}}).find("'speed' (there are: rate, g_min)"), std::string::npos);
}

TEST(Catalogue, RefusesValuesOutsideTheirRangeAndNaN) {
  EXPECT_NE(message_of({{"rate", 1.5}}).find("rate = 1.5 [1] is outside 0 to 1"), std::string::npos);
  EXPECT_FALSE(message_of({{"rate", std::nan("")}}).empty());
  EXPECT_TRUE(message_of({{"rate", 1}, {"g_min", 1e-9}}).empty());
  EXPECT_THROW((void)field_value("soft_bounds", fields, {{"rate", -1}}, "rate"), Error);
}

TEST(Catalogue, FindsAnEntryByNameOrListsTheNames) {
  EXPECT_EQ(&find_entry<Entry>("codec", entries, "pq"), &pq);
  try {
    (void)find_entry<Entry>("codec", entries, "opq");
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "unknown codec 'opq' (there are: grid, pq)");
  }
}

}  // namespace
}  // namespace assimilaate
