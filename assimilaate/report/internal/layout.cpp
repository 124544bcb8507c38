#include "assimilaate/report/internal/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assimilaate/report/internal/labels.hpp"

namespace assimilaate::report {
namespace {

using Kind = Series::Kind;

Shown show(const Series& series, const Figure& figure, std::size_t colour) {
  Shown shown{.series = &series, .colour = colour, .marks = {}};
  if (series.kind == Kind::Level) {
    if (!series.y.empty() && drawable(series.y[0], figure.y.log))
      shown.marks.push_back({0, series.y[0], series.y[0], series.y[0], 0});
    shown.left_out = shown.marks.empty() ? 1 : 0;
    return shown;
  }
  const std::size_t count = std::min(series.x.size(), series.y.size());
  shown.left_out = std::max(series.x.size(), series.y.size()) - count;
  bool follows = false;
  const auto end_of = [&](const std::vector<double>& ends, std::size_t i) {
    return i < ends.size() && drawable(ends[i], figure.y.log) ? ends[i] : series.y[i];
  };
  for (std::size_t i = 0; i < count; ++i) {
    const bool good =
        drawable(series.x[i], figure.x.log) && drawable(series.y[i], figure.y.log && series.kind != Kind::Bars);
    if (good)
      shown.marks.push_back({series.x[i], series.y[i], end_of(series.low, i), end_of(series.high, i), i, follows});
    else
      ++shown.left_out;
    follows = good;
  }
  if (series.kind == Kind::Points && shown.marks.size() > max_drawn_points) {
    shown.thinned = shown.marks.size();
    std::vector<Mark> kept;
    kept.reserve(max_drawn_points);
    for (std::size_t i = 0; i < max_drawn_points; ++i)
      kept.push_back(shown.marks[i * shown.thinned / max_drawn_points]);
    shown.marks = std::move(kept);
  }
  return shown;
}

/// The narrowest distance between neighbouring centres.
double bar_width(const Shown& shown, bool log) {
  std::vector<double> centres;
  for (const Mark& mark : shown.marks) centres.push_back(log ? std::log(mark.x) : mark.x);
  std::sort(centres.begin(), centres.end());
  double width = 0;
  for (std::size_t i = 1; i < centres.size(); ++i) {
    const double gap = centres[i] - centres[i - 1];
    if (gap > 0 && (width == 0 || gap < width)) width = gap;
  }
  return width == 0 ? (log ? 0.1 : 1) : width;
}

void extend(const Shown& shown, const Figure& figure, Extent& x, Extent& y) {
  const Kind kind = shown.series->kind;
  for (const Mark& mark : shown.marks) {
    for (const double value : {mark.y, mark.low, mark.high}) y.add(value);
    if (kind == Kind::Level) continue;
    if (kind != Kind::Bars) {
      x.add(mark.x);
      continue;
    }
    const double half = shown.bar_width / 2;
    x.add(figure.x.log ? mark.x * std::exp(-half) : mark.x - half);
    x.add(figure.x.log ? mark.x * std::exp(half) : mark.x + half);
    if (!figure.y.log) y.add(0);
  }
}

/// `20 000`: thousands apart.
std::string grouped(std::size_t count) {
  const std::string digits = std::to_string(count);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ' ';
    text += digits[i];
  }
  return text;
}

/// Series of which every mark lies outside the ends that the axes were given.
void note_what_is_outside(Layout& layout) {
  std::string names;
  for (const Shown& shown : layout.shown) {
    const bool level = shown.series->kind == Kind::Level;
    const bool seen = std::any_of(shown.marks.begin(), shown.marks.end(), [&](const Mark& mark) {
      return layout.y.holds(mark.y) && (level || layout.x.holds(mark.x));
    });
    if (!seen && !shown.marks.empty()) names += (names.empty() ? "“" : ", “") + shown.series->name + "”";
  }
  if (!names.empty()) layout.notes.push_back("Outside this picture: " + names + ".");
}

void note_what_is_missing(Layout& layout) {
  for (const Shown& shown : layout.shown) {
    const std::string of = shown.series->name.empty() ? "" : fmt::format(" of “{}”", shown.series->name);
    if (shown.thinned > 0)
      layout.notes.push_back(fmt::format("{} of {} points{} drawn, evenly chosen.", grouped(shown.marks.size()),
                                         grouped(shown.thinned), of));
    if (shown.marks.empty() && shown.left_out == 0)
      layout.notes.push_back(fmt::format("No values{}.", of.empty() ? " in a series" : of));
    if (shown.left_out > 0)
      layout.notes.push_back(fmt::format("{} value{}{} not drawn: no finite number that this axis can show.",
                                         shown.left_out, shown.left_out == 1 ? "" : "s", of));
  }
}

}  // namespace

