/// Exponential-step memristor: steps that fall exponentially towards the bounds (IBM/aihwkit, ExpStepDevice):
///   s = 2 a w / (b_max - b_min) + b
///   up   dw = +D max(0, 1 - a_up exp(gamma_up s))       down   dw = -D max(0, 1 - a_down exp(-gamma_down s))
/// and noise  z (|dw| + noise_add + noise_slope |w|).

#include "assimilaate/substrate/models/step_law.hpp"

namespace assimilaate {
namespace {

constexpr auto fields = step_fields(
    0.001, 0.6,
    std::array{
        Field{"a_up", "1", 0.00081, -1000, 1000, "weight of the exponential of up steps"},
        Field{"a_down", "1", 0.36833, -1000, 1000, "weight of the exponential of down steps"},
        Field{"gamma_up", "1", 12.44625, 0, 50, "rate of the exponential of up steps"},
        Field{"gamma_down", "1", 12.78785, 0, 50, "rate of the exponential of down steps"},
        Field{"a", "1", 0.244, -5, 5, "scale of the weight in the exponents"},
        Field{"b", "1", 0.2425, -5, 5, "shift of the weight in the exponents"},
        Field{"noise_add", "weight", 0, 0, 1, "noise of a pulse beside that of its step, in units of cycle_variation"},
        Field{"noise_slope", "1", 0, 0, 10, "and what it grows by with |w|"},
    });

class ExpStep final : public StepLaw<ExpStep> {
 public:
  explicit ExpStep(const MemristorSettings& settings) : ExpStep(FieldReader("exp_step", fields, settings)) {}
  [[nodiscard]] double step(double w, bool up, const OwnStep& own) const {
    if (own.high <= own.low) return 0;
    const double s = 2 * a_ * w / (own.high - own.low) + b_;
    const double full = up ? 1 - a_up_ * std::exp(gamma_up_ * s) : 1 - a_down_ * std::exp(-gamma_down_ * s);
    const double size = own.size(up) * std::max(0.0, full);
    return (up ? size : -size) + own.noise * (size + noise_add_ + noise_slope_ * std::abs(w));
  }

 private:
  explicit ExpStep(const FieldReader& value)
      : StepLaw("exp_step", value),
        a_up_(value("a_up")),
        a_down_(value("a_down")),
        gamma_up_(value("gamma_up")),
        gamma_down_(value("gamma_down")),
        a_(value("a")),
        b_(value("b")),
        noise_add_(value("noise_add")),
        noise_slope_(value("noise_slope")) {}

  double a_up_, a_down_, gamma_up_, gamma_down_, a_, b_, noise_add_, noise_slope_;
};

}  // namespace

extern const MemristorKind exp_step_memristor;
const MemristorKind exp_step_memristor = quantised_kind<ExpStep>(
    "exp_step", "steps that fall exponentially towards the bounds", "IBM/aihwkit 1.1.0, ExpStepDevice", fields);

}  // namespace assimilaate
