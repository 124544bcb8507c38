/// Piecewise-linear memristor: steps are a table over the weight, linear between its nodes, which are spaced evenly
/// from one's own lowest to one's own highest weight (IBM/aihwkit, PiecewiseStepDevice):  dw = +-D table(w) (1 + z).
/// Five nodes each way are fields; a table of 2n numbers takes their place: n of up steps, then n of down steps.

#include "assimilaate/substrate/models/step_law.hpp"

namespace assimilaate {
namespace {

constexpr auto fields =
    step_fields(0.001, 0.6,
                std::array{
                    Field{"up_0", "1", 1.5, 0, 1000, "up steps at the lowest weight, in dw"},
                    Field{"up_1", "1", 1.25, 0, 1000, "up steps at a quarter of the range, in dw"},
                    Field{"up_2", "1", 1, 0, 1000, "up steps in the middle of the range, in dw"},
                    Field{"up_3", "1", 0.75, 0, 1000, "up steps at three quarters of the range, in dw"},
                    Field{"up_4", "1", 0.5, 0, 1000, "up steps at the highest weight, in dw"},
                    Field{"down_0", "1", 0.5, 0, 1000, "down steps at the lowest weight, in dw"},
                    Field{"down_1", "1", 0.75, 0, 1000, "down steps at a quarter of the range, in dw"},
                    Field{"down_2", "1", 1, 0, 1000, "down steps in the middle of the range, in dw"},
                    Field{"down_3", "1", 1.25, 0, 1000, "down steps at three quarters of the range, in dw"},
                    Field{"down_4", "1", 1.5, 0, 1000, "down steps at the highest weight, in dw"},
                });

class Piecewise final : public StepLaw<Piecewise> {
 public:
  explicit Piecewise(const MemristorSettings& settings)
      : Piecewise(FieldReader("piecewise", fields, settings), settings.table) {}
  [[nodiscard]] double step(double w, bool up, const OwnStep& own) const {
    const std::vector<double>& nodes = up ? up_ : down_;
    const auto last = static_cast<double>(nodes.size() - 1);
    const double room = own.high - own.low;
    const double at = room > 0 ? std::clamp((w - own.low) / room * last, 0.0, last) : 0;
    const auto node = std::min(static_cast<std::size_t>(at), nodes.size() - 2);
    const double size = std::lerp(nodes[node], nodes[node + 1], at - static_cast<double>(node));
    return (up ? 1 : -1) * own.size(up) * size * (1 + own.noise);
  }

 private:
  Piecewise(const FieldReader& value, const std::vector<double>& table) : StepLaw("piecewise", value) {
    if (table.empty()) {
      for (const char* name : {"up_0", "up_1", "up_2", "up_3", "up_4"}) up_.push_back(value(name));
      for (const char* name : {"down_0", "down_1", "down_2", "down_3", "down_4"}) down_.push_back(value(name));
      return;
    }
    if (table.size() < 4 || table.size() % 2 != 0)
      fail(Errc::Usage, "piecewise: a table of {} numbers; it takes n >= 2 up steps and as many down steps",
           table.size());
    for (const double step : table)
      if (!(step >= 0 && std::isfinite(step)))
        fail(Errc::Usage, "piecewise: step {} in the table is not a number of 0 or more", step);
    const auto middle = table.begin() + static_cast<std::ptrdiff_t>(table.size() / 2);
    up_.assign(table.begin(), middle);
    down_.assign(middle, table.end());
  }

  std::vector<double> up_, down_;  // [nodes], in dw
};

}  // namespace

extern const MemristorKind piecewise_memristor;
const MemristorKind piecewise_memristor =
    quantised_kind<Piecewise>("piecewise", "steps from a table over the weight, linear between its nodes",
                              "IBM/aihwkit 1.1.0, PiecewiseStepDevice", fields);

}  // namespace assimilaate