bool Layout::empty() const {
  return std::all_of(shown.begin(), shown.end(), [](const Shown& s) { return s.marks.empty(); });
}

bool named_in_margin(const Layout& layout, const Shown& shown) {
  if (shown.marks.empty() || shown.series->name.empty() || !layout.y.holds(shown.marks.back().y)) return false;
  if (shown.series->kind == Kind::Level) return true;
  if (shown.series->kind != Kind::Line || layout.shown.size() == 1 || layout.legend) return false;
  return layout.x.place(shown.marks.back().x) > layout.left + 0.85 * (layout.right - layout.left);
}

Layout lay_out(const Figure& figure, double width) {
  Layout layout;
  layout.legend = figure.legend;
  Extent x, y;
  std::size_t colour = 0;
  bool bars = false;
  for (const Series& series : figure.series) {
    const bool own = series.kind != Kind::Level && !series.colour;
    layout.shown.push_back(
        show(series, figure, own ? colour++ % colours : series.colour.value_or(colours) % (colours + 1)));
    Shown& shown = layout.shown.back();
    if (series.kind == Kind::Bars) shown.bar_width = bar_width(shown, figure.x.log);
    bars = bars || series.kind == Kind::Bars;
    extend(shown, figure, x, y);
  }
  note_what_is_missing(layout);
  Axis x_axis = figure.x, y_axis = figure.y;
  if (figure.square) {
    for (const double end : {x.low, x.high}) y.add(end);
    x = y;
    if (!x_axis.low) x_axis.low = y_axis.low;
    if (!x_axis.high) x_axis.high = y_axis.high;
    y_axis.low = x_axis.low;
    y_axis.high = x_axis.high;
  }
  if (bars && !y_axis.log && !y.empty() && y.low >= 0 && !y_axis.low) y_axis.low = 0;

  layout.top = 30;
  layout.y = make_scale(y_axis, y, 1, 0, 6);
  double ticks = 0;
  for (const Tick& tick : layout.y.ticks) ticks = std::max(ticks, text_width(tick.text));
  layout.left = std::max(14 + ticks, figure.square ? 46.0 : 0.0);
  layout.width = width > 0 ? width : figure.square ? 400 : 480;
  layout.right = layout.width - 14;
  layout.x = make_scale(x_axis, x, layout.left, layout.right, layout.width < 440 ? 5 : 7, bars);
  note_what_is_outside(layout);
  double margin = 0;
  std::size_t named = 0;
  for (const Shown& shown : layout.shown) {
    if (!named_in_margin(layout, shown)) continue;
    margin = std::max(margin, text_width(shown.series->name) + 22);
    ++named;
  }
  layout.right -= std::min(margin, 0.42 * layout.width);
  const double plot = figure.square ? layout.right - layout.left : 270;
  layout.bottom = layout.top + std::max(plot, 15.0 * static_cast<double>(named));
  layout.height = layout.bottom + 46;
  layout.x.to = layout.right;
  layout.y.from = layout.bottom;
  layout.y.to = layout.top;
  return layout;
}

}  // namespace assimilaate::report
