#pragma once
/// Figures as one SVG file: light ground, no script, nothing fetched, for papers, README files and slides.

#include <string>
#include <vector>

#include "assimilaate/report/page.hpp"

namespace assimilaate {

/// Panels in rows of `columns`, each with its title, under one headline.
struct Chart {
  std::string title{}, subtitle{};  ///< either may be empty
  std::vector<Figure> figures{};
  std::size_t columns = 2;    ///< at least 1
  double figure_width = 400;  ///< [px]; text is 12.5 px
};

/// The whole file, UTF-8. Captions of the figures and notes on what a figure leaves out stand below them. All text is
/// escaped; the same chart gives the same bytes.
[[nodiscard]] std::string to_svg(const Chart& chart);

}  // namespace assimilaate
