#include "assimilaate/substrate/jump_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "assimilaate/core/error.hpp"
#include "assimilaate/core/file.hpp"

namespace assimilaate {
namespace {

constexpr std::size_t fewest = 16;  // pulses at a voltage

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\"");
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(" \t\r\"") - first + 1);
}

bool number_of(std::string_view text, double& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const auto to = std::min(text.find(at, from), text.size());
    parts.push_back(trimmed(text.substr(from, to - from)));
    from = to + 1;
  }
  return parts;
}

JumpEvent event_of(std::span<const std::string_view> cells, std::string_view where) {
  constexpr std::array names{"voltage", "conductance", "change"};
  std::array<double, 3> values{};
  if (cells.size() != names.size())
    fail(Errc::Format, "{}: {} columns; a jump table has voltage [V], conductance before [S], change [S]", where,
         cells.size());
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!number_of(cells[i], values[i]))
      fail(Errc::Format, "{}: {} '{}' is not a number; correct or remove the line", where, names[i], cells[i]);
  if (values[0] == 0) fail(Errc::Format, "{}: a pulse of 0 V; give the voltage that was applied", where);
  for (const double conductance : {values[1], values[1] + values[2]})
    if (!(conductance > 0 && conductance <= 10))
      fail(Errc::Format, "{}: conductance {} S, before or after the pulse, cannot be; the unit is siemens", where,
           conductance);
  return {values[0], values[1], values[2]};
}

/// Quantiles of the changes of the `count` events nearest to a conductance; events are in order of conductance.
void fill_row(std::span<const JumpEvent> events, std::size_t count, double conductance, std::span<float> row) {
  std::size_t first = 0;
  while (first + count < events.size() &&
         events[first + count].conductance - conductance < conductance - events[first].conductance)
    ++first;
  std::vector<double> changes;
  for (const JumpEvent& event : events.subspan(first, count)) changes.push_back(event.change);
  std::ranges::sort(changes);
  for (std::size_t i = 0; i < row.size(); ++i) {
    const double at =
        (static_cast<double>(i) + 0.5) / static_cast<double>(row.size()) * static_cast<double>(count) - 0.5;
    const double inside = std::clamp(at, 0.0, static_cast<double>(count - 1));
    const auto below = std::min(static_cast<std::size_t>(inside), count - 2);
    row[i] = static_cast<float>(std::lerp(changes[below], changes[below + 1], inside - static_cast<double>(below)));
  }
}

/// Whether a voltage does not come up to a level of its sign; 2 * (V / 2) is V.
bool below(double voltage, double level) { return std::abs(voltage) < std::abs(level) * (1 - 1e-9); }

/// Position among `count` nodes and the part of the way to the next.
std::pair<std::size_t, double> node_at(double at, std::size_t count) {
  at = std::clamp(at, 0.0, static_cast<double>(count - 1));
  const auto node = std::min(static_cast<std::size_t>(at), count - 2);
  return {node, at - static_cast<double>(node)};
}

}  // namespace

double JumpTable::change(std::size_t level, double conductance, double u) const {
  const auto [row, down] = node_at((conductance - g_low) / (g_high - g_low) * (rows - 1), rows);
  const auto [column, right] = node_at(u * quantiles - 0.5, quantiles);
  const float* at = &changes[(level * rows + row) * quantiles + column];
  return std::lerp(std::lerp(double{at[0]}, double{at[1]}, right),
                   std::lerp(double{at[quantiles]}, double{at[quantiles + 1]}, right), down);
}

std::size_t JumpTable::lowest_level(bool up) const {
  const auto first_up = static_cast<std::size_t>(std::ranges::upper_bound(voltages, 0.0) - voltages.begin());
  return up ? first_up : first_up - 1;
}

bool JumpTable::reaches(double voltage) const { return !below(voltage, voltages[lowest_level(voltage > 0)]); }

double JumpTable::change_at(double voltage, double conductance, double u) const {
  if (!reaches(voltage)) return 0;
  const bool up = voltage > 0;
  const std::size_t highest = up ? voltages.size() - 1 : 0;
  std::size_t level = lowest_level(up);
  while (level != highest) {
    const std::size_t next = up ? level + 1 : level - 1;
    if (below(voltage, voltages[next]))
      return std::lerp(change(level, conductance, u), change(next, conductance, u),
                       (voltage - voltages[level]) / (voltages[next] - voltages[level]));
    level = next;
  }
  return change(highest, conductance, u);
}

std::vector<double> JumpTable::numbers() const {
  std::vector<double> all{static_cast<double>(voltages.size()), g_low, g_high};
  all.insert(all.end(), voltages.begin(), voltages.end());
  all.insert(all.end(), changes.begin(), changes.end());
  return all;
}

