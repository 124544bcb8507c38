#include "bits_targets.hpp"

#include <algorithm>
#include <cmath>

#include "assimilaate/cli/settings.hpp"

namespace bits {
namespace {

constexpr std::size_t looked_at = 2000;

double norm(std::span<const float> row) {
  double sum = 0;
  for (const float v : row) sum += double{v} * v;
  return std::sqrt(sum);
}

struct Lesson {
  Matrix<float> inputs, outputs;
};

/// Silence and every probe with its answer; each driven as hard as inputs are in the mean, but no harder than its
/// answer bears without leaving the span that outputs have.
Lesson lesson(const Answers& answers, const Matrix<float>& seen, const Matrix<float>& natural) {
  double usual = 0;
  for (std::size_t i = 0; i < looked_at; ++i) usual += norm(seen.row(i)) / looked_at;
  double span = 0;
  for (const float v : natural.values()) span = std::max(span, std::abs(double{v}));
  Lesson all{Matrix<float>(answers.levels.rows(), seen.cols()),
             Matrix<float>(answers.levels.rows(), answers.levels.cols())};
  for (std::size_t k = 0; k < answers.levels.rows(); ++k) {
    double largest = 1e-12;
    for (const std::int32_t level : answers.levels.row(k))
      largest = std::max(largest, std::abs(level * double{answers.step}));
    const double harder =
        k == 0 ? 1 : std::min(usual / std::max(norm(answers.probes.row(k - 1)), 1e-12), span / largest);
    if (k > 0)
      for (std::size_t d = 0; d < seen.cols(); ++d)
        all.inputs(k, d) = static_cast<float>(harder * answers.probes(k - 1, d));
    for (std::size_t o = 0; o < answers.levels.cols(); ++o) {
      const double silence = answers.levels(0, o) * double{answers.step};
      all.outputs(k, o) = static_cast<float>(k == 0 ? silence : silence + harder * answers.levels(k, o) * answers.step);
    }
  }
  return all;
}

Matrix<float> joined(const Matrix<float>& a, const Matrix<float>& b) {
  Matrix<float> both(looked_at + b.rows(), a.cols());
  std::ranges::copy(a.values().first(looked_at * a.cols()), both.values().begin());
  std::ranges::copy(b.values(), both.values().begin() + static_cast<std::ptrdiff_t>(looked_at * a.cols()));
  return both;
}

AatBlock encoded(const Codec& codec, const Matrix<float>& values) {
  AatBlock block(codec.shape(), values.rows());
  codec.encode(values.view(), block.entries.view());
  return block;
}

}  // namespace

std::vector<std::pair<std::string, Profile>> target_profiles(std::uint64_t seed) {
  std::vector<std::pair<std::string, Profile>> all;
  for (const std::string name : {"float", "mss", "damaged"}) {
    all.emplace_back(name, cli::named_profile(name, "graded"));
    all.back().second.seed = seed;
  }
  return all;
}

Matrix<float> follow_probes(const std::vector<ProbedLayer>& layers, const std::vector<Answers>& answers,
                            const std::vector<Matrix<float>>& seen, const Matrix<float>& inputs,
                            const Profile& profile) {
  Matrix<float> h = inputs;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    for (const auto& function : layers[l].glue)
      for (float& v : h.values()) v = function(v);
    const Matrix<float> natural = dense(answers[l].learnt(layers[l].held), seen[l]);
    const Lesson all = lesson(answers[l], seen[l], natural);
    const CodecPtr input = fit_codec("grid", joined(seen[l], all.inputs).view(), {{"bits", 8}}, 1);
    const CodecPtr output = fit_codec("grid", joined(natural, all.outputs).view(), {{"bits", 8}, {"uniform", 1}}, 1);
    LaneBank bank({.name = fmt::format("layer{}", l),
                   .input = input,
                   .output = output,
                   .glue = {},
                   .bank = static_cast<std::uint32_t>(l)},
                  profile);
    StoredExamples source({encoded(*input, all.inputs), encoded(*output, all.outputs)});
    const HeldOut held_out({encoded(*input, all.inputs), encoded(*output, all.outputs)});
    static_cast<void>(assimilate(bank, source, held_out, {.passes = 200}));
    Events events;
    const AatBlock said = bank.infer(encoded(*input, h), 1'000'000, events);
    h = Matrix<float>(said.size(), output->dims());
    output->decode(said.entries.view(), h.view());
  }
  return h;
}

std::pair<Matrix<float>, Matrix<float>> updated_target(const Matrix<float>& old_inputs,
                                                       const Matrix<float>& old_outputs, const Matrix<float>& inputs,
                                                       const Matrix<float>& outputs, const Matrix<float>& judged,
                                                       const Profile& profile, bool added) {
  const auto both = [](const Matrix<float>& a, const Matrix<float>& b) {
    Matrix<float> all(a.rows() + b.rows(), a.cols());
    std::ranges::copy(a.values(), all.values().begin());
    std::ranges::copy(b.values(), all.values().begin() + static_cast<std::ptrdiff_t>(a.size()));
    return all;
  };
  Matrix<float> asked = outputs;
  const Matrix<float> all_inputs = both(old_inputs, inputs), all_outputs = both(old_outputs, outputs);
  const CodecPtr input = fit_codec("grid", all_inputs.view(), {{"bits", 8}}, 1);
  const CodecPtr output = fit_codec("grid", all_outputs.view(), {{"bits", 8}, {"uniform", 1}}, 1);
  LaneBank bank({.name = "last", .input = input, .output = output, .glue = {}, .bank = 0}, profile);
  const HeldOut held_out({encoded(*input, old_inputs), encoded(*output, old_outputs)});
  const auto says = [&](const Matrix<float>& of, std::uint64_t moment) {
    Events events;
    const AatBlock said = bank.infer(encoded(*input, of), moment, events);
    Matrix<float> values(said.size(), output->dims());
    output->decode(said.entries.view(), values.view());
    return values;
  };
  StoredExamples first({encoded(*input, old_inputs), encoded(*output, old_outputs)});
  static_cast<void>(assimilate(bank, first, held_out));
  Matrix<float> before = says(judged, 1'000'000);
  if (added) {
    const Matrix<float> own = says(inputs, 1'500'000);
    for (std::size_t i = 0; i < asked.size(); ++i) asked.values()[i] += own.values()[i];
  }
  StoredExamples update({encoded(*input, added ? inputs : all_inputs), encoded(*output, added ? asked : all_outputs)});
  static_cast<void>(assimilate(bank, update, held_out, {.begin = 0.3, .epoch = 1}));
  return {std::move(before), says(judged, 2'000'000)};
}

}  // namespace bits
