#pragma once
/// One page of pictures and tables as a single HTML file: no script, nothing fetched, light and dark, readable on a
/// phone. Knows nothing of what it shows: figures are series of numbers, tables are rows of text.

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace assimilaate {

/// Numbers that belong together in a figure.
struct Series {
  enum class Kind {
    Line,    ///< points joined in order, labelled at its end
    Points,  ///< marks; a cloud of more than `max_drawn_points` is thinned evenly and the caption says so
    Level,   ///< a horizontal line at y[0] across the whole figure; x is not used
    Bars     ///< a histogram: x are the centres of the bins, y their heights
  };
  std::string name{};
  std::vector<double> x{},
      y{};  ///< same length; what is not finite, or not positive on a logarithmic axis, is left out and counted
  Kind kind = Kind::Line;
  bool dashed = false;
  bool faint = false;                   ///< thin, pale and without a name: what a named series is the mean of
  std::optional<std::size_t> colour{};  ///< which of the seven, for series that belong together; absent: the next one
  std::vector<double> low{}, high{};    ///< error bars, ends in units of y; empty or as long as y
  std::vector<std::string> labels{};    ///< text beside each point; empty or as long as y
};

/// Most marks drawn for one `Points` series.
inline constexpr std::size_t max_drawn_points = 2'000;

/// What an axis measures, in `unit` without prefix (`bit`, `S`): prefixes are chosen by the page. `%` and no unit take
/// none.
struct Axis {
  std::string label{}, unit{};
  bool log = false;
  std::optional<double> low{}, high{};  ///< ends of the axis; absent: taken from the numbers
};

struct Figure {
  std::string title{}, caption{};
  Axis x{}, y{};
  std::vector<Series> series{};
  bool square = false;  ///< one range for both axes and a dotted diagonal: for scattering like against like
  bool legend = false;  ///< names above the plot: for lines that end in the midst of others
};

/// Figures side by side where there is room.
struct Panel {
  std::vector<Figure> figures;
};

/// Columns that hold only numbers are aligned to the right.
struct Table {
  std::string title{}, caption{};
  std::vector<std::string> header{};
  std::vector<std::vector<std::string>> rows{};
};

/// Shown in this order: title, lead, panels, tables, provenance.
struct Page {
  std::string title{}, lead{};  ///< lead: one or two sentences
  std::vector<Table> tables{};
  std::vector<Panel> panels{};
  std::vector<std::pair<std::string, std::string>> provenance{};  ///< command, seed, version, ...
};

/// The whole file, UTF-8. All text is escaped, malformed UTF-8 becomes U+FFFD; the same page gives the same bytes.
[[nodiscard]] std::string to_html(const Page& page);

}  // namespace assimilaate
