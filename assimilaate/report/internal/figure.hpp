#pragma once

#include <string>

#include "assimilaate/report/page.hpp"

namespace assimilaate::report {

/// A `<figure>`: title, legend where labels cannot stand beside the marks, inline SVG, caption. Classes are those of
/// `style()`.
[[nodiscard]] std::string figure_html(const Figure& figure);

}  // namespace assimilaate::report
