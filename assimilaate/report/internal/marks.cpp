#include "assimilaate/report/internal/marks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assimilaate/report/internal/text.hpp"
#include "assimilaate/report/quantity.hpp"

namespace assimilaate::report {
namespace {

using Kind = Series::Kind;

/// `name: x label x, y label y`, what a pointer that rests on a mark is told.
std::string hover(const Shown& shown, const Mark& mark, const Figure& figure) {
  std::string text = shown.series->name.empty() ? "" : shown.series->name + ": ";
  if (mark.index < shown.series->labels.size()) text += shown.series->labels[mark.index] + ", ";
  if (shown.series->kind != Kind::Level)
    text += fmt::format("{} {}, ", figure.x.label, si_text(mark.x, figure.x.unit, 4));
  text += fmt::format("{} {}", figure.y.label, si_text(mark.y, figure.y.unit, 4));
  if (mark.low != mark.high)
    text += fmt::format(" ({} … {})", si_text(mark.low, figure.y.unit, 4), si_text(mark.high, figure.y.unit, 4));
  return "<title>" + escape(text) + "</title>";
}

/// Only what lies between the axes. A nested viewport clips without identifiers, which would have to be unique on the
/// page.
std::string clipped(const Layout& layout, const std::string& content) {
  constexpr double edge = 1.2;  // half a line [px]
  return fmt::format(
      "<svg x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2:.1f}\" height=\"{3:.1f}\" viewBox=\"{0:.1f} {1:.1f} {2:.1f} "
      "{3:.1f}\">{4}</svg>",
      layout.left - edge, layout.top - edge, layout.right - layout.left + 2 * edge,
      layout.bottom - layout.top + 2 * edge, content);
}

std::string path_of(const Layout& layout, const std::vector<Mark>& marks) {
  std::string path;
  for (const Mark& mark : marks)
    path += fmt::format("{}{:.1f} {:.1f}", mark.follows ? 'L' : 'M', layout.x.place(mark.x), layout.y.place(mark.y));
  return path;
}

std::string error_bars(const Layout& layout, const Shown& shown) {
  std::string path;
  for (const Mark& mark : shown.marks) {
    if (mark.low == mark.high) continue;
    const double x = layout.x.place(mark.x), low = layout.y.place(mark.low), high = layout.y.place(mark.high);
    path += fmt::format("M{0:.1f} {1:.1f}V{2:.1f}M{3:.1f} {1:.1f}h6M{3:.1f} {2:.1f}h6", x, low, high, x - 3);
  }
  return path.empty() ? path : fmt::format("<path class=\"error\" d=\"{}\"/>", path);
}

std::string shapes(const Layout& layout, const Shown& shown, const Figure& figure) {
  std::string out;
  for (const Mark& mark : shown.marks)
    if (layout.holds(mark))
      out += fmt::format("<path class=\"mark\" d=\"{}\">{}</path>",
                         shape_path(shown.colour, layout.x.place(mark.x), layout.y.place(mark.y)),
                         hover(shown, mark, figure));
  return out;
}

/// Many points as one path of dots: a twentieth of the bytes of as many circles.
std::string cloud(const Layout& layout, const Shown& shown) {
  std::string path;
  for (const Mark& mark : shown.marks)
    if (layout.holds(mark)) path += fmt::format("M{:.1f} {:.1f}h0", layout.x.place(mark.x), layout.y.place(mark.y));
  return fmt::format("<path class=\"cloud\" d=\"{}\"/>", path);
}

std::string bars(const Layout& layout, const Shown& shown, const Figure& figure) {
  const double half = shown.bar_width / 2, ground = layout.y.log ? layout.bottom : layout.y.place(0);
  std::string out;
  for (const Mark& mark : shown.marks) {
    if (layout.y.log && mark.y <= 0) continue;
    const double left = layout.x.place(layout.x.log ? mark.x * std::exp(-half) : mark.x - half);
    const double right = layout.x.place(layout.x.log ? mark.x * std::exp(half) : mark.x + half);
    const double top = layout.y.place(mark.y);
    const double gap = right - left > 4 ? 0.5 : 0;
    out += fmt::format("<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">{}</rect>",
                       left + gap, std::min(top, ground), std::max(0.5, right - left - 2 * gap), std::abs(ground - top),
                       hover(shown, mark, figure));
  }
  return out;
}

}  // namespace

std::string shape_path(std::size_t colour, double x, double y) {
  switch (colour % 4) {
    case 0:
      return fmt::format("M{:.1f} {:.1f}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", x - 4, y);
    case 1:
      return fmt::format("M{:.1f} {:.1f}h7v7h-7z", x - 3.5, y - 3.5);
    case 2:
      return fmt::format("M{:.1f} {:.1f}l5 5l-5 5l-5 -5z", x, y - 5);
    default:
      return fmt::format("M{:.1f} {:.1f}l4.8 8.4h-9.6z", x, y - 5);
  }
}

std::string marks_svg(const Layout& layout, const Shown& shown, const Figure& figure) {
  if (shown.marks.empty()) return "";
  const Series& series = *shown.series;
  const std::string dashed = std::string(series.dashed ? " dashed" : "") + (series.faint ? " faint" : "");
  if (series.kind == Kind::Level) {
    const double y = layout.y.place(shown.marks[0].y);
    return clipped(layout, fmt::format("<path class=\"level{}\" d=\"M{:.1f} {:.1f}H{:.1f}\">{}</path>", dashed,
                                       layout.left, y, layout.right, hover(shown, shown.marks[0], figure)));
  }
  const bool few = shown.marks.size() <= most_titled_marks;
  std::string inside, over;
  if (series.kind == Kind::Bars) inside = bars(layout, shown, figure);
  if (series.kind == Kind::Line)
    inside = fmt::format("<path class=\"line{}\" d=\"{}\"/>", dashed, path_of(layout, shown.marks));
  if (series.kind != Kind::Bars) inside += error_bars(layout, shown);
  if (series.kind != Kind::Bars && few && !series.faint) over = shapes(layout, shown, figure);
  if (series.kind == Kind::Points && !few) over = cloud(layout, shown);
  return fmt::format("<g class=\"c{}\">{}{}</g>", shown.colour, inside.empty() ? "" : clipped(layout, inside), over);
}

}  // namespace assimilaate::report
