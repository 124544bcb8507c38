#include "assimilaate/characterisation/measurement.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "assimilaate/characterisation/csv_table.hpp"
#include "assimilaate/core/file.hpp"

namespace assimilaate {
namespace {

constexpr std::uintmax_t most_bytes = 256U << 20;
constexpr std::size_t fewest_rows = 8;

/// Which column carries one of these titles.
std::optional<std::size_t> column(const CsvTable& table, std::initializer_list<std::string_view> titles) {
  for (std::size_t c = 0; c < table.header.size(); ++c)
    if (std::ranges::find(titles, table.header[c]) != titles.end()) return c;
  return std::nullopt;
}

struct Columns {
  std::optional<std::size_t> voltage, width, time, conductance, resistance, current, up, down;
};
Columns columns_of(const CsvTable& table) {
  Columns c{column(table, {"amplitude", "voltage", "v"}),
            column(table, {"width", "pulsewidth", "duration"}),
            column(table, {"time", "t"}),
            column(table, {"conductance", "g"}),
            column(table, {"resistance", "r"}),
            column(table, {"current", "i"}),
            column(table, {"up"}),
            column(table, {"down"})};
  if (!table.header.empty() || table.scale.size() != 3) return c;
  c.voltage = 0, c.width = 1, c.conductance = 2;
  return c;
}

std::string titles_of(const CsvTable& table) {
  std::string all;
  for (const auto& title : table.header) all += (all.empty() ? "" : ", ") + title;
  return all.empty() ? "no header" : all;
}

double positive(double value, std::string_view what, std::string_view unit, std::string_view where, std::size_t line) {
  if (!(value > 0)) fail(Errc::Format, "{}:{}: {} of {} {} must lie above 0", where, line, what, value, unit);
  return value;
}

/// Units that no memristor has: said rather than fitted.
void check_scale(double value, double low, double high, std::string_view what, std::string_view unit,
                 std::string_view where, std::size_t line) {
  if (std::abs(value) < low || std::abs(value) > high)
    fail(Errc::Format, "{}:{}: {} of {} {} cannot be right ({} ... {} {}; say the unit in the header, as '{} [{}]')",
         where, line, what, value, unit, low, high, unit, what, unit);
}

void refuse_flat(std::span<const double> values, std::string_view what, std::string_view where) {
  const auto [low, high] = std::ranges::minmax(values);
  if (!(high > low)) fail(Errc::Format, "{}: every {} is {}; there is nothing to fit", where, what, low);
}

/// Columns that span more than any experiment: one row in other units than the next.
void refuse_mixed(const std::vector<double>& values, double most, std::string_view what, std::string_view unit,
                  std::string_view where, const CsvTable& table) {
  const auto [low, high] = std::ranges::minmax_element(values);
  if (*high < most * *low) return;
  fail(Errc::Format, "{}:{}: {} from {} {} (line {}) to {} {} (mixed units?)", where,
       table.lines[static_cast<std::size_t>(high - values.begin())], what, *low, unit,
       table.lines[static_cast<std::size_t>(low - values.begin())], *high, unit);
}

PulseResponse pulses_from(const CsvTable& table, const Columns& c, std::string_view where) {
  PulseResponse response;
  std::vector<double> voltages, widths;
  const auto width = c.width ? c.width : c.time;
  if (!c.voltage || !width || (!c.conductance && !c.resistance))
    fail(Errc::Format, "{}: pulses need the columns amplitude, width and conductance or resistance (there: {})", where,
         titles_of(table));
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto& row = table.rows[i];
    const std::size_t line = table.lines[i];
    if (row[*c.voltage] == 0) fail(Errc::Format, "{}:{}: a pulse of 0 V", where, line);
    check_scale(row[*c.voltage], 1e-3, 100, "amplitude", "V", where, line);
    const double t = positive(row[*width], "width", "s", where, line);
    check_scale(t, 1e-13, 1e4, "width", "s", where, line);
    const double g = c.conductance ? positive(row[*c.conductance], "conductance", "S", where, line)
                                   : 1 / positive(row[*c.resistance], "resistance", "Ohm", where, line);
    check_scale(g, 1e-13, 10, "conductance", "S", where, line);
    response.pulses.push_back({row[*c.voltage], t});
    voltages.push_back(std::abs(row[*c.voltage]));
    widths.push_back(t);
    response.conductance.push_back(g);
  }
  refuse_mixed(response.conductance, 1e5, "conductance", "S", where, table);
  refuse_mixed(widths, 1e5, "width", "s", where, table);
  refuse_mixed(voltages, 500, "amplitude", "V", where, table);
  return response;
}

PulseResponse up_and_down_from(const CsvTable& table, std::size_t up, std::size_t down, const CsvOptions& options,
                               std::string_view where, std::vector<std::string>& assumptions) {
  PulseResponse response;
  for (const auto& [column, sign] : {std::pair{up, 1.0}, {down, -1.0}})
    for (const auto& row : table.rows) {
      response.pulses.push_back({sign * options.amplitude, options.width});
      response.conductance.push_back(row[column]);
    }
  assumptions.push_back(
      fmt::format("pulses of +-{} V and {} s: the file states none", options.amplitude, options.width));
  refuse_flat(response.conductance, "response", where);
  const auto [low, high] = std::ranges::minmax(response.conductance);
  response.assumed_scale = low <= 0 || high > 10;
  if (!response.assumed_scale) return response;
  assumptions.push_back(fmt::format("arbitrary units: {} to {} taken as {} to {} S", low, high, options.assumed_low,
                                    options.assumed_high));
  const double factor = (options.assumed_high - options.assumed_low) / (high - low);
  for (double& g : response.conductance) g = options.assumed_low + (g - low) * factor;
  return response;
}

IvLoop loop_from(const CsvTable& table, const Columns& c, const CsvOptions& options, std::string_view where,
                 std::vector<std::string>& assumptions) {
  IvLoop loop;
  loop.series_resistance = options.series_resistance;
  const bool bare = table.header.empty() && table.scale.size() == 2;
  const auto v = bare ? 0 : c.voltage, i = bare ? 1 : c.current;
  if (!v || !i)
    fail(Errc::Format, "{}: a loop needs the columns V and I, and may have time (there: {})", where, titles_of(table));
  if (!c.time && !options.frequency)
    fail(Errc::Usage, "{}: the loop has no time column; state its frequency [Hz]", where);
  const double rows = static_cast<double>(table.rows.size());
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const auto& row = table.rows[r];
    check_scale(row[*v], 0, 1000, "voltage", "V", where, table.lines[r]);
    check_scale(row[*i], 0, 10, "current", "A", where, table.lines[r]);
    loop.voltage.push_back(row[*v]);
    loop.current.push_back(row[*i]);
    loop.time.push_back(c.time ? row[*c.time]
                               : static_cast<double>(r) * options.periods / (rows * options.frequency.value()));
    if (r > 0 && !(loop.time[r] > loop.time[r - 1]))
      fail(Errc::Format, "{}:{}: time {} s does not lie after {} s", where, table.lines[r], loop.time[r],
           loop.time[r - 1]);
  }
  if (!c.time)
    assumptions.push_back(fmt::format("{} samples evenly over {} period(s) of {} Hz", table.rows.size(),
                                      options.periods, *options.frequency));
  if (std::ranges::max(loop.voltage) <= 0 || std::ranges::min(loop.voltage) >= 0)
    fail(Errc::Format, "{}: the voltage never changes its sign; a loop has two branches", where);
  return loop;
}

