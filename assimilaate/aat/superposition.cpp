#include "assimilaate/aat/superposition.hpp"

#include <algorithm>

#include "assimilaate/core/error.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

void add(float amount, std::span<const float> from, std::span<float> to) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += amount * from[i];
}

}  // namespace

DenseExamples superposed(MatrixView<const float> probes, MatrixView<const float> answers,
                         std::span<const float> silence, std::span<const float> middle, std::size_t count,
                         const Random& random) {
  if (answers.rows() > probes.rows() || answers.cols() != silence.size() ||
      (!middle.empty() && middle.size() != probes.rows()))
    fail(Errc::Mismatch,
         "{} answers of {} to {} probes, silence answers {}, {} means; at most an answer and one mean a probe, answers "
         "all alike wide",
         answers.rows(), answers.cols(), probes.rows(), silence.size(), middle.size());
  DenseExamples made{Matrix<float>(count, probes.cols()), Matrix<float>(count, answers.cols())};
  parallel_for(count, [&](std::size_t i) {
    std::ranges::copy(silence, made.outputs.row(i).begin());
    for (std::size_t k = 0; k < probes.rows(); ++k) {
      const auto amount = static_cast<float>(random.normal(Purpose::Select, i, k)) + (middle.empty() ? 0 : middle[k]);
      add(amount, probes.row(k), made.inputs.row(i));
      if (k < answers.rows()) add(amount, answers.row(k), made.outputs.row(i));
    }
  });
  return made;
}

}  // namespace assimilaate
