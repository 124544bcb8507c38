/// Measured memristor: each unit pulse draws its change of conductance from the table of `jump_table.hpp` (the method
/// of CrossSim and of XBTorch). Positive voltages raise conductance. The table comes with a preset's [table] (see
/// `jump_table_from_csv`); without one a made-up memristor stands in, at +-1 V: 5 % of the room ahead with a logistic
/// spread of 30 % of that.
/// A pulse of k unit widths is k draws, the last a fraction of a change. Noise from pulse to pulse is in the table.

#include "assimilaate/substrate/jump_table.hpp"

#include "assimilaate/substrate/quantised.hpp"

namespace assimilaate {
namespace {

constexpr std::array fields{
    Field{"unit_width", "s", 1e-6, 1e-12, 1, "width of the pulses that were measured"},
    Field{"drive", "V", 0.5, 0.001, 50, "rail voltage of programming; a memristor sees twice this"},
};

JumpTable made_up() {
  JumpTable table{1e-5, 1e-4, {-1, 1}, {}};
  for (const bool up : {false, true})
    for (std::size_t r = 0; r < JumpTable::rows; ++r)
      for (std::size_t i = 0; i < JumpTable::quantiles; ++i) {
        const double x = static_cast<double>(r) / (JumpTable::rows - 1);
        const double u = (static_cast<double>(i) + 0.5) / JumpTable::quantiles;
        const double z = std::log(u / (1 - u)) * std::numbers::sqrt3 / std::numbers::pi;
        const double mean = 0.05 * (up ? 1 - x : -x);
        table.changes.push_back(static_cast<float>((table.g_high - table.g_low) * (mean + 0.3 * std::abs(mean) * z)));
      }
  return table;
}

class JumpTableLaw final : public Memristor {
 public:
  explicit JumpTableLaw(const MemristorSettings& settings)
      : JumpTableLaw(FieldReader("jump_table", fields, settings),
                     settings.table.empty() ? made_up() : JumpTable::from_numbers(settings.table)) {}

  void pulse(MemristorState& state, const Pulse& pulse, const Individual& self, Draws& draws) const override {
    if (pulse.voltage == 0) return;
    const double range = highest() - lowest(), steps = pulse.width / unit_width_;
    const double factor = self.factor(pulse.voltage > 0) * (1 + self.cycle / std::sqrt(std::max(steps, 1e-12)));
    for (double left = steps; left > 0; --left) {
      const double change = table_.change_at(pulse.voltage, lowest() + state.x * range, draws.uniform());
      state.x = std::clamp(state.x + std::min(left, 1.0) * factor * change / range, self.low, self.high);
    }
  }
  [[nodiscard]] bool lumps_cycles() const override { return true; }
  /// As many unit pulses as move it so far by median changes, up and down in the mean.
  [[nodiscard]] double width_for(double strength) const override {
    MemristorState up{.x = 0.5}, down = up;
    MeanDraws median;
    for (double steps = 0;; ++steps) {
      const double moved = up.x - down.x;
      pulse(up, {2 * drive(), unit_width_}, {}, median);
      pulse(down, {-2 * drive(), unit_width_}, {}, median);
      if (up.x - down.x >= strength) return unit_width_ * (steps + (strength - moved) / (up.x - down.x - moved));
      if (up.x - down.x <= moved) return unit_width_ * (steps + 1);  // as far as it goes
    }
  }

 private:
  JumpTableLaw(const FieldReader& value, JumpTable table)
      : Memristor("jump_table", table.g_low, table.g_high, value("drive")),
        unit_width_(value("unit_width")),
        table_(std::move(table)) {
    for (const double voltage : {2 * drive(), -2 * drive()})
      if (!table_.reaches(voltage))
        fail(Errc::Usage, "jump_table: nothing was measured at {} V, twice the drive, or below; raise drive", voltage);
  }

  double unit_width_;
  JumpTable table_;
};

}  // namespace

extern const MemristorKind jump_table_memristor;
const MemristorKind jump_table_memristor = quantised_kind<JumpTableLaw>(
    "jump_table", "draws its changes from a measured table of change by conductance and voltage",
    "tables as of Sandia CrossSim and XBTorch", fields);

}  // namespace assimilaate