void check(const CsvOptions& options) {
  if (!(options.amplitude > 0 && options.width > 0))
    fail(Errc::Usage, "pulses of {} V and {} s; both must lie above 0", options.amplitude, options.width);
  if (!(options.assumed_low > 0 && options.assumed_high > options.assumed_low))
    fail(Errc::Usage, "a range of conductance from {} to {} S; it must rise, above 0", options.assumed_low,
         options.assumed_high);
  if (!(options.series_resistance >= 0 && options.series_resistance <= 1e12))
    fail(Errc::Usage, "series resistance {} Ohm must lie in 0 ... 1e12", options.series_resistance);
  if (options.frequency && !(*options.frequency > 0 && *options.frequency <= 1e12))
    fail(Errc::Usage, "frequency {} Hz must lie above 0", *options.frequency);
  if (!(options.periods > 0)) fail(Errc::Usage, "a loop of {} periods; more than 0 are needed", options.periods);
}

}  // namespace

Measurement parse_measurement(std::string_view text, std::string_view where, const CsvOptions& options) {
  check(options);
  const CsvTable table = parse_csv(text, where);
  if (table.rows.size() < fewest_rows)
    fail(Errc::Format, "{}: {} rows of numbers; at least {} are needed", where, table.rows.size(), fewest_rows);
  const Columns c = columns_of(table);
  Measurement measured;
  measured.source = where;
  const bool of_a_loop = c.current || options.series_resistance > 0 || options.frequency;
  measured.kind = options.kind.value_or(of_a_loop ? MeasurementKind::IvLoop : MeasurementKind::PulseResponse);
  if (measured.kind == MeasurementKind::IvLoop) {
    measured.loop = loop_from(table, c, options, where, measured.assumptions);
    refuse_flat(measured.loop.current, "current", where);
  } else {
    const bool bare = table.header.empty() && table.scale.size() == 2;
    measured.response = bare || (c.up && c.down) ? up_and_down_from(table, c.up.value_or(0), c.down.value_or(1),
                                                                    options, where, measured.assumptions)
                                                 : pulses_from(table, c, where);
    refuse_flat(measured.response.conductance, "conductance", where);
  }
  return measured;
}

Measurement read_measurement(const std::filesystem::path& file, const CsvOptions& options) {
  std::error_code problem;
  const auto size = std::filesystem::file_size(file, problem);
  if (!problem && size > most_bytes)
    fail(Errc::Format, "{}: {} bytes; at most {} are read (thin the measurement out)", file.string(), size, most_bytes);
  const auto bytes = read_file(file);
  return parse_measurement({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string(), options);
}

}  // namespace assimilaate
