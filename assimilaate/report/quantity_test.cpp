#include "assimilaate/report/quantity.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

namespace assimilaate {
namespace {

TEST(Quantity, BringsAValueIntoOneToAThousand) {
  EXPECT_EQ(si_text(1.3e-12, "J"), "1.3 pJ");
  EXPECT_EQ(si_text(690'000, "bit"), "690 kbit");
  EXPECT_EQ(si_text(268'435'456, "bit", 4), "268.4 Mbit");
  EXPECT_EQ(si_text(-2e-6, "S"), "−2 µS");
  EXPECT_EQ(si_text(0, "J"), "0 J");
}

TEST(Quantity, RoundingUpToAThousandTakesTheNextPrefix) {
  EXPECT_EQ(si_text(999.9999, "bit"), "1 kbit");
  EXPECT_EQ(si_text(999'600, "bit"), "1 Mbit");
  EXPECT_EQ(si_text(999.4, "bit"), "999 bit");
}

TEST(Quantity, WithoutAUnitSmallCountsAreLeftAsTheyAre) {
  EXPECT_EQ(si_text(1000, ""), "1000");
  EXPECT_EQ(si_text(0.887, ""), "0.887");
  EXPECT_EQ(si_text(12'400, ""), "12.4k");
  EXPECT_EQ(si_text(97.9, "%"), "97.9 %");
}

TEST(Quantity, WhatIsNotANumberSaysSo) {
  EXPECT_EQ(si_text(std::nan(""), "J"), "n/a");
  EXPECT_EQ(si_text(std::numeric_limits<double>::infinity(), "J"), "∞");
  EXPECT_EQ(si_text(-std::numeric_limits<double>::infinity(), "J"), "−∞");
}

RC_GTEST_PROP(Quantity, AnyFiniteNumberBecomesShortText, (double value)) {
  RC_PRE(std::isfinite(value));
  RC_ASSERT(!si_text(value, "J").empty());
  RC_ASSERT(si_text(value, "J").size() < 320);
}

}  // namespace
}  // namespace assimilaate
