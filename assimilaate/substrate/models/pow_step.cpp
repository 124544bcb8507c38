/// Power-step memristor: steps that fall as a power of the room left ahead (IBM/aihwkit, PowStepDevice):
///   r = (b_max - w) / (b_max - b_min)     up   dw = +D r^gamma_up (1 + z)     down   dw = -D (1 - r)^gamma_down (1 +
///   z) gamma_up = gamma |1 + n + min(gamma_up_down, 0)|     gamma_down = gamma |1 + n - max(gamma_up_down, 0)|
/// with n = gamma_spread times a normal number per memristor (layer `own_variation`).

#include "assimilaate/substrate/models/step_law.hpp"

namespace assimilaate {
namespace {

constexpr auto fields = step_fields(
    0.01, 0.6,
    std::array{
        Field{"gamma", "1", 1, 0.01, 20, "exponent"},
        Field{"gamma_up_down", "1", 0, -0.99, 0.99, "part that the up (below 0) or down exponent is smaller"},
        Field{"gamma_spread", "1", 0.1, 0, 2, "sigma of the exponent, of itself, times the layer own_variation"},
    });

class PowStep final : public StepLaw<PowStep> {
 public:
  explicit PowStep(const MemristorSettings& settings) : PowStep(FieldReader("pow_step", fields, settings)) {}
  [[nodiscard]] double step(double w, bool up, const OwnStep& own) const {
    if (own.high <= own.low) return 0;
    const double room = (up ? own.high - w : w - own.low) / (own.high - own.low);
    const double bias = up ? std::min(gamma_up_down_, 0.0) : -std::max(gamma_up_down_, 0.0);
    const double gamma = gamma_ * std::abs(1 + gamma_spread_ * own.own + bias);
    return (up ? 1 : -1) * own.size(up) * std::pow(std::max(room, 0.0), gamma) * (1 + own.noise);
  }

 private:
  explicit PowStep(const FieldReader& value)
      : StepLaw("pow_step", value),
        gamma_(value("gamma")),
        gamma_up_down_(value("gamma_up_down")),
        gamma_spread_(value("gamma_spread")) {}

  double gamma_, gamma_up_down_, gamma_spread_;
};

}  // namespace

extern const MemristorKind pow_step_memristor;
const MemristorKind pow_step_memristor = quantised_kind<PowStep>(
    "pow_step", "steps that fall as a power of the room left ahead", "IBM/aihwkit 1.1.0, PowStepDevice", fields);

}  // namespace assimilaate
