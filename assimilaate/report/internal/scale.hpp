#pragma once
/// From numbers to places on the picture, and the ticks between.

#include <limits>
#include <string>
#include <vector>

#include "assimilaate/report/page.hpp"

namespace assimilaate::report {

struct Tick {
  double value;
  std::string text;
};

/// The range of what is drawn along an axis.
struct Extent {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
  void add(double value);
  [[nodiscard]] bool empty() const { return low > high; }
};

/// One axis laid out: `place` maps a value to a pixel.
struct Scale {
  double low = 0, high = 1;
  bool log = false;
  double from = 0, to = 1;  ///< pixels at `low` and `high`
  std::vector<Tick> ticks;
  std::string title;  ///< label with the unit of the ticks: `conductance [µS]`

  [[nodiscard]] double place(double value) const;
  [[nodiscard]] bool holds(double value) const { return value >= low && value <= high; }
};

/// A value that an axis can show: finite, of a magnitude that arithmetic survives, positive when logarithmic.
[[nodiscard]] bool drawable(double value, bool log);

/// @param wanted about how many ticks there is room for
/// @param tight  no room beyond the extent
[[nodiscard]] Scale make_scale(const Axis& axis, Extent extent, double from, double to, int wanted, bool tight = false);

}  // namespace assimilaate::report
