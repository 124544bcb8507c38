/// Margin-gated winner against target, for winner lanes: where the expected lane does not lead its group by `margin`,
/// the expected lane goes up and the best other lane goes down by one couple of pulses on every selected synapse;
/// forward and reverse pulses are balanced, and the pulse width is annealed (a perceptron with margin, Krauth & Mezard
/// 1987, on differential synapses).

#include <array>

#include "assimilaate/assimilation/rule.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"margin", "1", 0.01, 0, 2, "lead in y that the expected lane must have"},
    Field{"strength_first", "1", 0.05, 1e-5, 0.9, "part of the room ahead that a pulse moves, at the start"},
    Field{"strength_last", "1", 0.001, 1e-6, 0.9, "and at the end"},
    Field{"counter", "1", 1, 1, 127, "counts of an accumulate-and-fire counter per couple of pulses"},
};

class Margin final : public Rule {
 public:
  explicit Margin(const Settings& s)
      : margin_(static_cast<float>(field_value("margin", fields, s, "margin"))),
        strength_first_(field_value("margin", fields, s, "strength_first")),
        strength_last_(field_value("margin", fields, s, "strength_last")),
        counter_(static_cast<int>(field_value("margin", fields, s, "counter"))) {}
  [[nodiscard]] bool regression() const override { return false; }
  void signals(const LaneBlock& block, MatrixView<float> signals) const override {
    for (std::size_t b = 0; b < block.outputs.rows(); ++b) {
      const auto y = block.outputs.row(b);
      auto signal = signals.row(b);
      std::fill(signal.begin(), signal.end(), 0.0F);
      for (std::size_t g = 0; g < block.expected.cols(); ++g) {
        if (block.expected(b, g) == None || block.group_size < 2) continue;
        const std::size_t first = g * block.group_size,
                          expected = first + static_cast<std::size_t>(block.expected(b, g));
        std::size_t rival = expected == first ? first + 1 : first;
        for (std::size_t l = first; l < first + block.group_size; ++l)
          if (l != expected && y[l] > y[rival]) rival = l;
        if (y[expected] - y[rival] >= margin_) continue;
        signal[expected] = 1;
        signal[rival] = -1;
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
  float margin_;
  double strength_first_, strength_last_;
  int counter_;
};

std::unique_ptr<Rule> make(const Settings& settings) { return std::make_unique<Margin>(settings); }

}  // namespace

extern const RuleKind margin_rule;
const RuleKind margin_rule{"margin", "expected lane up, best rival down, while the lead is short; for winner lanes",
                           "Krauth & Mezard 1987", fields, make};

}  // namespace assimilaate
