#include "assimilaate/cli/fleet_tables.hpp"

#include <fmt/format.h>

#include "assimilaate/report/quantity.hpp"
#include "assimilaate/report/terminal_table.hpp"
#include "assimilaate/stream/trust.hpp"

namespace assimilaate::cli {
namespace {

using json = nlohmann::ordered_json;
using Cell = FleetTable::Cell;

std::string words(const json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string short_name(std::string_view hexadecimal) { return std::string(hexadecimal.substr(0, 12)); }
Cell id(std::span<const std::byte> bytes) { return {hex(bytes), short_name(hex(bytes))}; }
Cell per_mille(std::uint32_t value) { return {value, fmt::format("{:.3f}", value / 1000.0)}; }
Cell bytes(std::uint64_t value) { return {value, si_text(static_cast<double>(value), "B")}; }
Cell time(std::int64_t ms) { return {ms, time_text(ms)}; }
Cell none() { return {nullptr, "-"}; }

std::vector<ReportState> all_states() {
  std::vector<ReportState> states;
  for (auto number = static_cast<std::uint32_t>(ReportState::Unset);
       number <= static_cast<std::uint32_t>(ReportState::Cancelled); ++number)
    states.push_back(static_cast<ReportState>(number));
  return states;
}

}  // namespace

void FleetTable::add(std::vector<Cell> row) {
  ASSIMILAATE_EXPECTS(row.size() == columns_.size());
  rows_.push_back(std::move(row));
}

json FleetTable::as_json() const {
  json all = json::array();
  for (const auto& row : rows_) {
    json object = json::object();
    for (std::size_t c = 0; c < columns_.size(); ++c)
      if (!columns_[c].name.empty()) object[columns_[c].name] = row[c].value;
    all.push_back(std::move(object));
  }
  return all;
}

std::string FleetTable::as_csv() const {
  std::string text;
  const auto line = [&](auto cell) {
    bool first = true;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      if (columns_[c].name.empty()) continue;
      text += (first ? "" : ",") + cell(c);
      first = false;
    }
    text += '\n';
  };
  line([&](std::size_t c) { return columns_[c].name; });
  for (const auto& row : rows_) line([&](std::size_t c) { return words(row[c].value); });
  return text;
}

std::string FleetTable::as_text() const {
  if (rows_.empty()) return "none\n";
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> lines(rows_.size());
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (columns_[c].heading.empty()) continue;
    header.push_back(columns_[c].heading);
    for (std::size_t r = 0; r < rows_.size(); ++r)
      lines[r].push_back(rows_[r][c].shown.empty() ? words(rows_[r][c].value) : rows_[r][c].shown);
  }
  return terminal_table(header, lines);
}

FleetTable cohort_table(const std::vector<CohortStatus>& cohorts) {
  std::vector<FleetTable::Column> columns{{"stream", "stream"},
                                          {"epoch", "epoch"},
                                          {"device_class", "class"},
                                          {"age_bucket", "age"},
                                          {"targets", "targets"}};
  for (const auto state : all_states()) columns.push_back({report_state_name(state), {}});
  for (const auto& column : std::vector<FleetTable::Column>{{"other_states", {}},
                                                            {{}, "states"},
                                                            {"stale", "stale"},
                                                            {"validated", {}},
                                                            {"agree_mean_pm", "agreement"},
                                                            {"agree_p10_pm", "p10"},
                                                            {"agree_min_pm", "min"},
                                                            {"task_pm", "task"},
                                                            {"stuck_ppm", "stuck ppm"},
                                                            {"down", "down"},
                                                            {"up", "up"},
                                                            {"heard_ms", "last heard"}})
    columns.push_back(column);
  FleetTable table("cohorts", "cohorts: stream, epoch, device class and age", columns);
  for (const CohortStatus& cohort : cohorts) {
    std::vector<Cell> row{
        id(cohort.stream), {cohort.epoch}, {cohort.device_class}, {cohort.age_bucket}, {cohort.targets}};
    std::uint64_t named = 0;
    for (const auto state : all_states()) {
      const auto found = cohort.states.find(state);
      row.push_back({found == cohort.states.end() ? 0 : found->second});
      named += row.back().value.get<std::uint64_t>();
    }
    row.push_back({cohort.targets - named});
    std::string states;
    for (const auto& [state, count] : cohort.states)
      states += fmt::format("{}{} {}", states.empty() ? "" : ", ", count, report_state_name(state));
    row.push_back({nullptr, states});
    row.push_back({cohort.stale});
    if (const auto& agreement = cohort.agreement) {
      row.push_back({agreement->targets});
      row.push_back(per_mille(static_cast<std::uint32_t>(agreement->mean + 0.5)));
      row.push_back(per_mille(agreement->p10));
      row.push_back(per_mille(agreement->lowest));
      row.push_back(per_mille(static_cast<std::uint32_t>(agreement->task + 0.5)));
    } else {
      row.insert(row.end(), {{0}, none(), none(), none(), none()});
    }
    row.push_back({static_cast<std::uint64_t>(cohort.stuck_ppm + 0.5)});
    row.insert(row.end(), {bytes(cohort.down), bytes(cohort.up), time(cohort.heard_ms)});
    table.add(std::move(row));
  }
  return table;
}

