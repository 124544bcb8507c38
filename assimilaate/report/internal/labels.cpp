#include "assimilaate/report/internal/labels.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "assimilaate/report/terminal_table.hpp"

namespace assimilaate::report {

double text_width(std::string_view text) { return 0.56 * font_size * static_cast<double>(display_width(text)); }

std::vector<double> spread(std::span<const double> wanted, double gap, double low, double high) {
  struct Cluster {
    double sum;
    std::size_t size;
    [[nodiscard]] double mean() const { return sum / static_cast<double>(size); }
  };
  std::vector<std::size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return wanted[a] < wanted[b]; });
  std::vector<Cluster> clusters;
  for (std::size_t i = 0; i < order.size(); ++i) {
    clusters.push_back({wanted[order[i]] - static_cast<double>(i) * gap, 1});
    while (clusters.size() > 1 && clusters[clusters.size() - 2].mean() >= clusters.back().mean()) {
      const Cluster last = clusters.back();
      clusters.pop_back();
      clusters.back().sum += last.sum;
      clusters.back().size += last.size;
    }
  }
  const double ceiling = std::max(low, high - gap * static_cast<double>(wanted.size() - 1));
  std::vector<double> placed(wanted.size());
  std::size_t i = 0;
  for (const Cluster& cluster : clusters)
    for (std::size_t k = 0; k < cluster.size; ++k, ++i)
      placed[order[i]] = std::clamp(cluster.mean(), low, ceiling) + static_cast<double>(i) * gap;
  return placed;
}

std::optional<Placed> Placer::place(double x, double y, std::string_view text) {
  const double width = text_width(text), away = 8, near = 4;
  const double above = y - away, below = y + away + 9, beside = y + 4;
  const std::array<Placed, 8> sides{{{x, above, "middle"},
                                     {x + away, beside, "start"},
                                     {x - away, beside, "end"},
                                     {x, below, "middle"},
                                     {x - near, above, "end"},
                                     {x + near, above, "start"},
                                     {x + near, below, "start"},
                                     {x - near, below, "end"}}};
  for (const Placed& side : sides) {
    const double left = side.anchor == std::string_view("start") ? side.x
                        : side.anchor == std::string_view("end") ? side.x - width
                                                                 : side.x - width / 2;
    const Box box{left, side.y - 9, left + width, side.y + 2.5};  // about the baseline
    if (box.left < inside_.left || box.right > inside_.right || box.top < inside_.top || box.bottom > inside_.bottom)
      continue;
    if (std::any_of(taken_.begin(), taken_.end(), [&](const Box& other) { return box.meets(other); })) continue;
    taken_.push_back(box);
    return side;
  }
  return std::nullopt;
}

}  // namespace assimilaate::report
