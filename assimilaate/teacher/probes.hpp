#pragma once
/// Probes: inputs that both sides make for themselves, so that only outputs travel. A teacher can answer any input; it
/// need not wait for one that occurs.

#include <cstdint>
#include <string_view>

#include "assimilaate/core/matrix.hpp"

namespace assimilaate {

/// Rows of a signed Walsh-Hadamard matrix over the next power of two, drawn without repetition and cut to the width:
/// every line driven at +1 or -1. A seed names them all.
/// @return [count x dims]; @throws Error{Usage} for more probes than lines.
[[nodiscard]] Matrix<float> walsh_probes(std::size_t dims, std::size_t count, std::uint64_t seed);

/// Cosine patterns of square images, lowest frequencies first (Ahmed, Natarajan & Rao 1974); orthonormal. Nothing names
/// them but their number.
/// @param dims  pixels; a square number. @return [count x dims]
[[nodiscard]] Matrix<float> cosine_probes(std::size_t dims, std::size_t count);

/// One line alone at a time: the answers are the columns of the weights. The rival in our own terms.
[[nodiscard]] Matrix<float> unit_probes(std::size_t dims);

/// The leading principal directions of a sample that both sides have, orthonormal, most variance first, by block power
/// iteration (Halko, Martinsson & Tropp 2011).
/// @param sample  [n x dims]; the mean is taken off
/// @return [count x dims]
[[nodiscard]] Matrix<float> principal_probes(MatrixView<const float> sample, std::size_t count, std::uint64_t seed);

/// +1 where a number is not negative, else -1: directions that travel at one bit a line.
[[nodiscard]] Matrix<float> signs(Matrix<float> probes);

/// What a least-norm student takes from an input: coordinates f with W h = sum_k f_k y_k, when it has learnt the
/// answers y_k = W x_k to the probes x_k and nothing else. [dims x probes], the pseudo-inverse.
/// @throws Error{Usage} when probes depend on each other linearly.
[[nodiscard]] Matrix<float> probe_coordinates(MatrixView<const float> probes);

}  // namespace assimilaate
