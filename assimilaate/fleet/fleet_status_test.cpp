#include "assimilaate/fleet/fleet_status.hpp"

#include <gtest/gtest.h>

#include "assimilaate/carrier/internal/test_upload.hpp"
#include "assimilaate/core/temporary_folder.hpp"
#include "assimilaate/fleet/collection.hpp"

namespace assimilaate {
namespace {

using internal::test_device;

class FleetStatusTest : public ::testing::Test {
 protected:
  void say(std::uint32_t device, std::uint64_t counter, const Report& report, std::int64_t now_ms = 1000,
           std::uint32_t epoch = 1) {
    const auto key = test_device(device);
    const Upload upload{key.public_key(), write_report({.epoch = epoch, .version = counter}, report, &key)};
    Collection(file()).take(std::array{upload}, now_ms);
  }
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "fleet.db"; }
  TemporaryFolder folder_;
};

TEST_F(FleetStatusTest, TheNewestReportOfADeviceIsTheOneItCountedLast) {
  say(1, 5, {.state = ReportState::Active, .stale = true}, 1000);
  say(1, 3, {.state = ReportState::Fetching}, 2000);
  const auto devices = read_devices(file());
  ASSERT_EQ(devices.size(), 1U);
  EXPECT_EQ(devices[0].report.state, ReportState::Active);
  EXPECT_EQ(devices[0].reports, 2U);
  EXPECT_EQ(devices[0].missing, 1U) << "number 4";
  EXPECT_EQ(devices[0].heard_ms, 2000);
  const auto key = test_device(1);
  Collection(file()).take(std::array{Upload{key.public_key(), write_health({.version = 1}, {}, &key)}}, 3000);
  EXPECT_EQ(read_devices(file()).at(0).heard_ms, 3000) << "health is heard, too";
}

TEST_F(FleetStatusTest, CohortsAreStreamEpochClassAndAge) {
  for (std::uint32_t d = 0; d < 20; ++d)
    say(d, 1,
        {.state = d < 18 ? ReportState::Active : ReportState::NotConverged,
         .stale = d == 0,
         .device_class = 2,
         .heldout_n = 100,
         .agree_mean_pm = 800 + 5 * d,
         .task_pm = 700,
         .stuck_ppm = d,
         .down_by_carrier = {10, 20},
         .up = 3});
  say(30, 1, {.state = static_cast<ReportState>(77), .device_class = 3});
  say(31, 1, {.state = ReportState::Rejected, .error = ReportError::Codebook, .device_class = 2}, 9000, 2);
  const auto cohorts = cohorts_of(read_devices(file()));
  ASSERT_EQ(cohorts.size(), 3U);
  EXPECT_EQ(cohorts[0].epoch, 2U) << "the newest first";
  EXPECT_FALSE(cohorts[0].agreement.has_value());
  const CohortStatus& many = cohorts[1];
  EXPECT_EQ(many.targets, 20U);
  EXPECT_EQ(many.states,
            (std::map<ReportState, std::uint64_t>{{ReportState::Active, 18}, {ReportState::NotConverged, 2}}));
  EXPECT_EQ(many.stale, 1U);
  ASSERT_TRUE(many.agreement.has_value());
  EXPECT_DOUBLE_EQ(many.agreement->mean, 847.5);
  EXPECT_EQ(many.agreement->p10, 805U) << "rank 2 of 20";
  EXPECT_EQ(many.agreement->lowest, 800U);
  EXPECT_DOUBLE_EQ(many.agreement->task, 700);
  EXPECT_DOUBLE_EQ(many.stuck_ppm, 9.5);
  EXPECT_EQ(many.down, 600U);
  EXPECT_EQ(many.up, 60U);
  EXPECT_EQ(cohorts[2].device_class, 3U);
  EXPECT_EQ(report_state_name(cohorts[2].states.begin()->first), "state 77");
}

}  // namespace
}  // namespace assimilaate
