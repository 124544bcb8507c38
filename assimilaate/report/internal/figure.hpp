#pragma once

#include <string>
#include <vector>

#include "assimilaate/report/internal/layout.hpp"

namespace assimilaate::report {

/// The plot of a figure: axes, marks and the words beside them, as SVG elements; and who found no room for a name.
struct Drawing {
  std::string svg;
  std::vector<const Shown*> legend;
};
[[nodiscard]] Drawing draw(const Figure& figure, const Layout& layout);

/// The sign that stands before a name in a legend, 14 x 14 px: a piece of the line, a bar, a mark.
[[nodiscard]] std::string legend_sign(const Shown& shown);

/// A `<figure>`: title, legend where labels cannot stand beside the marks, inline SVG, caption. Classes are those of
/// `style()`.
[[nodiscard]] std::string figure_html(const Figure& figure);

}  // namespace assimilaate::report
