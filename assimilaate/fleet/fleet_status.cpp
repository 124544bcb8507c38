#include "assimilaate/fleet/fleet_status.hpp"

#include <algorithm>
#include <tuple>

#include "assimilaate/fleet/internal/schema.hpp"

namespace assimilaate {
namespace {

using internal::Database;
using internal::Query;

Database open_to_read(const std::filesystem::path& collection) {
  return internal::open_collection(collection, Database::Missing::Refuse);
}

std::uint64_t count(const Query& query, int column) { return static_cast<std::uint64_t>(query.integer(column)); }

std::string kind_name(std::int64_t kind) {
  switch (static_cast<SegmentKind>(kind)) {
    case SegmentKind::Report:
      return "report";
    case SegmentKind::Health:
      return "health";
    case SegmentKind::Novelty:
      return "novelty";
    default:
      return fmt::format("kind 0x{:02x}", kind);
  }
}

CohortStatus::Agreement agreement_of(std::vector<std::uint32_t> means, double task_sum) {
  std::ranges::sort(means);
  const auto n = static_cast<double>(means.size());
  CohortStatus::Agreement all{.targets = means.size(), .task = task_sum / n, .lowest = means.front()};
  for (const auto mean : means) all.mean += mean / n;
  all.p10 = means[(means.size() + 9) / 10 - 1];
  return all;
}

}  // namespace

std::vector<DeviceStatus> read_devices(const std::filesystem::path& collection) {
  Database database = open_to_read(collection);
  Query query(database,
              "SELECT r.raw, r.device, d.reports, d.missing, max(d.heard_ms, coalesce((SELECT max(h.heard_ms) FROM "
              "health h WHERE h.device = r.device), 0)) FROM reports r "
              "JOIN (SELECT device, stream, max(counter) AS counter FROM reports GROUP BY device, stream) l "
              "ON l.device = r.device AND l.counter = r.counter "
              "JOIN (SELECT device, count(*) AS reports, max(counter) - min(counter) + 1 - count(*) AS missing, "
              "max(heard_ms) AS heard_ms FROM reports GROUP BY device) d ON d.device = r.device "
              "ORDER BY r.stream, r.epoch DESC, r.device");
  std::vector<DeviceStatus> devices;
  while (query.step()) {
    const auto report = parse_report(query.blob(0), Trust::anyone());  // judged when it was collected
    if (!report) fail(Errc::Integrity, "{}: a report in it is damaged: {}", collection.string(), report.error().what());
    DeviceStatus& device = devices.emplace_back(
        DeviceStatus{.of = report->of, .report = report->body, .reports = count(query, 2), .missing = count(query, 3)});
    query.take(1, device.device);
    device.heard_ms = query.integer(4);
  }
  return devices;
}

std::vector<CohortStatus> cohorts_of(const std::vector<DeviceStatus>& devices) {
  struct Sums {
    CohortStatus cohort{};
    std::vector<std::uint32_t> means{};
    double task = 0, stuck = 0;
  };
  std::map<std::tuple<StreamId, std::uint32_t, std::uint32_t, std::uint32_t>, Sums> all;
  for (const auto& [id, of, report, reports, missing, heard_ms] : devices) {
    Sums& sums = all[{of.stream, ~of.epoch, report.device_class, report.age_bucket}];
    CohortStatus& cohort = sums.cohort;
    cohort.stream = of.stream, cohort.epoch = of.epoch;
    cohort.device_class = report.device_class, cohort.age_bucket = report.age_bucket;
    ++cohort.targets;
    ++cohort.states[report.state];
    if (report.stale) ++cohort.stale;
    if (report.heldout_n > 0) {
      sums.means.push_back(report.agree_mean_pm);
      sums.task += report.task_pm;
    }
    sums.stuck += report.stuck_ppm;
    for (const auto bytes : report.down_by_carrier) cohort.down += bytes;
    cohort.up += report.up;
    cohort.heard_ms = std::max(cohort.heard_ms, heard_ms);
  }
  std::vector<CohortStatus> cohorts;
  for (auto& [key, sums] : all) {
    if (!sums.means.empty()) sums.cohort.agreement = agreement_of(std::move(sums.means), sums.task);
    sums.cohort.stuck_ppm = sums.stuck / static_cast<double>(sums.cohort.targets);
    cohorts.push_back(std::move(sums.cohort));
  }
  return cohorts;
}

std::vector<Equivocation> read_equivocations(const std::filesystem::path& collection) {
  Database database = open_to_read(collection);
  Query query(database,
              "SELECT r.stream, r.epoch, r.next_index, hex(r.tip), count(DISTINCT r.device) FROM reports r "
              "JOIN (SELECT stream, epoch, next_index FROM reports WHERE next_index > 0 AND tip <> x'00000000' "
              "GROUP BY stream, epoch, next_index HAVING min(tip) <> max(tip)) e "
              "ON e.stream = r.stream AND e.epoch = r.epoch AND e.next_index = r.next_index "
              "WHERE r.tip <> x'00000000' "
              "GROUP BY r.stream, r.epoch, r.next_index, r.tip ORDER BY r.stream, r.epoch, r.next_index");
  std::vector<Equivocation> found;
  while (query.step()) {
    Equivocation row{.epoch = static_cast<std::uint32_t>(query.integer(1)), .next_index = count(query, 2)};
    query.take(0, row.stream);
    const bool same = !found.empty() && found.back().stream == row.stream && found.back().epoch == row.epoch &&
                      found.back().next_index == row.next_index;
    if (!same) found.push_back(row);
    std::string tip = query.text(3);
    std::ranges::transform(tip, tip.begin(), [](char c) { return c >= 'A' ? static_cast<char>(c + 32) : c; });
    found.back().devices[tip] = count(query, 4);
  }
  return found;
}

std::vector<QuarantineStatus> read_quarantine(const std::filesystem::path& collection) {
  Database database = open_to_read(collection);
  Query query(database,
              "SELECT stream, epoch, reason, state, count(DISTINCT device), count(*), sum(records), sum(bytes), "
              "max(heard_ms) FROM novelty GROUP BY stream, epoch, reason, state ORDER BY stream, epoch DESC, reason");
  std::vector<QuarantineStatus> rows;
  while (query.step()) {
    auto& row = rows.emplace_back(QuarantineStatus{.epoch = static_cast<std::uint32_t>(query.integer(1)),
                                                   .reason = static_cast<NoveltyReason>(query.integer(2)),
                                                   .checked = query.text(3) == "checked",
                                                   .devices = count(query, 4),
                                                   .segments = count(query, 5),
                                                   .records = count(query, 6),
                                                   .bytes = count(query, 7),
                                                   .heard_ms = query.integer(8)});
    query.take(0, row.stream);
  }
  return rows;
}

std::vector<RefusedStatus> read_refused(const std::filesystem::path& collection) {
  Database database = open_to_read(collection);
  Query query(database,
              "SELECT kind, reason, count(DISTINCT device), sum(count), sum(bytes) FROM refused "
              "GROUP BY kind, reason ORDER BY kind, reason");
  std::vector<RefusedStatus> rows;
  while (query.step())
    rows.push_back({kind_name(query.integer(0)), query.text(1), count(query, 2), count(query, 3), count(query, 4)});
  return rows;
}

}  // namespace assimilaate
