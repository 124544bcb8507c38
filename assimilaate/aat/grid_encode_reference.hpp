#pragma once
/// What `grid_encode` means.

#include "assimilaate/aat/aat.hpp"

namespace assimilaate {

[[nodiscard]] inline Address grid_encode_reference(float x, MatrixView<const float> borders, std::size_t space) {
  Address address = 0;
  for (std::size_t k = 0; k < borders.rows(); ++k)
    if (x > borders(k, space)) ++address;
  return address;
}

}  // namespace assimilaate
