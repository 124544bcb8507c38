#pragma once
/// Which of many inputs are worth teaching.

#include <cstdint>
#include <span>
#include <vector>

#include "assimilaate/core/matrix.hpp"

namespace assimilaate {

/// Choose rows one after the other, each the one whose presence leaves the least variance in what ridge regression says
/// of all of them (greedy A-optimal design; a Gaussian process with the linear kernel of the features, sampled where it
/// knows least about the rest: Seo et al. 2000). The first n of a longer selection are the selection of n.
/// @param features  [candidates x dims]: what the transforms see; of unlike scale where they are to count unlike
/// @param noise     variance of an observation, in the mean energy of a row
/// @return `count` different rows, best first. @throws Error{Usage} for more than there are, or more than 8 192 candidates.
[[nodiscard]] std::vector<std::uint32_t> select_rows(MatrixView<const float> features, std::size_t count,
                                                     double noise = 0.01);

/// The inputs of several transforms side by side: each centred and brought to a mean energy of 1, and a constant, which
/// keeps the mean of what is chosen near that of all. [n x sum of dims + 1]
[[nodiscard]] Matrix<float> joint_features(std::span<const Matrix<float>> inputs);

}  // namespace assimilaate
