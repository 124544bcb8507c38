#pragma once
/// The kernel of scalar grids.

#include "assimilaate/aat/aat.hpp"

namespace assimilaate {

/// The address of every number: how many borders of its space lie below it; a number on a border takes the lower
/// address.
/// @param vectors  [n x spaces], finite
/// @param borders  [addresses - 1 x spaces], rising down each column
/// @param aats     [n x spaces]
/// The same addresses on every SIMD target.
void grid_encode(MatrixView<const float> vectors, MatrixView<const float> borders, MatrixView<Address> aats);

}  // namespace assimilaate
