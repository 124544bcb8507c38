#include "assimilaate/characterisation/csv_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

constexpr std::size_t most_values = 10'000'000;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\"";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::vector<std::string_view> cells_of(std::string_view line, char separator) {
  std::vector<std::string_view> cells;
  for (std::size_t at = 0;;) {
    const std::size_t end = line.find(separator, at);
    cells.push_back(trimmed(line.substr(at, end == std::string_view::npos ? end : end - at)));
    if (end == std::string_view::npos) return cells;
    at = end + 1;
  }
}

bool number(std::string_view cell, double& value) {
  if (cell.starts_with('+')) cell.remove_prefix(1);
  const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return problem == std::errc{} && end == cell.data() + cell.size() && !cell.empty();
}

/// Factor to SI of a unit with a prefix, where it is one that is known.
std::optional<double> factor_of(std::string_view unit) {
  constexpr std::array<std::string_view, 7> units{"V", "s", "S", "A", "Ohm", "ohm", "Ω"};
  constexpr std::array<std::pair<std::string_view, double>, 11> prefixes{{{"p", 1e-12},
                                                                          {"n", 1e-9},
                                                                          {"u", 1e-6},
                                                                          {"µ", 1e-6},
                                                                          {"μ", 1e-6},
                                                                          {"m", 1e-3},
                                                                          {"", 1},
                                                                          {"k", 1e3},
                                                                          {"M", 1e6},
                                                                          {"G", 1e9},
                                                                          {"f", 1e-15}}};
  for (const auto& [prefix, factor] : prefixes)
    if (unit.starts_with(prefix) && std::ranges::find(units, unit.substr(prefix.size())) != units.end()) return factor;
  return std::nullopt;
}

/// `Width [us]`, `width (us)`, `width_us` -> name and factor to SI.
struct Title {
  std::string name;
  double scale = 1;
};
Title title_of(std::string_view cell, std::string_view where, std::size_t line) {
  const auto bracket = cell.find_first_of("[(");
  std::string_view name = trimmed(cell.substr(0, bracket));
  Title title;
  if (bracket != std::string_view::npos) {
    std::string_view unit = cell.substr(bracket + 1);
    unit = trimmed(unit.substr(0, unit.find_first_of("])")));
    const auto factor = unit.empty() || unit == "1" || unit == "a.u." ? 1.0 : factor_of(unit);
    if (!factor)
      fail(Errc::Format, "{}:{}: unit '{}' is not known (V, s, S, A or Ohm, with a prefix from f to G)", where, line,
           unit);
    title.scale = *factor;
  } else if (const auto under = name.rfind('_'); under != std::string_view::npos && under > 0) {
    if (const auto factor = factor_of(name.substr(under + 1))) {
      title.scale = *factor;
      name = name.substr(0, under);
    }
  }
  for (const char c : name)
    if (c != ' ' && c != '_') title.name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return title;
}

}  // namespace

CsvTable parse_csv(std::string_view text, std::string_view where) {
  CsvTable table;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::size_t line_number = 0, columns = 0;
  char separator = ',';
  while (!text.empty()) {
    ++line_number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    if (columns == 0) {
      separator = line.find(';') != line.npos                                   ? ';'
                  : line.find(',') == line.npos && line.find('\t') != line.npos ? '\t'
                                                                                : ',';
      const auto cells = cells_of(line, separator);
      columns = cells.size();
      if (columns < 2)
        fail(Errc::Format, "{}:{}: one column ('{}'); two or three, separated by commas, are needed", where,
             line_number, line.substr(0, 40));
      double value = 0;
      const bool titles = std::ranges::none_of(cells, [&](std::string_view c) { return number(c, value); });
      table.scale.assign(columns, 1);
      if (titles) {
        for (std::size_t c = 0; c < columns; ++c) {
          const Title title = title_of(cells[c], where, line_number);
          table.header.push_back(title.name);
          table.scale[c] = title.scale;
        }
        continue;
      }
    }
    const auto cells = cells_of(line, separator);
    if (cells.size() != columns)
      fail(Errc::Format, "{}:{}: {} values where other rows have {} (a gap, or a decimal comma?)", where, line_number,
           cells.size(), columns);
    std::vector<double> row(columns);
    for (std::size_t c = 0; c < columns; ++c) {
      if (cells[c].empty()) fail(Errc::Format, "{}:{}: column {} is empty", where, line_number, c + 1);
      if (!number(cells[c], row[c]))
        fail(Errc::Format, "{}:{}: column {}: '{}' is not a number", where, line_number, c + 1, cells[c].substr(0, 40));
      if (!std::isfinite(row[c])) fail(Errc::Format, "{}:{}: column {} is {}", where, line_number, c + 1, row[c]);
      row[c] *= table.scale[c];
    }
    table.rows.push_back(std::move(row));
    table.lines.push_back(line_number);
    if (table.rows.size() * columns > most_values)
      fail(Errc::Format, "{}:{}: more than {} values (thin the measurement out)", where, line_number, most_values);
  }
  if (columns == 0) fail(Errc::Format, "{}: no numbers in it", where);
  return table;
}

}  // namespace assimilaate
