#pragma once
/// What `pq_encode` means for one vector and one space.

#include "assimilaate/aat/aat.hpp"

namespace assimilaate {

[[nodiscard]] inline float squared_distance(std::span<const float> x, std::span<const float> centroid) {
  float sum = 0;
  for (std::size_t d = 0; d < x.size(); ++d) sum += (x[d] - centroid[d]) * (x[d] - centroid[d]);
  return sum;
}

[[nodiscard]] inline Address pq_encode_reference(std::span<const float> x, MatrixView<const float> centroids) {
  std::size_t best = 0;
  for (std::size_t a = 1; a < centroids.rows(); ++a)
    if (squared_distance(x, centroids.row(a)) < squared_distance(x, centroids.row(best))) best = a;
  return static_cast<Address>(best);
}

}  // namespace assimilaate
