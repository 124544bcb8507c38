/// Captured activations of any transform: two .npy files (or safetensors, idx), a row per example. In the order they
/// come, the last 15 % are test data, the 15 % before them validation data (3 000 rows of each at most), the rest
/// examples.

#include <algorithm>

#include "../fidelity_task.hpp"
#include "assimilaate/core/array_file.hpp"

namespace assimilaate::bench {
namespace {

Subject make(const TaskRequest& request, const Recipe& recipe) {
  const auto files = comma_parts(request.argument);
  if (files.size() != 2) fail(Errc::Usage, "task matrices: write matrices:INPUT,OUTPUT");
  const Matrix<float> in = read_matrix(files[0]), out = read_matrix(files[1]);
  if (in.rows() != out.rows() || in.rows() < 20)
    fail(Errc::Mismatch, "task matrices: {} has {} rows, {} has {} (equal numbers, at least 20)", files[0], in.rows(),
         files[1], out.rows());
  const std::size_t part = std::min<std::size_t>(3000, in.rows() * 15 / 100), pool = in.rows() - 2 * part;
  const std::size_t questions = pool + (request.validation ? 0 : part);
  check_finite(out.view(), files[1]);
  return captured(rows_of(in, 0, pool), rows_of(out, 0, pool), rows_of(in, questions, part),
                  rows_of(out, questions, part), std::filesystem::path(files[0]).stem().string(), request, recipe);
}

}  // namespace

extern const Task matrices_task;
const Task matrices_task{"matrices",
                         "INPUT,OUTPUT",
                         "captured activations of one transform",
                         {"graded", "", {"grid", {{"bits", 4}, {"hadamard", 1}}}, {}, {"grid", {{"bits", 8}}}},
                         {30, 100, 300, 1000},
                         make};

}  // namespace assimilaate::bench
