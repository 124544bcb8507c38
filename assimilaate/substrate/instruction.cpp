#include "assimilaate/substrate/instruction.hpp"

#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

/// One row of the table: V_Y = coefficient x V_app, times H(y) where it follows the sign.
struct Row {
  std::string_view name;
  bool forward, low;
  double coefficient;
  bool by_sign;
};

constexpr std::array<Row, all_instructions.size()> table{{{"FF", true, false, 0, false},
                                                          {"FFLV", true, true, 0, false},
                                                          {"RF", false, false, 0, false},
                                                          {"RFLV", false, true, 0, false},
                                                          {"FH", true, false, -1, false},
                                                          {"FL", true, false, 1, false},
                                                          {"FU", true, false, 1, true},
                                                          {"FA", true, false, -1, true},
                                                          {"FZ", true, false, 0, false},
                                                          {"RH", false, false, 1, false},
                                                          {"RL", false, false, -1, false},
                                                          {"RU", false, false, 1, true},
                                                          {"RA", false, false, -1, true},
                                                          {"RZ", false, false, 0, false}}};

const Row& row_of(Instruction instruction) { return table[static_cast<std::size_t>(instruction)]; }

}  // namespace

std::string_view name_of(Instruction instruction) { return row_of(instruction).name; }

Instruction instruction_named(std::string_view text) {
  for (const Instruction instruction : all_instructions)
    if (name_of(instruction) == text) return instruction;
  fail(Errc::Usage, "'{}' is no instruction (there are: FF FFLV RF RFLV FH FL FU FA FZ RH RL RU RA RZ)", text);
}

FuFa parse_fu_fa(std::string_view text) {
  if (text == "published") return FuFa::Published;
  if (text == "emulator") return FuFa::Emulator;
  fail(Errc::Usage, "fu_fa '{}' is none of published, emulator", text);
}

double applied_voltage(Instruction instruction, const Rails& rails) {
  const Row& row = row_of(instruction);
  if (row.low) return row.forward ? rails.low_forward : rails.low_reverse;
  return row.forward ? rails.forward : rails.reverse;
}

double node_voltage(Instruction instruction, double applied, double y, std::optional<FuFa> fu_fa) {
  if (is_read(instruction)) return applied * y;
  const Row& row = row_of(instruction);
  double coefficient = row.coefficient;
  if (instruction == Instruction::FU || instruction == Instruction::FA) {
    if (!fu_fa)
      fail(Errc::Usage, "{}: the sources disagree about its sign; set fu_fa = published or emulator", row.name);
    if (*fu_fa == FuFa::Published) coefficient = -coefficient;
  }
  return coefficient * applied * (row.by_sign && y < 0 ? -1 : 1);
}

}  // namespace assimilaate
