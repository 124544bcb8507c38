#pragma once

#include <string>

#include "assimilaate/report/internal/layout.hpp"

namespace assimilaate::report {

/// The SVG of one series, without words beside it; hover titles inside.
[[nodiscard]] std::string marks_svg(const Layout& layout, const Shown& shown, const Figure& figure);

/// Lines and clouds of more marks than that are drawn without a shape at each.
inline constexpr std::size_t most_titled_marks = 60;

/// One mark of the colour's own shape (circle, square, diamond, triangle), so that colour never speaks alone.
[[nodiscard]] std::string shape_path(std::size_t colour, double x, double y);

}  // namespace assimilaate::report
