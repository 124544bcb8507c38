#include "assimilaate/report/terminal_table.hpp"

#include <algorithm>

#include "assimilaate/report/internal/text.hpp"

namespace assimilaate {
namespace {

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

/// Combining marks, joiners and variation selectors take no column; East Asian wide forms and emoji take two.
std::size_t columns_of(char32_t c) {
  const bool none = (c >= 0x300 && c < 0x370) || (c >= 0x200B && c < 0x2010) || (c >= 0x20D0 && c < 0x2100) ||
                    (c >= 0xFE00 && c < 0xFE10) || c == 0xFEFF;
  const bool wide = (c >= 0x1100 && c < 0x1160) || (c >= 0x2E80 && c < 0xA4D0) || (c >= 0xAC00 && c < 0xD7A4) ||
                    (c >= 0xF900 && c < 0xFB00) || (c >= 0xFE30 && c < 0xFE70) || (c >= 0xFF00 && c < 0xFF61) ||
                    (c >= 0x1F300 && c < 0x1FB00) || (c >= 0x20000 && c < 0x40000);
  return none ? 0 : wide ? 2 : 1;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char32_t c = report::take_code_point(text);
    report::append_utf8(out, is_control(c) ? U'?' : c);
  }
  return out;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) width += columns_of(report::take_code_point(text));
  return width;
}

std::string terminal_table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows) {
  std::size_t columns = header.size();
  for (const auto& row : rows) columns = std::max(columns, row.size());
  const auto numeric = report::numeric_columns(rows, columns);
  std::vector<std::size_t> widths(columns, 0);
  const auto measure = [&](const std::vector<std::string>& row) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], display_width(printable(row[c])));
  };
  measure(header);
  for (const auto& row : rows) measure(row);

  std::string out;
  const auto write = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t c = 0; c < columns; ++c) {
      const std::string cell = c < row.size() ? printable(row[c]) : "";
      const std::string room(widths[c] - display_width(cell), ' ');
      line += (c == 0 ? "" : "  ") + (numeric[c] ? room + cell : cell + room);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  };
  if (!header.empty()) {
    write(header);
    std::string rule;
    for (std::size_t c = 0; c < columns; ++c) {
      rule += c == 0 ? "" : "  ";
      for (std::size_t i = 0; i < widths[c]; ++i) rule += "─";
    }
    out += rule + '\n';
  }
  for (const auto& row : rows) write(row);
  return out;
}

}  // namespace assimilaate
