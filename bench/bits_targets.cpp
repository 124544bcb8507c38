#include "bits_targets.hpp"

#include <algorithm>
#include <cmath>

#include "assimilaate/cli/settings.hpp"

namespace bits {
namespace {

constexpr std::size_t made_at_home = 5000, passes = 24;  // examples of sums of probes, and how often each is presented

double norm(std::span<const float> row) {
  double sum = 0;
  for (const float v : row) sum += double{v} * v;
  return std::sqrt(sum);
}

/// What the teacher shows of life to fit a codec.
Matrix<float> first_rows(Matrix<float> all) {
  all.resize_rows(std::min<std::size_t>(2000, all.rows()));
  return all;
}

AatBlock encoded(const Codec& codec, const Matrix<float>& values) {
  AatBlock block(codec.shape(), values.rows());
  codec.encode(values.view(), block.entries.view());
  return block;
}

}  // namespace

DenseExamples lessons(const Answers& answers, Matrix<float> all, const Matrix<float>& lived, const Random& random) {
  const std::size_t sent = answers.probes.rows(), outputs = answers.levels.cols();
  double least = norm(answers.probes.row(0));
  for (std::size_t k = 0; k < sent; ++k) least = std::min(least, norm(answers.probes.row(k)));
  for (std::size_t k = 0; k < all.rows(); ++k) {
    const double scale = (k < sent ? norm(answers.probes.row(k)) : least) / norm(all.row(k));
    for (float& v : all.row(k)) v = static_cast<float>(v * scale);
  }
  // All probes are at right angles.
  std::vector<float> middle(lived.rows() > 0 ? all.rows() : 0);
  for (std::size_t k = 0; k < middle.size(); ++k) {
    const double square = std::pow(norm(all.row(k)), 2) * static_cast<double>(lived.rows());
    double sum = 0;
    for (std::size_t i = 0; i < lived.rows(); ++i)
      for (std::size_t d = 0; d < lived.cols(); ++d) sum += lived(i, d) * all(k, d);
    middle[k] = static_cast<float>(sum / square);
  }
  Matrix<float> values(sent + 1, outputs);
  for (std::size_t i = 0; i < values.size(); ++i)
    values.values()[i] = static_cast<float>(answers.levels.values()[i]) * answers.step;
  return superposed(all.view(), values.slice(1, sent), values.row(0), middle, made_at_home, random);
}

Matrix<float> below(const Matrix<float>& a, const Matrix<float>& b) {
  Matrix<float> both(a.rows() + b.rows(), b.cols());
  std::ranges::copy(a.values(), both.values().begin());
  std::ranges::copy(b.values(), both.values().begin() + static_cast<std::ptrdiff_t>(a.size()));
  return both;
}

std::vector<std::pair<std::string, Profile>> target_profiles(std::uint64_t seed, double full_scale) {
  std::vector<std::pair<std::string, Profile>> all;
  for (const std::string name : {"float", "mss", "damaged"}) {
    Profile profile = cli::named_profile(name, "graded");
    profile.seed = seed;
    if (full_scale > 0) profile.full_scale = full_scale;
    all.emplace_back(name, profile);
  }
  return all;
}

Followed follow_probes(const std::vector<ProbedLayer>& layers, const std::vector<Answers>& answers,
                       const std::vector<Matrix<float>>& every_probe, const std::vector<Matrix<float>>& seen,
                       const Matrix<float>& inputs, const Profile& profile) {
  Followed followed{inputs, 0};
  Matrix<float>& h = followed.outputs;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    for (const auto& function : layers[l].glue)
      for (float& v : h.values()) v = function(v);
    const DenseExamples all =
        lessons(answers[l], every_probe[l], {}, Random(profile.seed, static_cast<std::uint32_t>(l)));
    const Matrix<float> natural = dense(answers[l].learnt(layers[l].held), seen[l]);
    const auto codec = [&](const Matrix<float>& in_life, const Matrix<float>& in_lessons) {
      CodecPtr fitted =
          fit_codec("grid", below(first_rows(in_life), in_lessons).view(), {{"bits", 8}, {"shared", 1}}, 1);
      followed.codebook_bits += static_cast<double>(fitted->codebook_bits());
      return fitted;
    };
    const CodecPtr input = codec(seen[l], all.inputs), output = codec(natural, all.outputs);
    LaneBank bank({.name = fmt::format("layer{}", l),
                   .input = input,
                   .output = output,
                   .glue = {},
                   .bank = static_cast<std::uint32_t>(l)},
                  profile);
    StoredExamples source({encoded(*input, all.inputs), encoded(*output, all.outputs)});
    const HeldOut none({AatBlock(input->shape(), 0), AatBlock(output->shape(), 0)});
    static_cast<void>(assimilate(bank, source, none, {.passes = passes}));
    Events events;
    const AatBlock said = bank.infer(encoded(*input, h), 1'000'000, events);
    h = Matrix<float>(said.size(), output->dims());
    output->decode(said.entries.view(), h.view());
  }
  return followed;
}

std::pair<Matrix<float>, Matrix<float>> updated_target(const Matrix<float>& old_inputs,
                                                       const Matrix<float>& old_outputs, const Matrix<float>& inputs,
                                                       const Matrix<float>& outputs, const Matrix<float>& judged,
                                                       const Profile& profile, const Matrix<float>* added) {
  Matrix<float> asked = added != nullptr ? *added : outputs;
  const Matrix<float> all_inputs = below(old_inputs, inputs), all_outputs = below(old_outputs, outputs);
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
  if (added != nullptr) {
    const Matrix<float> own = says(inputs, 1'500'000);
    for (std::size_t i = 0; i < asked.size(); ++i) asked.values()[i] += own.values()[i];
  }
  const bool alone = added != nullptr;
  StoredExamples update({encoded(*input, alone ? inputs : all_inputs), encoded(*output, alone ? asked : all_outputs)});
  static_cast<void>(assimilate(bank, update, held_out, {.begin = 0.3, .epoch = 1}));
  return {std::move(before), says(judged, 2'000'000)};
}

}  // namespace bits
