#pragma once
/// Devices and what they send, for tests: a number has the same device and the same report on every run.

#include <cstring>

#include "assimilaate/stream/statements.hpp"

namespace assimilaate::internal {

inline SecretKey test_device(std::uint32_t number) {
  SecretKey::Seed seed{};
  std::memcpy(seed.data(), &number, sizeof number);
  return SecretKey(seed);
}

/// As long as a report gets in use: 160 bytes behind the header.
inline Report full_report(std::uint64_t counter) {
  Report report{.state = ReportState::Active,
                .active_epoch = 3,
                .tip = {std::byte{1}, std::byte{2}},
                .next_index = 1000 + counter};
  report.plan_version = 2, report.device_class = 1, report.age_bucket = 2;
  report.records = 123'456, report.presentations = 400'000, report.pulses = 3'000'000'000;
  report.heldout_n = 1000, report.agree_mean_pm = 905, report.agree_min_pm = 640, report.exact_pm = 300;
  report.task_pm = 850, report.nmse_pm = 120, report.margin_p10 = 40, report.margin_p50 = 300, report.slope_pm = -20;
  report.gate_s = 5000;
  report.agree_hist.assign(8, std::byte{25});
  report.lanes_used = 640, report.lanes_spare = 64, report.lanes_retired = 3, report.stuck_ppm = 1200;
  report.saturated_pm = 15, report.drift_pm = -8, report.energy_mj = 123'456, report.energy_measured = true;
  report.down_by_carrier = {0, 10'000'000, 2'000'000}, report.up = 50'000, report.again = 16'000;
  report.wall_s = 86'400, report.duty_s = 4000;
  report.novelty_seen_kept_sent_dropped = {5000, 200, 100, 4};
  report.repairs = 2, report.duplicates = 12, report.gaps = 3, report.clock_quality = 1, report.uptime_s = 1'000'000;
  return report;
}

inline Bytes test_report(const SecretKey& device, std::uint64_t counter) {
  return write_report({.stream = {std::byte{7}}, .epoch = 3, .version = counter, .time_ms = 1'700'000'000'000},
                      full_report(counter), &device);
}

}  // namespace assimilaate::internal
