#pragma once
/// The optimal scalar quantiser of a sample.

#include <span>

namespace assimilaate::internal {

/// Rising levels that make the mean squared error of rounding to the nearest level locally least (Lloyd 1957; Max
/// 1960), begun at the high-rate optimum: a density of levels that is the cube root of the sample's (Panter & Dite
/// 1951). A function of the sample alone.
/// @param sorted  the sample, rising, at least one number
/// @param levels  receives them; repeated where the sample has fewer distinct values
void fit_lloyd(std::span<const float> sorted, std::span<float> levels);

/// Levels in the middles of equal steps between the quantiles 0.001 and 0.999.
void fit_uniform(std::span<const float> sorted, std::span<float> levels);

}  // namespace assimilaate::internal
