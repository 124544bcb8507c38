#include "assimilaate/carrier/carrier.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "assimilaate/stream/internal/test_stream.hpp"

namespace assimilaate {
namespace {

using internal::error_of;

TEST(OpenCarrier, RefusesWhatItDoesNotKnow) {
  EXPECT_NE(error_of([] { (void)open_carrier("gopher:somewhere", Access::Read); }, Errc::Usage).find("there are: dir"),
            std::string::npos);
  EXPECT_NE(error_of([] { (void)open_carrier("dir:", Access::Write); }, Errc::Usage).find("dir:PATH"),
            std::string::npos);
  EXPECT_NE(error_of([] { (void)open_carrier("", Access::Write); }, Errc::Usage), "");
  const auto missing = error_of([] { (void)open_carrier("no/such/folder", Access::Read); }, Errc::Io);
  EXPECT_NE(missing.find("no/such/folder: no such folder"), std::string::npos) << missing;
}

TEST(EveryCarrier, SaysWhatItIs) {
  for (const CarrierKind* kind : carrier_catalogue()) {
    EXPECT_FALSE(kind->name.empty());
    EXPECT_FALSE(kind->about.empty()) << kind->name;
    EXPECT_NE(kind->open, nullptr) << kind->name;
  }
}

}  // namespace
}  // namespace assimilaate
