/// Constant-step memristor: every pulse moves it by the same step, to its bounds (IBM/aihwkit, ConstantStepDevice):
///   dw = +-D (1 + z)

#include "assimilaate/substrate/models/step_law.hpp"

namespace assimilaate {
namespace {

constexpr auto fields = step_fields(0.001, 0.6, std::array<Field, 0>{});

class ConstantStep final : public StepLaw<ConstantStep> {
 public:
  explicit ConstantStep(const MemristorSettings& settings)
      : StepLaw("constant_step", FieldReader("constant_step", fields, settings)) {}
  [[nodiscard]] double step(double, bool up, const OwnStep& own) const {
    return (up ? 1 : -1) * own.size(up) * (1 + own.noise);
  }
};

}  // namespace

extern const MemristorKind constant_step_memristor;
const MemristorKind constant_step_memristor = quantised_kind<ConstantStep>(
    "constant_step", "moves by the same step everywhere",
    "IBM/aihwkit 1.1.0, ConstantStepDevice; Gokmen & Vlasov, Front. Neurosci. 2016", fields);

}  // namespace assimilaate
