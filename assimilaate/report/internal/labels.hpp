#pragma once
/// Where words go in a picture so that none covers another.

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace assimilaate::report {

inline constexpr double font_size = 12.5;  // [px]

/// About how wide text is in the page's font [px].
[[nodiscard]] double text_width(std::string_view text);

/// Heights nearest to the wanted ones (least squares) that keep their order, at least `gap` apart and within [low,
/// high] where they fit (pool adjacent violators). @param wanted any order; the result has the same order
[[nodiscard]] std::vector<double> spread(std::span<const double> wanted, double gap, double low, double high);

struct Box {
  double left, top, right, bottom;
  [[nodiscard]] bool meets(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

/// A label beside a mark: where its text is anchored.
struct Placed {
  double x, y;
  const char* anchor;  ///< SVG text-anchor
};

/// Finds room for labels beside marks, first come first served.
class Placer {
 public:
  explicit Placer(Box inside) : inside_(inside) {}
  /// Ground that labels must not cover.
  void occupy(Box box) { taken_.push_back(box); }
  /// Above, right, left, below or at a corner of a mark at (x, y); nothing when every side is taken.
  [[nodiscard]] std::optional<Placed> place(double x, double y, std::string_view text);

 private:
  Box inside_;
  std::vector<Box> taken_;
};

}  // namespace assimilaate::report
