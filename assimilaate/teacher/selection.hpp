#pragma once
/// Which of the teacher's inputs become examples.

#include <cstdint>
#include <string_view>
#include <vector>

#include "assimilaate/core/matrix.hpp"

namespace assimilaate {

/// Ways to choose, by name:
///   random     as they come
///   pivots     each next one explains most of what is still unexplained over the whole pool, the one that brings the
///              summed kernel residual down furthest (greedy Nystrom pivots; I-optimal design)
///   leverage   each next one is itself the least explained (greedy D-optimal design); outliers come first
///   reference  those a reference student errs most on who has learnt the ones before, a quarter more at a time
/// @throws Error{Usage} for another name, listing these.
void check_selection(std::string_view name);

/// What a pool of candidates looks like to a student of one transform: decoded inputs and outputs.
struct CandidatePool {
  Matrix<float> inputs;   ///< [n x dims of the inputs]
  Matrix<float> outputs;  ///< [n x dims of the outputs]
};

/// Choose `count` rows; all transforms of a chain weigh alike, each brought to unit mean energy.
/// @param pool  one per transform, equal in rows
/// @return rows in the order in which they are best sent: any beginning is a choice too
/// @throws Error{Usage} for more than there are, for more than 8 192 candidates where they are compared, or an unknown
/// way
[[nodiscard]] std::vector<std::uint32_t> select_examples(std::string_view way, const std::vector<CandidatePool>& pool,
                                                         std::size_t count, std::uint64_t seed);

/// A reference student of one transform: kernel ridge with a bias, the closed form of what regression lanes settle to.
/// @return what it says of each of `inputs` after the examples, [n x outputs]
[[nodiscard]] Matrix<float> ridge_student(const Matrix<float>& example_inputs, const Matrix<float>& example_outputs,
                                          const Matrix<float>& inputs, double ridge = 3e-3);

}  // namespace assimilaate
