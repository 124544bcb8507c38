#include "assimilaate/report/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "assimilaate/report/internal/figure.hpp"
#include "assimilaate/report/internal/labels.hpp"
#include "assimilaate/report/internal/style.hpp"
#include "assimilaate/report/internal/text.hpp"

namespace assimilaate {
namespace {

using report::escape;
using report::text_width;

constexpr double gap = 28, edge = 14, line = 17;  // [px]

/// Text cut at blanks into lines no wider than that.
std::vector<std::string> wrapped(std::string_view text, double width) {
  std::vector<std::string> lines;
  std::string now;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string word(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!now.empty() && text_width(now + " " + word) > width) lines.push_back(std::exchange(now, ""));
    now += (now.empty() ? "" : " ") + word;
  }
  if (!now.empty()) lines.push_back(now);
  return lines;
}

std::string text_lines(const std::vector<std::string>& lines, const char* kind, double x, double y) {
  std::string out;
  for (const std::string& each : lines) {
    out += fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>", kind, x, y, escape(each));
    y += line;
  }
  return out;
}

/// One panel with what stands above and below its plot.
struct Block {
  std::string above, plot, below;
  double head = 0, height = 0, foot = 0;  // [px]
};

/// Names in rows of what fits. @return height [px]
double legend_rows(const std::vector<const report::Shown*>& legend, double width, double top, std::string& out) {
  double x = 0, y = top;
  if (legend.empty()) return 0;
  for (const report::Shown* shown : legend) {
    const double room = 19 + 0.92 * text_width(shown->series->name) + 9;  // names in legends are not bold
    if (x > 0 && x + room > width) x = 0, y += line;
    out += fmt::format(
        "<g class=\"c{}\" transform=\"translate({:.1f} {:.1f})\">{}</g><text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>",
        shown->colour, x, y - 11, report::legend_sign(*shown), x + 19, y, escape(shown->series->name));
    x += room;
  }
  return y - top + line + 2;
}

Block block_of(const Figure& figure, double width) {
  const report::Layout layout = report::lay_out(figure, width);
  Block block;
  if (!figure.title.empty()) {
    block.above = text_lines({figure.title}, "panel-title", 4, 16);
    block.head = 24;
  }
  if (layout.empty()) {
    block.plot = fmt::format("<text x=\"{:.1f}\" y=\"60\" text-anchor=\"middle\">Nothing to draw.</text>", width / 2);
    block.height = 120;
  } else {
    const report::Drawing drawing = report::draw(figure, layout);
    block.head += legend_rows(drawing.legend, width, block.head + 13, block.above);
    block.plot = drawing.svg;
    block.height = layout.height;
  }
  std::string words = figure.caption;
  for (const std::string& note : layout.notes) words += (words.empty() ? "" : " ") + note;
  const auto lines = wrapped(words, width - 8);
  block.below = text_lines(lines, "caption", 4, 18);
  block.foot = lines.empty() ? 0 : 10 + line * static_cast<double>(lines.size());
  return block;
}

/// The page's rules, on light ground, with the colours written out: not every viewer of SVG knows variables.
std::string chart_style() {
  constexpr std::string_view kept[] = {"svg ",   ".grid",  ".level", ".neutral", ".dashed", ".line",
                                       ".faint", ".error", ".mark",  ".cloud",   ".bar",    ".c0"};
  const std::string_view all = report::style();
  const std::string_view colours = all.substr(0, all.find("@media"));
  std::string out;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\n', at), all.size());
    const std::string_view rule = all.substr(at, end - at);
    if (std::ranges::any_of(kept, [&](std::string_view each) { return rule.starts_with(each); }))
      out += std::string(rule) + "\n";
    at = end + 1;
  }
  out +=
      "svg .headline{font-size:19px;font-weight:600;fill:var(--ink)}svg .panel-title{font-size:14.5px;font-weight:600;"
      "fill:var(--ink)}svg .subtitle{font-size:13.5px}\n";
  for (std::size_t at = out.find("var("); at != std::string::npos; at = out.find("var(", at)) {
    const std::size_t end = out.find(')', at);
    const std::string name = out.substr(at + 4, end - at - 4) + ":";
    const std::size_t from = colours.find(name) + name.size();
    out.replace(at, end + 1 - at, colours.substr(from, colours.find_first_of(";}", from) - from));
  }
  return out;
}

}  // namespace

std::string to_svg(const Chart& chart) {
  const std::size_t columns = std::clamp<std::size_t>(chart.columns, 1, std::max<std::size_t>(1, chart.figures.size()));
  const double width = 2 * edge + static_cast<double>(columns) * (chart.figure_width + gap) - gap;
  std::string body;
  double y = edge;
  if (!chart.title.empty()) body += text_lines({chart.title}, "headline", edge + 4, y += 20);
  const auto subtitle = wrapped(chart.subtitle, width - 2 * edge - 8);
  body += text_lines(subtitle, "subtitle", edge + 4, y + 22);
  y += 22 * (subtitle.empty() ? 0 : 1) + line * static_cast<double>(subtitle.empty() ? 0 : subtitle.size() - 1);
  if (y > edge) y += 20;
  std::vector<Block> blocks;
  for (const Figure& figure : chart.figures) blocks.push_back(block_of(figure, chart.figure_width));
  for (std::size_t first = 0; first < blocks.size(); first += columns) {
    double head = 0, height = 0, foot = 0;
    const std::size_t last = std::min(first + columns, blocks.size());
    for (std::size_t i = first; i < last; ++i) {
      head = std::max(head, blocks[i].head);
      height = std::max(height, blocks[i].height);
      foot = std::max(foot, blocks[i].foot);
    }
    for (std::size_t i = first; i < last; ++i) {
      const double x = edge + static_cast<double>(i - first) * (chart.figure_width + gap);
      body += fmt::format(
          "<g transform=\"translate({0:.1f} {1:.1f})\">{2}</g><g transform=\"translate({0:.1f} "
          "{3:.1f})\">{4}</g><g transform=\"translate({0:.1f} {5:.1f})\">{6}</g>\n",
          x, y, blocks[i].above, y + head, blocks[i].plot, y + head + height, blocks[i].below);
    }
    y += head + height + foot + (last < blocks.size() ? gap : 0);
  }
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" "
      "role=\"img\" aria-label=\"{2}\" font-family=\"system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu "
      "Sans',sans-serif\"><style>{3}</style><rect width=\"{0:.0f}\" height=\"{1:.0f}\" fill=\"#fff\"/>\n{4}</svg>\n",
      width, y + edge, escape(chart.title), chart_style(), body);
}

}  // namespace assimilaate
