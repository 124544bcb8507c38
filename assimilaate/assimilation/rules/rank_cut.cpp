/// RankCut, the emulator's supervised classifier, as a rule (ktram-neural-core; `ktram/rank_cut.hpp`): after every read
/// the expected lane is pushed up, RH, however well it did; others that spoke up, y > threshold, are pushed down where
/// `hard`, RL; the rest are left alone (there RF undoes what the read did; here reads leave nothing to undo). Pushes
/// are couples, so the mean conductance stays. Kept for congruence: nothing tells it that an answer is right, so it
/// never comes to rest, and on soft-bound physics it collapses (`physics.md` 2.5).

#include <algorithm>
#include <array>

#include "assimilaate/assimilation/rule.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"threshold", "1", 0, -1, 1, "y above which a lane has spoken up"},
    Field{"hard", "1", 1, 0, 1, "1: others that spoke up are pushed down; 0: they are left alone"},
    Field{"strength_first", "1", 0.05, 1e-5, 0.9, "part of the room ahead that a pulse moves, at the start"},
    Field{"strength_last", "1", 0.001, 1e-6, 0.9, "and at the end"},
    Field{"counter", "1", 1, 1, 127, "counts of an accumulate-and-fire counter per couple of pulses"},
};

class RankCutRule final : public Rule {
 public:
  explicit RankCutRule(const Settings& s)
      : threshold_(static_cast<float>(field_value("rank_cut", fields, s, "threshold"))),
        hard_(field_value("rank_cut", fields, s, "hard") >= 0.5),
        strength_first_(field_value("rank_cut", fields, s, "strength_first")),
        strength_last_(field_value("rank_cut", fields, s, "strength_last")),
        counter_(static_cast<int>(field_value("rank_cut", fields, s, "counter"))) {}
  [[nodiscard]] bool regression() const override { return false; }
  void signals(const LaneBlock& block, MatrixView<float> signals) const override {
    for (std::size_t b = 0; b < block.outputs.rows(); ++b) {
      auto signal = signals.row(b);
      std::fill(signal.begin(), signal.end(), 0.0F);
      for (std::size_t g = 0; g < block.expected.cols(); ++g) {
        if (block.expected(b, g) == None) continue;
        const std::size_t first = g * block.group_size,
                          expected = first + static_cast<std::size_t>(block.expected(b, g));
        for (std::size_t l = first; l < first + block.group_size; ++l)
          if (hard_ && block.outputs(b, l) > threshold_) signal[l] = -1;
        signal[expected] = 1;
      }
    }
  }
  [[nodiscard]] double strength(double progress) const override {
    return anneal(strength_first_, strength_last_, progress);
  }
  [[nodiscard]] int counter() const override { return counter_; }
  [[nodiscard]] std::size_t block() const override { return 1; }
  [[nodiscard]] bool whole() const override { return true; }

 private:
  float threshold_;
  bool hard_;
  double strength_first_, strength_last_;
  int counter_;
};

std::unique_ptr<Rule> make(const Settings& settings) { return std::make_unique<RankCutRule>(settings); }

}  // namespace

extern const RuleKind rank_cut_rule;
const RuleKind rank_cut_rule{"rank_cut", "expected lane up, others that spoke up down, always; for winner lanes",
                             "Knowm, kT-RAM", fields, make};

}  // namespace assimilaate
