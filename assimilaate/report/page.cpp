#include "assimilaate/report/page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assimilaate/report/internal/figure.hpp"
#include "assimilaate/report/internal/style.hpp"
#include "assimilaate/report/internal/text.hpp"

namespace assimilaate {
namespace {

using report::escape;

std::string row_html(const std::vector<std::string>& row, const std::vector<bool>& numeric, const char* cell) {
  std::string out = "<tr>";
  for (std::size_t c = 0; c < numeric.size(); ++c)
    out += fmt::format("<{0}{1}>{2}</{0}>", cell, numeric[c] ? " class=\"number\"" : "",
                       c < row.size() ? escape(row[c]) : "");
  return out + "</tr>\n";
}

std::string table_html(const Table& table) {
  std::size_t columns = table.header.size();
  for (const auto& row : table.rows) columns = std::max(columns, row.size());
  const auto numeric = report::numeric_columns(table.rows, columns);
  std::string out = "<section class=\"table\">";
  if (!table.title.empty()) out += "<h2>" + escape(table.title) + "</h2>";
  out += "<div class=\"scroll\"><table>\n";
  if (!table.header.empty()) out += "<thead>" + row_html(table.header, numeric, "th") + "</thead>";
  out += "<tbody>\n";
  for (const auto& row : table.rows) out += row_html(row, numeric, "td");
  out += "</tbody></table></div>";
  if (!table.caption.empty()) out += "<p class=\"caption\">" + escape(table.caption) + "</p>";
  return out + "</section>\n";
}

std::string panel_html(const Panel& panel) {
  std::string out = fmt::format("<section class=\"panel{}\">", panel.figures.size() == 1 ? " single" : "");
  for (const Figure& figure : panel.figures) out += report::figure_html(figure);
  return out + "</section>\n";
}

std::string provenance_html(const std::vector<std::pair<std::string, std::string>>& provenance) {
  if (provenance.empty()) return "";
  std::string out = "<footer><dl>";
  for (const auto& [name, value] : provenance)
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escape(name), escape(value));
  return out + "</dl></footer>\n";
}

}  // namespace

std::string to_html(const Page& page) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" "
      "content=\"light dark\">\n"
      "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n",
      escape(page.title), report::style());
  if (!page.lead.empty()) out += "<p class=\"lead\">" + escape(page.lead) + "</p>\n";
  for (const Panel& panel : page.panels) out += panel_html(panel);
  for (const Table& table : page.tables) out += table_html(table);
  return out + provenance_html(page.provenance) + "</main>\n</body>\n</html>\n";
}

}  // namespace assimilaate
