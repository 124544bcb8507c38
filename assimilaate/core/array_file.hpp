#pragma once
/// Arrays of other programs' files, as matrices.

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "assimilaate/core/matrix.hpp"

namespace assimilaate {

/// Read an array as rows x the rest; one dimension is one column. What it is, its first bytes say:
/// NumPy `.npy` (versions 1 to 3; f2 f4 f8 u1 i1 i4 i8 and bool, little-endian, C order), safetensors (F32, F16, BF16,
/// F64), or idx with any number of dimensions of unsigned bytes, plain or gzip; bytes keep their values, 0 to 255. NaN
/// stays NaN.
/// @param tensor  the name of one tensor of a safetensors file; may be left out where there is exactly one
/// @throws Error{Io} for a file that cannot be read, Error{Format} for bytes that do not hold together or Fortran
/// order,
///         Error{Unsupported} for another element type, Error{Usage} for a tensor that is not there
[[nodiscard]] Matrix<float> read_matrix(const std::filesystem::path& file, std::string_view tensor = {});

/// Read the labels of an idx file of one dimension, plain or gzip.
/// @throws Error{Io}, Error{Format}
[[nodiscard]] std::vector<std::int32_t> read_labels(const std::filesystem::path& file);

/// Write a NumPy file of f4 [rows x cols], atomically. @throws Error{Io}
void write_npy(const std::filesystem::path& file, MatrixView<const float> values);

/// Refuse NaN and infinity. @throws Error{Format} naming `what`, the row and the column of the first.
void check_finite(MatrixView<const float> values, std::string_view what);

}  // namespace assimilaate
