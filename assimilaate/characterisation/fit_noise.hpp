#pragma once
/// What the mean field of a pulse response leaves over, taken apart.

#include "assimilaate/characterisation/fit.hpp"

namespace assimilaate {

/// @param law    the fitted mean field
/// @param curve  its conductance at each sample [S]
[[nodiscard]] ResponseNoise response_noise(const Memristor& law, const PulseResponse& measured,
                                           const std::vector<double>& curve);

/// Correlation of neighbours; 0 for fewer than three.
[[nodiscard]] double neighbour_correlation(const std::vector<double>& residual);

}  // namespace assimilaate
