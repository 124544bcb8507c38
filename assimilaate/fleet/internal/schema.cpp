#include "assimilaate/fleet/internal/schema.hpp"

#include "assimilaate/core/error.hpp"

namespace assimilaate::internal {
namespace {

constexpr std::int64_t application = 0x41415446;  // "AATF"
constexpr std::int64_t version = 1;

template <auto Member>
std::int64_t number(const Report& report) {
  const auto value = report.*Member;
  if constexpr (std::is_same_v<decltype(value), const std::uint64_t>)
    return capped(value);
  else
    return static_cast<std::int64_t>(value);
}
std::int64_t down(const Report& report) {
  std::uint64_t all = 0;
  for (const auto bytes : report.down_by_carrier) all = bytes > UINT64_MAX - all ? UINT64_MAX : all + bytes;
  return capped(all);
}
template <std::size_t Place>
std::int64_t novelty(const Report& report) {
  const auto& counts = report.novelty_seen_kept_sent_dropped;
  return Place < counts.size() ? counts[Place] : 0;
}

using Column = ReportColumn;
constexpr std::array columns{
    Column{"state", number<&Report::state>},
    Column{"error", number<&Report::error>},
    Column{"active_epoch", number<&Report::active_epoch>},
    Column{"next_index", number<&Report::next_index>},
    Column{"plan_version", number<&Report::plan_version>},
    Column{"stale", number<&Report::stale>},
    Column{"device_class", number<&Report::device_class>},
    Column{"age_bucket", number<&Report::age_bucket>},
    Column{"records", number<&Report::records>},
    Column{"presentations", number<&Report::presentations>},
    Column{"pulses", number<&Report::pulses>},
    Column{"heldout_n", number<&Report::heldout_n>},
    Column{"agree_mean_pm", number<&Report::agree_mean_pm>},
    Column{"agree_min_pm", number<&Report::agree_min_pm>},
    Column{"exact_pm", number<&Report::exact_pm>},
    Column{"task_pm", number<&Report::task_pm>},
    Column{"nmse_pm", number<&Report::nmse_pm>},
    Column{"margin_p10", number<&Report::margin_p10>},
    Column{"margin_p50", number<&Report::margin_p50>},
    Column{"slope_pm", number<&Report::slope_pm>},
    Column{"gate_s", number<&Report::gate_s>},
    Column{"lanes_used", number<&Report::lanes_used>},
    Column{"lanes_spare", number<&Report::lanes_spare>},
    Column{"lanes_retired", number<&Report::lanes_retired>},
    Column{"stuck_ppm", number<&Report::stuck_ppm>},
    Column{"saturated_pm", number<&Report::saturated_pm>},
    Column{"drift_pm", number<&Report::drift_pm>},
    Column{"energy_mj", number<&Report::energy_mj>},
    Column{"energy_measured", number<&Report::energy_measured>},
    Column{"up", number<&Report::up>},
    Column{"again", number<&Report::again>},
    Column{"wall_s", number<&Report::wall_s>},
    Column{"duty_s", number<&Report::duty_s>},
    Column{"repairs", number<&Report::repairs>},
    Column{"bad_index", number<&Report::bad_index>},
    Column{"duplicates", number<&Report::duplicates>},
    Column{"gaps", number<&Report::gaps>},
    Column{"clock_quality", number<&Report::clock_quality>},
    Column{"uptime_s", number<&Report::uptime_s>},
    Column{"down", down},
    Column{"novelty_seen", novelty<0>},
    Column{"novelty_kept", novelty<1>},
    Column{"novelty_sent", novelty<2>},
    Column{"novelty_dropped", novelty<3>},
};

/// When and where: Unix times of the device and of the collector [ms].
constexpr const char* common =
    "device BLOB NOT NULL, counter INTEGER NOT NULL, stream BLOB NOT NULL, epoch INTEGER NOT NULL, "
    "time_ms INTEGER NOT NULL, heard_ms INTEGER NOT NULL, ";

std::string tables() {
  std::string text = fmt::format("CREATE TABLE reports({}tip BLOB NOT NULL, agree_hist BLOB NOT NULL", common);
  for (const Column& column : columns) text += fmt::format(", {} INTEGER NOT NULL", column.name);
  text += ", raw BLOB NOT NULL, PRIMARY KEY(device, counter));";
  text += "CREATE INDEX tips ON reports(stream, epoch, next_index, tip);";
  text += fmt::format(
      "CREATE TABLE health({}active_epoch INTEGER NOT NULL, stuck_ppm INTEGER NOT NULL, drift_pm INTEGER NOT NULL, "
      "agree_mean_pm INTEGER NOT NULL, uptime_s INTEGER NOT NULL, energy_mj INTEGER NOT NULL, raw BLOB NOT NULL, "
      "PRIMARY KEY(device, counter));",
      common);
  // Quarantine. day: of the collector, since 1970. state: checked or unchecked (a stream that it does not know).
  text += fmt::format(
      "CREATE TABLE novelty({}day INTEGER NOT NULL, state TEXT NOT NULL, reason INTEGER NOT NULL, "
      "records INTEGER NOT NULL, bytes INTEGER NOT NULL, raw BLOB NOT NULL, PRIMARY KEY(device, counter));"
      "CREATE INDEX novelty_days ON novelty(device, day);",
      common);
  // What was not taken, by the hash of its bytes; beyond a number per device and day only how many.
  text +=
      "CREATE TABLE refused(device BLOB NOT NULL, segment BLOB NOT NULL, day INTEGER NOT NULL, kind INTEGER NOT NULL, "
      "reason TEXT NOT NULL, bytes INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(device, segment)) "
      "WITHOUT ROWID;"
      "CREATE INDEX refused_days ON refused(device, day);";
  return text + fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", application, version);
}

}  // namespace

std::span<const ReportColumn> report_columns() { return columns; }

Database open_collection(const std::filesystem::path& file, Database::Missing missing) {
  Database database(file, missing);
  const bool fresh = database.number("PRAGMA application_id") == 0 &&
                     database.number("SELECT count(*) FROM sqlite_master") == 0 && missing == Database::Missing::Make;
  if (!fresh && database.number("PRAGMA application_id") != application)
    fail(Errc::Format, "{}: is no collection of reports but another database; name another file", file.string());
  if (const auto found = database.number("PRAGMA user_version"); !fresh && found != version)
    fail(Errc::Unsupported, "{}: a collection of version {}, this build knows version {}", file.string(), found,
         version);
  database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  if (fresh) {
    Transaction all(database);
    database.run(tables().c_str());
    all.commit();
  }
  return database;
}

}  // namespace assimilaate::internal
