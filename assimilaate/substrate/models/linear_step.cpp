/// Linear-step memristor: the step falls linearly with the weight (IBM/aihwkit, LinearStepDevice), with b the bound
/// ahead, nominal or one's own:
///   dw = +-D (1 - gamma w / b) (1 + z)     or, where noise is additive,  +-D (1 - gamma w / b + z)
/// gamma = |gamma_up or gamma_down + gamma_spread n| with a normal number n per memristor and direction (layer
/// `own_variation`). A leak pulls w to 0 at all times, as a capacitor's: w(t) = w exp(-t / leak).

#include <limits>

#include "assimilaate/substrate/models/step_law.hpp"

namespace assimilaate {
namespace {

constexpr auto fields = step_fields(
    0.001, 0.6,
    std::array{
        Field{"gamma_up", "1", 0, -2, 2, "part of an up step that is lost at the highest weight"},
        Field{"gamma_down", "1", 0, -2, 2, "part of a down step that is lost at the lowest weight"},
        Field{"gamma_spread", "1", 0.05, 0, 2, "sigma of both from device to device, times the layer own_variation"},
        Field{"own_bound", "1", 0, 0, 1, "1: lost at the memristor's own bound; 0: at the nominal one"},
        Field{"additive_noise", "1", 0, 0, 1, "1: noise of a full step everywhere; 0: in proportion to the step"},
        Field{"leak", "s", 0, 0, 1e18, "time constant of the decay to weight 0; 0: none"},
    });

class LinearStep final : public StepLaw<LinearStep> {
 public:
  explicit LinearStep(const MemristorSettings& settings) : LinearStep(FieldReader("linear_step", fields, settings)) {}
  [[nodiscard]] double step(double w, bool up, const OwnStep& own) const {
    const double bound = own_bound_ ? (up ? own.high : own.low) : (up ? highest_weight() : lowest_weight());
    const double gamma =
        up ? std::abs(gamma_up_ + gamma_spread_ * own.own) : std::abs(gamma_down_ + gamma_spread_ * own.own_other);
    const double left = 1 - (bound != 0 ? gamma * w / bound : 0);
    return (up ? 1 : -1) * own.size(up) * (additive_ ? left + own.noise : left * (1 + own.noise));
  }
  void idle(MemristorState& state, double seconds, double, const Individual&, Draws&) const override {
    if (leak_ > 0) state.x = position(weight(state.x) * std::exp(-seconds / leak_));
  }
  [[nodiscard]] Retention retention(double) const override {
    return {leak_ > 0 ? leak_ : std::numeric_limits<double>::infinity(), position(0)};
  }

 private:
  explicit LinearStep(const FieldReader& value)
      : StepLaw("linear_step", value),
        gamma_up_(value("gamma_up")),
        gamma_down_(value("gamma_down")),
        gamma_spread_(value("gamma_spread")),
        own_bound_(value("own_bound") >= 0.5),
        additive_(value("additive_noise") >= 0.5),
        leak_(value("leak")) {}

  double gamma_up_, gamma_down_, gamma_spread_;
  bool own_bound_, additive_;
  double leak_;
};

}  // namespace

extern const MemristorKind linear_step_memristor;
const MemristorKind linear_step_memristor = quantised_kind<LinearStep>(
    "linear_step", "steps that fall linearly with the weight; may leak", "IBM/aihwkit 1.1.0, LinearStepDevice", fields);

}  // namespace assimilaate
