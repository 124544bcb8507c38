/// Anti-Hebbian and Hebbian plasticity without a teacher, for winner lanes (Nugent & Molter 2014,
/// doi 10.1371/journal.pone.0085175): a group's own decision is its teacher. Every lane moves towards the sign that the
/// decision gives it, Hebbian, and against the size of what it says, anti-Hebbian:
///   e_l = clip(s_l - z_l / lead, -1, 1)     s_l = [l leads] - 1/K     z = logits x lines x y, less its mean in the
///   group
/// so that groups settle where the first of K lanes leads all others by `lead`. What it makes of a target is for the
/// better or for the worse: only `adapt` uses it, which looks at held-out examples and rolls back.

#include <algorithm>
#include <array>
#include <limits>

#include "assimilaate/assimilation/rule.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"logits", "1", 1, 1e-3, 1e3, "what a synapse with y = 1 adds to the logarithm of a lane's odds"},
    Field{"lead", "1", 6, 1e-2, 100, "of the first over all other lanes, in logits, at which a decision is at rest"},
    Field{"doubt", "1", 1.5, 0, 100, "leads over the second lane below this, in logits, teach nothing"},
    Field{"rate", "counts", 2, 1e-3, 1e4, "asked of a lane that is wholly off"},
    Field{"strength_first", "1", 0.03, 1e-5, 0.9, "part of the room ahead that a pulse moves, at the start"},
    Field{"strength_last", "1", 0.01, 1e-6, 0.9, "and at the end"},
    Field{"counter", "1", 16, 1, 127, "counts of an accumulate-and-fire counter per couple of pulses"},
    Field{"block", "1", 16, 1, 64, "examples read before their demands are applied"},
};

class Ahah final : public Rule {
 public:
  explicit Ahah(const Settings& s)
      : logits_(static_cast<float>(field_value("ahah", fields, s, "logits"))),
        lead_(static_cast<float>(field_value("ahah", fields, s, "lead"))),
        doubt_(static_cast<float>(field_value("ahah", fields, s, "doubt"))),
        rate_(static_cast<float>(field_value("ahah", fields, s, "rate"))),
        strength_first_(field_value("ahah", fields, s, "strength_first")),
        strength_last_(field_value("ahah", fields, s, "strength_last")),
        counter_(static_cast<int>(field_value("ahah", fields, s, "counter"))),
        block_(static_cast<std::size_t>(field_value("ahah", fields, s, "block"))) {}
  [[nodiscard]] bool regression() const override { return false; }
  [[nodiscard]] bool unsupervised() const override { return true; }
  void signals(const LaneBlock& block, MatrixView<float> signals) const override {
    const float sharpness = logits_ * block.lines, share = 1 / static_cast<float>(block.group_size);
    for (std::size_t b = 0; b < block.outputs.rows(); ++b) {
      const auto y = block.outputs.row(b);
      auto signal = signals.row(b);
      std::fill(signal.begin(), signal.end(), 0.0F);
      for (std::size_t g = 0; g < block.expected.cols() && block.group_size > 1; ++g) {
        const auto lanes = y.subspan(g * block.group_size, block.group_size);
        const auto leader = std::ranges::max_element(lanes);
        float mean = 0, second = -std::numeric_limits<float>::infinity();
        for (auto lane = lanes.begin(); lane != lanes.end(); ++lane) {
          mean += *lane * share;
          if (lane != leader) second = std::max(second, *lane);
        }
        if (sharpness * (*leader - second) < doubt_) continue;
        for (std::size_t l = 0; l < lanes.size(); ++l) {
          const float sign = (lanes.begin() + static_cast<std::ptrdiff_t>(l) == leader ? 1.0F : 0.0F) - share;
          signal[g * block.group_size + l] =
              rate_ * std::clamp(sign - sharpness * (lanes[l] - mean) / lead_, -1.0F, 1.0F);
        }
      }
    }
  }
  [[nodiscard]] double strength(double progress) const override {
    return anneal(strength_first_, strength_last_, progress);
  }
  [[nodiscard]] int counter() const override { return counter_; }
  [[nodiscard]] std::size_t block() const override { return block_; }

 private:
  float logits_, lead_, doubt_, rate_;
  double strength_first_, strength_last_;
  int counter_;
  std::size_t block_;
};

std::unique_ptr<Rule> make(const Settings& settings) { return std::make_unique<Ahah>(settings); }

}  // namespace

extern const RuleKind ahah_rule;
const RuleKind ahah_rule{"ahah", "a group's own decision is its teacher; for winner lanes, behind the gate of adapt",
                         "Nugent & Molter 2014", fields, make};

}  // namespace assimilaate