JumpTable JumpTable::from_numbers(std::span<const double> numbers) {
  const double levels = numbers.empty() ? 0 : numbers[0];
  if (!(levels >= 2 && levels <= 1000 && levels == std::floor(levels)))
    fail(Errc::Usage, "jump table: {} voltages, at least one on each side of 0 expected", levels);
  const auto count = static_cast<std::size_t>(levels);
  if (numbers.size() != 3 + count + count * rows * quantiles)
    fail(Errc::Usage, "jump table: {} numbers, {} expected for {} voltages", numbers.size(),
         3 + count + count * rows * quantiles, count);
  JumpTable table{numbers[1], numbers[2], {}, {}};
  const auto voltages = numbers.subspan(3, count), changes = numbers.subspan(3 + count);
  table.voltages.assign(voltages.begin(), voltages.end());
  table.changes.assign(changes.begin(), changes.end());
  if (!(table.g_low > 0 && table.g_high > table.g_low))
    fail(Errc::Usage, "jump table: from {} S to {} S; it must rise, above 0 S", table.g_low, table.g_high);
  if (!std::ranges::is_sorted(table.voltages) || !(table.voltages.front() < 0 && table.voltages.back() > 0) ||
      std::ranges::find(table.voltages, 0.0) != table.voltages.end())
    fail(Errc::Usage, "jump table: voltages from {} V to {} V; they must rise, on both sides of 0",
         table.voltages.front(), table.voltages.back());
  for (std::size_t i = 0; i < table.changes.size(); ++i)
    if (!std::isfinite(table.changes[i]) || (i % quantiles > 0 && table.changes[i] < table.changes[i - 1]))
      fail(Errc::Usage, "jump table: quantile {} of row {} is {}; quantiles are numbers that rise", i % quantiles,
           i / quantiles, table.changes[i]);
  return table;
}

JumpTable jump_table_from_events(std::span<const JumpEvent> events, std::string_view where) {
  std::map<double, std::vector<JumpEvent>> levels;
  JumpTable table;
  for (const JumpEvent& event : events) {
    levels[event.voltage].push_back(event);
    for (const double g : {event.conductance, event.conductance + event.change}) {
      table.g_low = table.g_low == 0 ? g : std::min(table.g_low, g);
      table.g_high = std::max(table.g_high, g);
    }
  }
  if (levels.empty() || levels.begin()->first >= 0 || levels.rbegin()->first <= 0)
    fail(Errc::Format, "{}: a jump table needs pulses of both directions, positive and negative voltages", where);
  if (!(table.g_high > table.g_low)) fail(Errc::Format, "{}: every conductance is {} S", where, table.g_low);
  for (auto& [voltage, pulses] : levels) {
    if (pulses.size() < fewest)
      fail(Errc::Format, "{}: {} pulses of {} V; at least {} are needed", where, pulses.size(), voltage, fewest);
    std::ranges::stable_sort(pulses, {}, &JumpEvent::conductance);
    table.voltages.push_back(voltage);
    const std::size_t first = table.changes.size();
    table.changes.resize(first + JumpTable::rows * JumpTable::quantiles);
    for (std::size_t r = 0; r < JumpTable::rows; ++r)
      fill_row(pulses, std::max(fewest, pulses.size() / 16),
               std::lerp(table.g_low, table.g_high, static_cast<double>(r) / (JumpTable::rows - 1)),
               std::span(table.changes).subspan(first + r * JumpTable::quantiles, JumpTable::quantiles));
  }
  return table;
}

JumpTable jump_table_from_csv(const std::filesystem::path& csv) {
  const auto bytes = read_file(csv);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::vector<JumpEvent> events;
  std::size_t number = 0;
  bool named = false;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const auto cells = split(line, ',');
    double value = 0;
    const bool names = std::ranges::none_of(cells, [&](std::string_view cell) { return number_of(cell, value); });
    if (names && events.empty() && !named && cells.size() == 3) {
      named = true;
      continue;
    }
    events.push_back(event_of(cells, fmt::format("{}: line {}", csv.string(), number)));
  }
  return jump_table_from_events(events, csv.string());
}

double ks_distance(std::vector<double> a, std::vector<double> b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  double largest = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const double at = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= at) ++i;
    while (j < b.size() && b[j] <= at) ++j;
    largest = std::max(largest, std::abs(static_cast<double>(i) / static_cast<double>(a.size()) -
                                         static_cast<double>(j) / static_cast<double>(b.size())));
  }
  return largest;
}

}  // namespace assimilaate
