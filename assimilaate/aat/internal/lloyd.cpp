#include "assimilaate/aat/internal/lloyd.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace assimilaate::internal {
namespace {

/// Quantiles of the density whose bins weigh the cube root of their count.
void start(std::span<const float> sorted, std::span<float> levels) {
  constexpr std::size_t bins = 256;
  const double low = sorted.front(), width = (static_cast<double>(sorted.back()) - low) / bins;
  std::vector<double> weights(bins);
  double all = 0;
  auto first = sorted.begin();
  for (std::size_t b = 0; b < bins; ++b) {
    const auto edge = static_cast<float>(low + width * static_cast<double>(b + 1));
    const auto last = b + 1 == bins ? sorted.end() : std::upper_bound(first, sorted.end(), edge);
    weights[b] = std::cbrt(static_cast<double>(last - first));
    all += weights[b];
    first = last;
  }
  double below = 0;
  std::size_t b = 0;
  for (std::size_t a = 0; a < levels.size(); ++a) {
    const double wanted = all * (static_cast<double>(a) + 0.5) / static_cast<double>(levels.size());
    while (b + 1 < bins && below + weights[b] < wanted) below += weights[b++];
    const double inside = weights[b] > 0 ? (wanted - below) / weights[b] : 0.5;
    levels[a] = static_cast<float>(low + width * (static_cast<double>(b) + inside));
  }
}

}  // namespace

void fit_lloyd(std::span<const float> sorted, std::span<float> levels) {
  start(sorted, levels);
  std::vector<double> sums(sorted.size() + 1);
  for (std::size_t i = 0; i < sorted.size(); ++i) sums[i + 1] = sums[i] + sorted[i];
  constexpr int iterations = 60;
  bool moved = true;
  for (int iteration = 0; moved && iteration < iterations; ++iteration) {
    moved = false;
    std::size_t first = 0;
    for (std::size_t a = 0; a < levels.size(); ++a) {
      std::size_t last = sorted.size();
      if (a + 1 < levels.size()) {
        const float border = 0.5F * levels[a] + 0.5F * levels[a + 1];
        last = static_cast<std::size_t>(
            std::upper_bound(sorted.begin() + static_cast<std::ptrdiff_t>(first), sorted.end(), border) -
            sorted.begin());
      }
      if (last > first) {
        const auto centre = static_cast<float>((sums[last] - sums[first]) / static_cast<double>(last - first));
        moved = moved || centre != levels[a];
        levels[a] = centre;
      }
      first = last;
    }
    std::ranges::sort(levels);  // a level without samples may have been passed by its neighbour
  }
}

void fit_uniform(std::span<const float> sorted, std::span<float> levels) {
  const std::size_t cut = sorted.size() / 1000;
  const float low = sorted[cut], step = (sorted[sorted.size() - 1 - cut] - low) / static_cast<float>(levels.size());
  for (std::size_t a = 0; a < levels.size(); ++a) levels[a] = low + step * (static_cast<float>(a) + 0.5F);
}

}  // namespace assimilaate::internal
