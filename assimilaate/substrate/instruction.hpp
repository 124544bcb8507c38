#pragma once
/// What a lane's synapses can be told, as voltages on their two memristors (`physics.md` 2.2; Knowm instruction table,
/// 2016).

namespace assimilaate {

/// A rectangular pulse across one memristor; a positive voltage raises its conductance in every model.
struct Pulse {
  double voltage = 0;  // [V]
  double width = 0;    // [s]
};

/// The feedback instructions that the rules use: node Y is forced to a rail, so one memristor sees twice the drive, the
/// other none.
enum class Instruction { FH, FL, RH, RL };

/// Voltages across memristors a and b.
struct PairVoltage {
  double a = 0, b = 0;  // [V]
};

/// @param drive  V of the rails [V], > 0
[[nodiscard]] constexpr PairVoltage pair_voltage(Instruction instruction, double drive) {
  switch (instruction) {
    case Instruction::FH:
      return {2 * drive, 0};
    case Instruction::FL:
      return {0, 2 * drive};
    case Instruction::RH:
      return {0, -2 * drive};
    case Instruction::RL:
      return {-2 * drive, 0};
  }
  return {};
}

}  // namespace assimilaate
