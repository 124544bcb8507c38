#pragma once
/// What a perfect student of the same codes would reach; computed by the teacher, who has the weights.

#include "assimilaate/teacher/teach.hpp"

namespace assimilaate {

/// The teacher run through its own codes: every boundary encoded and decoded, dense arithmetic between. [n x dims of
/// the last]
[[nodiscard]] Matrix<float> run_coded(const Graph& graph, const Chain& chain, const Matrix<float>& inputs);

/// Tables from weights: each entry what one address adds to one output, at 8 bits with a scale per output (in the
/// manner of MADDNESS, Blalock & Guttag, ICML 2021); look-ups and sums only. [n x dims of the last]
/// @throws Error{Unsupported} for codecs whose spaces do not add up, `slots` and `residual`
[[nodiscard]] Matrix<float> run_tables(const Graph& graph, const Chain& chain, const Matrix<float>& inputs);

/// Index of the largest number of each row; ties go to the lower.
[[nodiscard]] std::vector<std::int32_t> classes(const Matrix<float>& scores);
/// Share of rows whose class is the label.
[[nodiscard]] double accuracy(const Matrix<float>& scores, std::span<const std::int32_t> labels);

}  // namespace assimilaate
