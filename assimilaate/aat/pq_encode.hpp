#pragma once
/// The kernel of product quantisation.

#include <span>

#include "assimilaate/aat/aat.hpp"

namespace assimilaate {

/// A run of dimensions and the centroids that stand for it.
struct PqSpace {
  std::size_t first;                  ///< first dimension of the run
  MatrixView<const float> centroids;  ///< [addresses x width], width dimensions
};

/// The nearest centroid of every space: least sum of (x_d - c_d)^2 over d in order, in float; ties go to the lower
/// address.
/// @param vectors  [n x dims], finite
/// @param aats     [n x spaces]
/// @param errors   the least sums [n x spaces], or an empty view
/// Bit-identical on every SIMD target: a lane is a vector, and nothing is fused.
void pq_encode(MatrixView<const float> vectors, std::span<const PqSpace> spaces, MatrixView<Address> aats,
               MatrixView<float> errors = {});

}  // namespace assimilaate