FleetTable device_table(const std::vector<DeviceStatus>& devices) {
  FleetTable table("devices", "devices: the newest report of each",
                   {{"device", "device"},
                    {"stream", "stream"},
                    {"epoch", "epoch"},
                    {"active_epoch", "active"},
                    {"state", "state"},
                    {"error", "error"},
                    {"stale", "stale"},
                    {"next_index", "segments"},
                    {"device_class", "class"},
                    {"age_bucket", "age"},
                    {"agree_mean_pm", "agreement"},
                    {"agree_min_pm", {}},
                    {"task_pm", "task"},
                    {"stuck_ppm", "stuck ppm"},
                    {"lanes_used", {}},
                    {"lanes_spare", {}},
                    {"lanes_retired", {}},
                    {"energy_mj", {}},
                    {"energy_measured", {}},
                    {"down", "down"},
                    {"up", "up"},
                    {"uptime_s", {}},
                    {"reports", "reports"},
                    {"missing", "missing"},
                    {"time_ms", {}},
                    {"heard_ms", "last heard"}});
  for (const DeviceStatus& d : devices) {
    const Report& r = d.report;
    std::uint64_t down = 0;
    for (const auto part : r.down_by_carrier) down += part;
    const bool tried = r.heldout_n > 0;
    table.add({id(d.device),
               id(d.of.stream),
               {d.of.epoch},
               {r.active_epoch},
               {report_state_name(r.state)},
               {report_error_name(r.error), r.error == ReportError::Unset ? "-" : ""},
               {r.stale, r.stale ? "yes" : "-"},
               {r.next_index},
               {r.device_class},
               {r.age_bucket},
               tried ? per_mille(r.agree_mean_pm) : none(),
               tried ? per_mille(r.agree_min_pm) : none(),
               tried ? per_mille(r.task_pm) : none(),
               {r.stuck_ppm},
               {r.lanes_used},
               {r.lanes_spare},
               {r.lanes_retired},
               {r.energy_mj},
               {r.energy_measured},
               bytes(down),
               bytes(r.up),
               {r.uptime_s},
               {d.reports},
               {d.missing},
               {d.of.time_ms},
               time(d.heard_ms)});
  }
  return table;
}

FleetTable equivocation_table(const std::vector<Equivocation>& found) {
  FleetTable table(
      "equivocations", "different tips for one place: somebody signed two histories, or a device lies",
      {{"stream", "stream"}, {"epoch", "epoch"}, {"next_index", "segments"}, {"devices", "devices by tip"}});
  for (const Equivocation& e : found) {
    json tips = json::object();
    std::string shown;
    for (const auto& [tip, devices] : e.devices) {
      tips[tip] = devices;
      shown += fmt::format("{}{}: {}", shown.empty() ? "" : ", ", tip, devices);
    }
    table.add({id(e.stream), {e.epoch}, {e.next_index}, {tips, shown}});
  }
  return table;
}

FleetTable quarantine_table(const std::vector<QuarantineStatus>& rows) {
  FleetTable table("quarantine", "novelty in quarantine",
                   {{"stream", "stream"},
                    {"epoch", "epoch"},
                    {"reason", "reason"},
                    {"checked", "checked"},
                    {"devices", "devices"},
                    {"segments", "segments"},
                    {"records", "records"},
                    {"bytes", "bytes"},
                    {"heard_ms", "last heard"}});
  for (const QuarantineStatus& q : rows)
    table.add({id(q.stream),
               {q.epoch},
               {novelty_reason_name(q.reason)},
               {q.checked, q.checked ? "yes" : "no"},
               {q.devices},
               {q.segments},
               {q.records},
               bytes(q.bytes),
               time(q.heard_ms)});
  return table;
}

FleetTable refused_table(const std::vector<RefusedStatus>& rows) {
  FleetTable table(
      "refused", "refused, and not stored",
      {{"kind", "kind"}, {"reason", "reason"}, {"devices", "devices"}, {"segments", "segments"}, {"bytes", "bytes"}});
  for (const RefusedStatus& r : rows) table.add({{r.kind}, {r.reason}, {r.devices}, {r.segments}, bytes(r.bytes)});
  return table;
}

}  // namespace assimilaate::cli
