/// Soft-bounds memristor: a step is proportional to the room left before one's own bound ahead (Fusi & Abbott, Nature
/// Neuroscience 2007, doi 10.1038/nn1859; IBM/aihwkit, SoftBoundsDevice and SoftBoundsReferenceDevice):
///   dw = +-D (1 - w / b) (1 + z)     or, where noise is additive,  +-D (1 - w / b + z)
/// With a reference, w is what is left when one's own symmetry point, where up and down steps are equal, and an error
/// of `reference_spread` are taken away:  w_sp = (D+ - D-) / (D+ / b_max - D- / b_min).

#include "assimilaate/substrate/models/step_law.hpp"

namespace assimilaate {
namespace {

constexpr auto fields = step_fields(
    0.001, 0.6,
    std::array{
        Field{"additive_noise", "1", 0, 0, 1, "1: noise of a full step everywhere; 0: in proportion to the step"},
        Field{"reference", "1", 0, 0, 1, "1: weights count from one's own symmetry point; 0: from 0"},
        Field{"reference_spread", "weight", 0, 0, 1, "sigma of the error of that, times the layer own_variation"},
    });

class SoftBounds final : public StepLaw<SoftBounds> {
 public:
  explicit SoftBounds(const MemristorSettings& settings) : SoftBounds(FieldReader("soft_bounds", fields, settings)) {}
  [[nodiscard]] double step(double w, bool up, const OwnStep& own) const {
    const double bound = up ? own.high : own.low;
    const double left = 1 - (bound != 0 ? w / bound : 0);
    return (up ? 1 : -1) * own.size(up) * (additive_ ? left + own.noise : left * (1 + own.noise));
  }
  [[nodiscard]] double reference(const OwnStep& own) const {
    const double error = reference_spread_ * own.own;
    if (!reference_ || own.high == 0 || own.low == 0 || own.up + own.down == 0) return error;
    return error + (own.up - own.down) / (own.up / own.high - own.down / own.low);
  }

 private:
  explicit SoftBounds(const FieldReader& value)
      : StepLaw("soft_bounds", value),
        additive_(value("additive_noise") >= 0.5),
        reference_(value("reference") >= 0.5),
        reference_spread_(value("reference_spread")) {}

  bool additive_, reference_;
  double reference_spread_;
};

}  // namespace

extern const MemristorKind soft_bounds_memristor;
const MemristorKind soft_bounds_memristor = quantised_kind<SoftBounds>(
    "soft_bounds", "steps in proportion to the room left ahead",
    "Fusi & Abbott, Nature Neuroscience 2007; IBM/aihwkit 1.1.0, SoftBounds(Reference)Device", fields);

}  // namespace assimilaate
