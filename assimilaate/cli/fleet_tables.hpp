#pragma once
/// Tables about fleets: on a terminal with units and rounded, as JSON and CSV in the integers of the reports.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "assimilaate/fleet/fleet_status.hpp"

namespace assimilaate::cli {

class FleetTable {
 public:
  struct Column {
    std::string name{};     ///< in JSON and CSV; empty: on a terminal alone
    std::string heading{};  ///< on a terminal; empty: not there
  };
  struct Cell {
    nlohmann::ordered_json value{};  ///< null: there is none
    std::string shown{};             ///< on a terminal; empty: the value
  };

  FleetTable(std::string name, std::string title, std::vector<Column> columns)
      : name_(std::move(name)), title_(std::move(title)), columns_(std::move(columns)) {}
  /// A cell per column.
  void add(std::vector<Cell> row);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& title() const noexcept { return title_; }
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  [[nodiscard]] nlohmann::ordered_json as_json() const;
  [[nodiscard]] std::string as_csv() const;
  [[nodiscard]] std::string as_text() const;

 private:
  std::string name_, title_;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

[[nodiscard]] FleetTable cohort_table(const std::vector<CohortStatus>& cohorts);
[[nodiscard]] FleetTable device_table(const std::vector<DeviceStatus>& devices);
[[nodiscard]] FleetTable equivocation_table(const std::vector<Equivocation>& found);
[[nodiscard]] FleetTable quarantine_table(const std::vector<QuarantineStatus>& rows);
[[nodiscard]] FleetTable refused_table(const std::vector<RefusedStatus>& rows);

}  // namespace assimilaate::cli
