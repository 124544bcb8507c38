#include "assimilaate/substrate/instruction.hpp"

#include <gtest/gtest.h>

namespace assimilaate {
namespace {

TEST(Instruction, PutsTwiceTheRailOnOneMemristorAndNothingOnTheOther) {
  // The table of physics.md 2.2: rows FH / FL and RH / RL.
  const auto expect = [](Instruction instruction, double a, double b) {
    const auto voltage = pair_voltage(instruction, 0.25);
    EXPECT_EQ(voltage.a, a);
    EXPECT_EQ(voltage.b, b);
  };
  expect(Instruction::FH, 0.5, 0);
  expect(Instruction::FL, 0, 0.5);
  expect(Instruction::RH, 0, -0.5);
  expect(Instruction::RL, -0.5, 0);
}

}  // namespace
}  // namespace assimilaate
