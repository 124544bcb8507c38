#include "assimilaate/substrate/temperature.hpp"

#include <gtest/gtest.h>

#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

TEST(TemperatureProfile, IsWhatItsTextSays) {
  const auto profile = parse_temperature_profile("3600@358,8.64e4@298.15");
  EXPECT_EQ(profile, (TemperatureProfile{{3600, 358}, {86400, 298.15}}));
}

TEST(TemperatureProfile, RefusesWhatIsNoneAndQuotesTheStep) {
  for (const std::string_view text :
       {"", "3600", "3600@", "@298", "3600@-5", "-1@298", "1@298,", "1@298;2@300", "nan@298", "1@inf", "1@0"})
    try {
      static_cast<void>(parse_temperature_profile(text));
      FAIL() << text;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), Errc::Usage);
      EXPECT_NE(std::string_view(e.what()).find("seconds@kelvin"), std::string_view::npos) << e.what();
    }
}

}  // namespace
}  // namespace assimilaate
