/// Updates by examples: images of the new classes travel, coded coarsely, and what targets kept of their first stream
/// guards the old ones. The layers below stay; the last one learns what is to be added.

#include <algorithm>
#include <cmath>

#include "assimilaate/teacher/level_coder.hpp"
#include "assimilaate/teacher/probes.hpp"
#include "assimilaate/teacher/selection.hpp"
#include "assimilaate/teacher/tune.hpp"
#include "bits_targets.hpp"
#include "bits_update.hpp"

namespace bits {
namespace {

/// Pixels, or the lowest cosine coefficients, on a uniform grid.
struct ImageCode {
  std::size_t waves;  ///< 0: pixels
  double step;
};

struct Coded {
  Matrix<std::int32_t> levels;
  Matrix<float> images;  ///< as targets see them
};

Coded coded(const Matrix<float>& images, const ImageCode& code) {
  const std::size_t width = code.waves == 0 ? images.cols() : code.waves;
  Coded result{Matrix<std::int32_t>(images.rows(), width), Matrix<float>(images.rows(), images.cols())};
  const Matrix<float> basis = code.waves == 0 ? Matrix<float>() : cosine_probes(images.cols(), code.waves);
  for (std::size_t i = 0; i < images.rows(); ++i)
    for (std::size_t k = 0; k < width; ++k) {
      double c = 0;
      if (code.waves == 0)
        c = images(i, k);
      else
        for (std::size_t d = 0; d < images.cols(); ++d) c += double{images(i, d)} * basis(k, d);
      result.levels(i, k) = static_cast<std::int32_t>(std::lround(c / code.step));
      const auto back = static_cast<float>(result.levels(i, k) * code.step);
      if (code.waves == 0)
        result.images(i, k) = back;
      else
        for (std::size_t d = 0; d < images.cols(); ++d) result.images(i, d) += back * basis(k, d);
    }
  for (float& v : result.images.values()) v = std::clamp(v, 0.0F, 1.0F);
  return result;
}

Matrix<float> rows_of(const Matrix<float>& from, std::span<const std::size_t> rows) {
  Matrix<float> to(rows.size(), from.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(from.row(rows[i]), to.row(i).begin());
  return to;
}

class Replay {
 public:
  Replay(const UpdateTask& task, const Options& options) : task_(task), seed_(options.seed) {
    const auto& labels = task.images.teach_labels;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const std::size_t at = (i * 7 + seed_ * 1013) % labels.size();  // 7: the number of images is no multiple of it
      (labels[at] < first_new ? old_ : fresh_).push_back(at);
    }
    fresh_share_ = static_cast<double>(fresh_.size()) / static_cast<double>(labels.size());
    fresh_.resize(std::min<std::size_t>(fresh_.size(), 1200));
    judge_ = last_input(task.images.judge);
    teach_ = last_input(task.images.teach);
    judge_held_ = dense(*task.layers.back().held, judge_);
    template_of_classes();
  }

  struct Setting {
    std::string way;
    ImageCode code;
    std::size_t count, kept;
    bool labels;       ///< labels travel and one line of scores per class, instead of each record's own scores
    double boost = 0;  ///< asked of a new class beyond its mean score; the old ones are not told
    [[nodiscard]] std::string text() const {
      return fmt::format("{} records, {}, step {:.2g}, {} kept, boost {}", count,
                         code.waves == 0 ? std::string("pixels") : fmt::format("{} cosines", code.waves), code.step,
                         kept, boost);
    }
  };

  void run(const Setting& at, bool on_targets, Table& table) {
    const std::string method = fmt::format("examples, {}, {}", at.way, at.labels ? "labels" : "scores");
    const bool wanted = table.wants(method);
    if (!wanted && !(on_targets && table.wants("target"))) return;
    if (at.count > fresh_.size() || at.kept > old_.size())
      fail(Errc::Usage, "{} new and {} old records; these images have {} and {}", at.count, at.kept, fresh_.size(),
           old_.size());
    const Coded fresh = coded(rows_of(task_.images.teach, chosen(at.way, at.count)), at.code);
    const Coded old = coded(rows_of(task_.images.teach, std::span(old_).first(at.kept)), at.code);
    const Matrix<float> fresh_in = last_input(fresh.images), old_in = last_input(old.images);
    double bits = level_bits(fresh.levels.view()) + 32;
    const Matrix<float> scores = scores_of(at, bits);
    const double memory = at.kept == 0 ? 0 : level_bits(old.levels.view());

    const DenseWeights& last = *task_.layers.back().held;
    if (wanted) {
      Matrix<float> missing = scores;
      const Matrix<float> had = dense(last, fresh_in);
      for (std::size_t i = 0; i < missing.size(); ++i) missing.values()[i] -= had.values()[i];
      Matrix<float> out =
          ridge_student(below(old_in, fresh_in), below(Matrix<float>(at.kept, missing.cols()), missing), judge_, ridge);
      for (std::size_t i = 0; i < out.size(); ++i) out.values()[i] += judge_held_.values()[i];
      task_.report(table, method, at.text(), bits, out, memory);
    }
    if (!on_targets || !table.wants("target")) return;
    for (const auto& [name, profile] : target_profiles(seed_)) {
      const auto [before, after] = updated_target(old_in, dense(last, old_in), fresh_in, scores, judge_, profile);
      task_.report(table, "target " + name + ", before", fmt::format("{} kept", at.kept), 0, before, memory);
      task_.report(table, "target " + name + ", " + method, at.text(), bits, after, memory);
    }
  }

  /// Answers to probes of the last layer, tuned over the teacher's images, `old_share` of the loss old. Targets replay
  /// old inputs of that layer which they have kept; a reference student keeps nothing.
  void probed(const std::string& method, Matrix<float> probes, double pressure, double old_share, bool on_targets,
              Table& table) const {
    if (!table.wants(method) && !(on_targets && table.wants("target"))) return;
    ProbedLayer layer{.wanted = task_.layers.back().wanted,
                      .held = task_.layers.back().held,
                      .glue = {},
                      .probes = std::move(probes),
                      .fineness = 0.05};
    std::vector<float> weight;
    const auto ratio = static_cast<float>(fresh_share_ / (1 - fresh_share_) * old_share / (1 - old_share));
    for (const auto label : task_.images.teach_labels) weight.push_back(label < first_new ? ratio : 1.0F);
    const auto answers =
        tune_answers({layer}, teach_, task_.scores, weight,
                     {.passes = 8, .pressure = pressure, .temperature = 1, .batch = 64, .seed = seed_});
    const DenseWeights after = answers[0].learnt(layer.held);
    const std::string setting = fmt::format("{}, pressure {}, old share {}", layer.probes.rows(), pressure, old_share);
    if (table.wants(method)) task_.report(table, method, setting, answers[0].bits(), dense(after, judge_));
    if (!on_targets || !table.wants("target")) return;
    const Matrix<float> old = rows_of(teach_, std::span(old_).first(first_records));
    const Matrix<float> said = dense(*layer.held, old);
    DenseExamples more = lessons(answers[0], walsh_probes(old.cols(), old.cols(), seed_), old, Random(seed_, 0));
    const double memory = kept_bits * static_cast<double>(old.size());
    // What the target remembers is a sum of probes too.
    Matrix<float> beyond = dense(after, old);
    for (std::size_t i = 0; i < beyond.size(); ++i) beyond.values()[i] -= said.values()[i];
    for (int times = 0; times < 12; ++times) {
      more.inputs = below(more.inputs, old);
      more.outputs = below(more.outputs, beyond);
    }
    // Scores of the new classes are higher than any that lessons around the old inputs ask for.
    Matrix<float> expected = below(dense(*layer.held, more.inputs), task_.scores);
    for (std::size_t i = 0; i < more.outputs.size(); ++i) expected.values()[i] += more.outputs.values()[i];
    for (const auto& [name, profile] : target_profiles(seed_)) {
      const auto [was, is] = updated_target(old, said, more.inputs, expected, judge_, profile, &more.outputs);
      task_.report(table, "target " + name + ", before", fmt::format("{} records", first_records), 0, was, memory);
      task_.report(table, "target " + name + ", " + method, setting, answers[0].bits(), is, memory);
    }
  }

 private:
  static constexpr double ridge = 0.03;
  static constexpr std::size_t first_records = 1000;
  static constexpr double kept_bits = 8;  // of a number of a kept record, as an AAT

  [[nodiscard]] Matrix<float> last_input(const Matrix<float>& x) const {
    Matrix<float> h = x;
    for (std::size_t l = 0; l < task_.layers.size(); ++l) {
      for (const auto& function : task_.layers[l].glue)
        for (float& v : h.values()) v = function(v);
      if (l + 1 < task_.layers.size()) h = dense(*task_.layers[l].held, h);
    }
    return h;
  }
  /// Mean scores of each new class, at steps of a half.
  void template_of_classes() {
    const std::size_t outputs = task_.scores.cols();
    template_ = Matrix<std::int32_t>(outputs - first_new, outputs);
    for (std::size_t c = 0; c < template_.rows(); ++c)
      for (std::size_t o = 0; o < outputs; ++o) {
        double sum = 0, n = 0;
        for (const std::size_t at : fresh_)
          if (task_.images.teach_labels[at] == first_new + static_cast<std::int32_t>(c))
            sum += task_.scores(at, o), ++n;
        template_(c, o) = static_cast<std::int32_t>(std::lround(2 * sum / std::max(n, 1.0)));
      }
  }
  std::vector<std::size_t> chosen(const std::string& way, std::size_t count) {
    const Matrix<float> features = rows_of(teach_, fresh_);
    const auto rows = select_examples(way, {{features, rows_of(task_.scores, fresh_)}}, count, seed_);
    chosen_.clear();
    for (const auto row : rows) chosen_.push_back(fresh_[row]);
    return chosen_;
  }
  /// Scores that the chosen records ask for; adds what they cost.
  [[nodiscard]] Matrix<float> scores_of(const Setting& at, double& bits) const {
    const std::size_t outputs = task_.scores.cols();
    Matrix<std::int32_t> levels(at.count, at.labels ? 1 : outputs);
    Matrix<float> scores(at.count, outputs);
    for (std::size_t i = 0; i < at.count; ++i) {
      if (at.labels) levels(i, 0) = task_.images.teach_labels[chosen_[i]] - first_new;
      for (std::size_t o = 0; o < outputs; ++o) {
        if (!at.labels) levels(i, o) = static_cast<std::int32_t>(std::lround(task_.scores(chosen_[i], o)));
        scores(i, o) = at.labels ? 0.5F * static_cast<float>(template_(static_cast<std::size_t>(levels(i, 0)), o))
                                 : static_cast<float>(levels(i, o));
        if (at.labels && o == static_cast<std::size_t>(first_new + levels(i, 0)))
          scores(i, o) += static_cast<float>(at.boost);
      }
    }
    bits += level_bits(levels.view()) + (at.labels ? level_bits(template_.view()) : 0);
    return scores;
  }

  const UpdateTask& task_;
  std::uint64_t seed_;
  double fresh_share_ = 0;
  std::vector<std::size_t> old_, fresh_, chosen_;
  Matrix<float> judge_, judge_held_, teach_;  ///< inputs of the last layer; what is held says of `judge_`
  Matrix<std::int32_t> template_;
};

}  // namespace

void replayed_updates(const UpdateTask& task, const Options& options, Table& table) {
  Replay replay(task, options);
  const std::size_t width = task.layers.back().wanted.weight.cols();
  for (const double pressure : options.quick ? std::vector{1e-5} : std::vector{1e-4, 1e-5})
    for (const double share : {0.5, 0.8, 0.95}) {
      for (const std::size_t count : {width / 4, width})
        replay.probed("probes, last layer, tuned", walsh_probes(width, count, options.seed), pressure, share,
                      pressure == 1e-5 && share > 0.6, table);
      replay.probed("delta, last layer, tuned", unit_probes(width), pressure, share, false, table);
    }
  const ImageCode pixels{0, 1.0 / 7}, fine{100, 0.5}, coarse{64, 1.0};
  std::vector<Replay::Setting> all{{"pivots", pixels, 80, 1000, true},   {"pivots", coarse, 200, 0, true},
                                   {"pivots", coarse, 200, 1000, true},  {"random", coarse, 200, 1000, true},
                                   {"pivots", coarse, 200, 1000, false}, {"pivots", fine, 200, 1000, true},
                                   {"pivots", fine, 400, 300, true},     {"pivots", fine, 400, 1000, true},
                                   {"pivots", fine, 400, 2000, true},    {"pivots", fine, 400, 2000, true, 2}};
  if (options.quick) all.erase(all.begin(), all.end() - 2);
  for (const auto& at : all) replay.run(at, false, table);
  replay.run({"pivots", fine, 400, 2000, true, 4}, true, table);
}

}  // namespace bits
