#pragma once
/// What a lane's synapses can be told, as voltages on their two memristors (`physics.md` 2.2; Knowm instruction table,
/// 2016): every instruction puts V_app - V_Y on memristor a and V_app + V_Y on memristor b of every selected synapse.

#include <array>
#include <optional>
#include <string_view>

#include "assimilaate/substrate/pulse.hpp"

namespace assimilaate {

/// Reads: FF, RF and, below threshold, FFLV, RFLV: node Y settles at V_app y. Feedback forces node Y: H and L to a rail
/// that lifts or lowers y, U and A to a rail chosen by the sign of y, Z to ground; F drives up, R down.
enum class Instruction { FF, FFLV, RF, RFLV, FH, FL, FU, FA, FZ, RH, RL, RU, RA, RZ };

inline constexpr std::array all_instructions{Instruction::FF, Instruction::FFLV, Instruction::RF, Instruction::RFLV,
                                             Instruction::FH, Instruction::FL,   Instruction::FU, Instruction::FA,
                                             Instruction::FZ, Instruction::RH,   Instruction::RL, Instruction::RU,
                                             Instruction::RA, Instruction::RZ};

[[nodiscard]] std::string_view name_of(Instruction instruction);
/// @throws Error{Usage} for a text that names none.
[[nodiscard]] Instruction instruction_named(std::string_view text);
[[nodiscard]] constexpr bool is_read(Instruction instruction) { return instruction <= Instruction::RFLV; }

/// Which rail FU and FA choose, a matter in which the sources disagree.
enum class FuFa {
  Published,  ///< the table of 2016: FU lifts what leads (away from 0), FA the other
  Emulator    ///< ktram-neural-core: the reverse
};
/// @param text  `published` or `emulator`. @throws Error{Usage}
[[nodiscard]] FuFa parse_fu_fa(std::string_view text);

/// Rails of the two directions and of reads below threshold [V]. Feedback always uses the former.
struct Rails {
  double forward = 1, reverse = -1, low_forward = 0.05, low_reverse = -0.05;

  bool operator==(const Rails&) const = default;
};

/// Voltages across memristors a and b.
struct PairVoltage {
  double a = 0, b = 0;  // [V]
};

/// V_app, the voltage of the rail that an instruction drives [V].
[[nodiscard]] double applied_voltage(Instruction instruction, const Rails& rails);

/// V_Y, the voltage of the node between the memristors [V].
/// @param applied  V_app of it [V]
/// @param y        of a read: measured by it; of feedback: retained from the last read. H(0) = +1
/// @throws Error{Usage} for FU and FA where `fu_fa` is not set.
[[nodiscard]] double node_voltage(Instruction instruction, double applied, double y, std::optional<FuFa> fu_fa);

/// What the memristors see of both [V].
[[nodiscard]] constexpr PairVoltage across(double applied, double node) { return {applied - node, applied + node}; }

}  // namespace assimilaate
