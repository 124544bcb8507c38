/// Anti-Hebbian and Hebbian plasticity without a teacher, for winner lanes (Nugent & Molter 2014,
/// doi 10.1371/journal.pone.0085175): a group's own decision is its teacher. The lane that leads goes up and the one
/// behind it down, Hebbian, in proportion to what is missing of a wanted lead, and the other way, anti-Hebbian, where
/// the lead is longer than that:
///   e = clip((lead - (z_1 - z_2)) / lead, -1, 1)   with z = logits x lines x y
/// so that decisions settle at the attractor z_1 - z_2 = lead. What it makes of a target is for the better or for the
/// worse: only `adapt` uses it, which looks at held-out examples and rolls back.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "assimilaate/assimilation/rule.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"logits", "1", 1, 1e-3, 1e3, "what a synapse with y = 1 adds to the logarithm of a lane's odds"},
    Field{"lead", "1", 3, 1e-2, 100, "of the first over the second lane, in logits, at which a decision is at rest"},
    Field{"doubt", "1", 0.5, 0, 100, "leads below this, in logits, teach nothing"},
    Field{"rate", "counts", 1, 1e-3, 1e4, "asked of the two lanes of a decision without any lead"},
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
    for (std::size_t b = 0; b < block.outputs.rows(); ++b) {
      const auto y = block.outputs.row(b);
      auto signal = signals.row(b);
      std::fill(signal.begin(), signal.end(), 0.0F);
      for (std::size_t g = 0; g < block.expected.cols() && block.group_size > 1; ++g) {
        const std::size_t begin = g * block.group_size, end = begin + block.group_size;
        std::size_t first = begin, second = begin + 1;
        for (std::size_t l = begin; l < end; ++l)
          if (y[l] > y[first]) first = l;
        if (first == second) second = begin;
        for (std::size_t l = begin; l < end; ++l)
          if (l != first && y[l] > y[second]) second = l;
        const float lead = logits_ * block.lines * (y[first] - y[second]);
        if (lead < doubt_) continue;
        if (std::getenv("AHALL")) {
          float mean = 0;
          const float k = static_cast<float>(block.group_size);
          for (std::size_t l = begin; l < end; ++l) mean += y[l] / k;
          for (std::size_t l = begin; l < end; ++l) {
            const float wanted = lead_ * ((l == first ? 1.0F : 0.0F) - 1 / k);
            signal[l] = rate_ * std::clamp((wanted - logits_ * block.lines * (y[l] - mean)) / lead_, -1.0F, 1.0F);
          }
          continue;
        }
        if (std::getenv("AHSOFT")) {
          float sum = 0;
          const float k = logits_ * block.lines;
          for (std::size_t l = begin; l < end; ++l) sum += std::exp(k * (y[l] - y[first]));
          for (std::size_t l = begin; l < end; ++l)
            signal[l] = rate_ * ((l == first ? 1.0F : 0.0F) - std::exp(k * (y[l] - y[first])) / sum);
          continue;
        }
        const float error = std::clamp((lead_ - lead) / lead_, -1.0F, 1.0F);
        signal[first] = rate_ * error;
        signal[second] = -rate_ * error;
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
