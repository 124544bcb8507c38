#include "assimilaate/aat/threshold_tree.hpp"

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
