/// The delta rule for winner lanes: every lane of a group moves by what is asked of it, 1 or 0, less what it says, read
/// as a probability: e_l = [l is expected] - p_l, p = softmax(z) of the group (Bridle 1990) or, one against the rest,
/// p_l = 1 / (1 + exp(-z_l)) of each lane (Widrow & Hoff 1960 behind a logistic). z_l = logits x lines x y_l, so that a
/// synapse driven fully adds `logits` times its own y, however many lines a lane has.
///
/// Errors shrink as a lane learns, so they are fractions of a count, and most cancel in the counters; what fires is the
/// consensus of many examples. Rate and strength are annealed. Where write noise is drawn anew with each pulse, few and
/// decisive ones matter most: a synapse that reads well is left alone, one that does not is drawn again.

#include <algorithm>
#include <array>
#include <cmath>

#include "assimilaate/assimilation/rule.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"one_vs_rest", "1", 0, 0, 1, "1: every lane for itself; 0: the lanes of a group share one (softmax)"},
    Field{"logits", "1", 1, 1e-3, 1e3, "what a synapse with y = 1 adds to the logarithm of a lane's odds"},
    Field{"rate_first", "counts", 16, 1e-3, 1e4, "asked of a lane that is wholly wrong, at the start"},
    Field{"rate_last", "counts", 1, 1e-3, 1e4, "and at the end"},
    Field{"drop", "1", 0, 0, 1, "errors up to this ask for nothing"},
    Field{"strength_first", "1", 0.12, 1e-5, 0.9, "part of the room ahead that a pulse moves, at the start"},
    Field{"strength_last", "1", 0.015, 1e-6, 0.9, "and at the end"},
    Field{"counter", "1", 16, 1, 127, "counts of an accumulate-and-fire counter per couple of pulses"},
    Field{"block", "1", 16, 1, 64, "examples read before their demands are applied"},
};

class Delta final : public Rule {
 public:
  explicit Delta(const Settings& s)
      : one_vs_rest_(field_value("delta", fields, s, "one_vs_rest") >= 0.5),
        logits_(static_cast<float>(field_value("delta", fields, s, "logits"))),
        drop_(static_cast<float>(field_value("delta", fields, s, "drop"))),
        rate_first_(field_value("delta", fields, s, "rate_first")),
        rate_last_(field_value("delta", fields, s, "rate_last")),
        strength_first_(field_value("delta", fields, s, "strength_first")),
        strength_last_(field_value("delta", fields, s, "strength_last")),
        counter_(static_cast<int>(field_value("delta", fields, s, "counter"))),
        block_(static_cast<std::size_t>(field_value("delta", fields, s, "block"))) {}
  [[nodiscard]] bool regression() const override { return false; }
  void signals(const LaneBlock& block, MatrixView<float> signals) const override {
    const auto rate = static_cast<float>(anneal(rate_first_, rate_last_, block.progress));
    const float sharpness = logits_ * block.lines;
    for (std::size_t b = 0; b < block.outputs.rows(); ++b) {
      const auto y = block.outputs.row(b);
      auto signal = signals.row(b);
      std::fill(signal.begin(), signal.end(), 0.0F);
      for (std::size_t g = 0; g < block.expected.cols(); ++g) {
        if (block.expected(b, g) == None) continue;
        const std::size_t first = g * block.group_size, last = first + block.group_size,
                          expected = first + static_cast<std::size_t>(block.expected(b, g));
        float sum = 0, most = y[first];
        for (std::size_t l = first; l < last; ++l) most = std::max(most, y[l]);
        for (std::size_t l = first; l < last; ++l) {
          signal[l] = one_vs_rest_ ? 1 / (1 + std::exp(-sharpness * y[l])) : std::exp(sharpness * (y[l] - most));
          sum += signal[l];
        }
        if (one_vs_rest_) sum = 1;
        for (std::size_t l = first; l < last; ++l) {
          const float error = (l == expected ? 1.0F : 0.0F) - signal[l] / sum;
          signal[l] = std::abs(error) > drop_ ? rate * error : 0;
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
  bool one_vs_rest_;
  float logits_, drop_;
  double rate_first_, rate_last_, strength_first_, strength_last_;
  int counter_;
  std::size_t block_;
};

std::unique_ptr<Rule> make(const Settings& settings) { return std::make_unique<Delta>(settings); }

}  // namespace

extern const RuleKind delta_rule;
const RuleKind delta_rule{"delta", "what is asked less what is said, lane by lane; for winner lanes",
                          "Widrow & Hoff 1960; Bridle 1990", fields, make};

}  // namespace assimilaate
