#include "assimilaate/report/internal/text.hpp"

#include <array>

namespace assimilaate::report {
namespace {

constexpr char32_t replacement = 0xFFFD;

bool is_dash(std::string_view cell) {
  return cell.empty() || cell == "-" || cell == "–" || cell == "—" || cell == "n/a";
}

}  // namespace

char32_t take_code_point(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 && lead < 0xF5   ? 3
                   : lead >= 0xE0 && lead < 0xF0 ? 2
                   : lead >= 0xC2 && lead < 0xE0 ? 1
                                                 : 0;
  if (more == 0) return replacement;
  char32_t code = lead & (0x3FU >> more);
  for (int i = 0; i < more; ++i) {
    if (text.empty() || (static_cast<unsigned char>(text.front()) & 0xC0U) != 0x80U) return replacement;
    code = (code << 6) | (static_cast<unsigned char>(text.front()) & 0x3FU);
    text.remove_prefix(1);
  }
  constexpr std::array<char32_t, 4> smallest{0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  return code < smallest[static_cast<std::size_t>(more)] || code > 0x10FFFF || surrogate ? replacement : code;
}

void append_utf8(std::string& out, char32_t code) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | (code >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const char32_t code = take_code_point(text);
    const bool control = (code < 0x20 && code != U'\n' && code != U'\t') || (code >= 0x7F && code < 0xA0);
    if (code == U'&')
      out += "&amp;";
    else if (code == U'<')
      out += "&lt;";
    else if (code == U'>')
      out += "&gt;";
    else if (code == U'"')
      out += "&quot;";
    else if (code == U'\'')
      out += "&#39;";
    else
      append_utf8(out, control ? replacement : code);
  }
  return out;
}

bool looks_numeric(std::string_view cell) {
  if (is_dash(cell)) return true;
  for (const std::string_view sign : {"−", "≤", "≥", "≈", "±", "+", "-", "<", ">", "~", " "})
    while (cell.starts_with(sign)) cell.remove_prefix(sign.size());
  if (cell.starts_with("∞")) return true;
  if (cell.starts_with('.')) cell.remove_prefix(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (cell.empty() || cell.size() > 40 || !is_digit(cell.front())) return false;
  for (std::size_t i = 1; i < cell.size(); ++i) {
    const char before = cell[i - 1];
    if (cell[i] == '-' && before != 'e' && before != 'E' && before != ' ') return false;  // 784-512-10, 2-bit
    if (cell[i] == 'x' && is_digit(before) && i + 1 < cell.size() && is_digit(cell[i + 1])) return false;  // 64x16
  }
  return true;
}

std::vector<bool> numeric_columns(const std::vector<std::vector<std::string>>& rows, std::size_t columns) {
  std::vector<bool> numeric(columns, true), seen(columns, false);
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size() && c < columns; ++c) {
      if (!looks_numeric(row[c])) numeric[c] = false;
      if (!is_dash(row[c])) seen[c] = true;
    }
  for (std::size_t c = 0; c < columns; ++c) numeric[c] = numeric[c] && seen[c];
  return numeric;
}

}  // namespace assimilaate::report
