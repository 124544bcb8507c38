#pragma once
/// A figure before it is drawn: what can be shown of each series, the scales, the place of the plot.

#include <vector>

#include "assimilaate/report/internal/scale.hpp"
#include "assimilaate/report/page.hpp"

namespace assimilaate::report {

struct Mark {
  double x, y;
  double low, high;     ///< error bar; equal to y without one
  std::size_t index;    ///< in the series
  bool follows = true;  ///< no gap between this and the mark before
};

/// The drawable part of one series.
struct Shown {
  const Series* series;
  std::size_t colour;        ///< which of the page's colours; levels have none
  std::vector<Mark> marks;   ///< a level has one mark, its x is meaningless
  std::size_t left_out = 0;  ///< values that no axis can show
  std::size_t thinned = 0;   ///< points there are, when fewer are drawn; else 0
  double bar_width = 0;      ///< in units of x, or a factor on a logarithmic axis
};

struct Layout {
  std::vector<Shown> shown;
  Scale x, y;
  double width = 0, height = 0;
  double left = 0, right = 0, top = 0, bottom = 0;  ///< edges of the plot [px]
  std::vector<std::string> notes;                   ///< what the picture leaves out
  bool legend = false;                              ///< all names above the plot
  [[nodiscard]] bool empty() const;
  [[nodiscard]] bool holds(const Mark& mark) const { return x.holds(mark.x) && y.holds(mark.y); }
};

inline constexpr std::size_t colours = 7;

/// @param width  of the whole picture; 0: as a page has room for [px]
[[nodiscard]] Layout lay_out(const Figure& figure, double width = 0);

/// True when the series is named in the margin at the right: levels, and lines that reach the right edge.
[[nodiscard]] bool named_in_margin(const Layout& layout, const Shown& shown);

}  // namespace assimilaate::report
