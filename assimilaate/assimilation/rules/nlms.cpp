/// Normalised least mean squares for regression lanes: every lane moves against its own error, in proportion to the
/// drive of each line, divided by the energy of the drives (Widrow & Hoff 1960; Nagumo & Noda 1967). The rate is
/// annealed, and lowered where a lane hears more noise than signal (the Wiener gain), so that noise is not chased with
/// pulses.

#include <array>

#include "assimilaate/assimilation/rule.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"rate_first", "1", 0.7, 1e-4, 2, "part of the error removed by one presentation, at the start"},
    Field{"rate_last", "1", 0.02, 1e-5, 2, "and at the end"},
    Field{"strength_first", "1", 0.03, 1e-4, 0.9, "part of the room ahead that a pulse moves, at the start"},
    Field{"strength_last", "1", 0.003, 1e-5, 0.9, "and at the end"},
    Field{"counter", "1", 8, 1, 127, "counts of an accumulate-and-fire counter per couple of pulses"},
    Field{"block", "1", 8, 1, 64, "examples read before their demands are applied"},
};

class Nlms final : public Rule {
 public:
  explicit Nlms(const Settings& s)
      : rate_first_(field_value("nlms", fields, s, "rate_first")),
        rate_last_(field_value("nlms", fields, s, "rate_last")),
        strength_first_(field_value("nlms", fields, s, "strength_first")),
        strength_last_(field_value("nlms", fields, s, "strength_last")),
        counter_(static_cast<int>(field_value("nlms", fields, s, "counter"))),
        block_(static_cast<std::size_t>(field_value("nlms", fields, s, "block"))) {}
  [[nodiscard]] bool regression() const override { return true; }
  void signals(const LaneBlock& block, MatrixView<float> signals) const override {
    const double rate = anneal(rate_first_, rate_last_, block.progress);
    for (std::size_t b = 0; b < block.outputs.rows(); ++b) {
      const float step = static_cast<float>(rate) / block.energy[b];
      const auto output = block.outputs.row(b), desired = block.desired.row(b);
      auto signal = signals.row(b);
      for (std::size_t l = 0; l < signal.size(); ++l) signal[l] = step * block.trust[l] * (desired[l] - output[l]);
    }
  }
  [[nodiscard]] double strength(double progress) const override {
    return anneal(strength_first_, strength_last_, progress);
  }
  [[nodiscard]] int counter() const override { return counter_; }
  [[nodiscard]] std::size_t block() const override { return block_; }

 private:
  double rate_first_, rate_last_, strength_first_, strength_last_;
  int counter_;
  std::size_t block_;
};

std::unique_ptr<Rule> make(const Settings& settings) { return std::make_unique<Nlms>(settings); }

}  // namespace

extern const RuleKind nlms_rule;
const RuleKind nlms_rule{"nlms", "error times drive over energy, for regression lanes",
                         "Widrow & Hoff 1960; Nagumo & Noda 1967", fields, make};

}  // namespace assimilaate
