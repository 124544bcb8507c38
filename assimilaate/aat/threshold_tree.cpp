#include "assimilaate/aat/threshold_tree.hpp"

#include <algorithm>

#include "assimilaate/core/error.hpp"

namespace assimilaate {

ThresholdTree::ThresholdTree(unsigned bits, double low, double high) {
  if (bits < 1 || bits > 16) fail(Errc::Usage, "threshold tree of {} bits: there may be 1 to 16", bits);
  if (!(low < high)) fail(Errc::Usage, "threshold tree from {} to {}: the first must be the lower", low, high);
  for (unsigned depth = 0; depth < bits; ++depth) {
    auto& level = thresholds_.emplace_back();
    const std::uint32_t nodes = 1U << depth;
    for (std::uint32_t node = 0; node < nodes; ++node)
      level.push_back(low + (high - low) * (2 * node + 1) / (2 * nodes));
  }
}

ThresholdTree ThresholdTree::settled(unsigned bits, std::span<const float> sorted) {
  ASSIMILAATE_EXPECTS(!sorted.empty());
  ThresholdTree tree(bits, 0, 1);
  struct Part {
    std::span<const float> numbers;
    double low, high;
  };
  std::vector<Part> parts{{sorted, sorted.front(), sorted.back()}};
  for (auto& level : tree.thresholds_) {
    std::vector<Part> halves;
    for (std::size_t node = 0; node < level.size(); ++node) {
      const auto [numbers, low, high] = parts[node];
      double sum = 0;
      for (const float x : numbers) sum += x;
      // Rounding may carry a mean past the numbers it is of.
      const double middle =
          std::clamp(numbers.empty() ? 0.5 * (low + high) : sum / static_cast<double>(numbers.size()), low, high);
      level[node] = middle;
      const auto above = static_cast<std::size_t>(std::ranges::lower_bound(numbers, middle) - numbers.begin());
      halves.push_back({numbers.first(above), low, middle});
      halves.push_back({numbers.subspan(above), middle, high});
    }
    parts = std::move(halves);
  }
  return tree;
}

std::vector<double> ThresholdTree::borders() const {
  std::vector<double> all((std::size_t{1} << thresholds_.size()) - 1);
  for (std::size_t depth = 0; depth < thresholds_.size(); ++depth) {
    const std::size_t span = (all.size() + 1) >> depth;  // leaves below a node
    for (std::size_t node = 0; node < thresholds_[depth].size(); ++node)
      all[node * span + span / 2 - 1] = thresholds_[depth][node];
  }
  return all;
}

Address ThresholdTree::encode(double x) const {
  std::size_t path = 0;
  for (const auto& level : thresholds_) path = 2 * path + (x >= level[path] ? 1 : 0);
  return static_cast<Address>(path);
}

Address ThresholdTree::adapt(double x, double rate) {
  std::size_t path = 0;
  for (auto& level : thresholds_) {
    double& threshold = level[path];
    path = 2 * path + (x >= threshold ? 1 : 0);
    threshold = (1 - rate) * threshold + rate * x;
  }
  return static_cast<Address>(path);
}

}  // namespace assimilaate
