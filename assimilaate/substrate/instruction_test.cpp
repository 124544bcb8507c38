#include "assimilaate/substrate/instruction.hpp"

#include <gtest/gtest.h>

#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

constexpr double volt = 0.25;
const Rails rails{volt, -volt, 0.05, -0.05};

PairVoltage told(std::string_view name, double y, std::optional<FuFa> fu_fa = {}) {
  const Instruction instruction = instruction_named(name);
  const double applied = applied_voltage(instruction, rails);
  return across(applied, node_voltage(instruction, applied, y, fu_fa));
}

void expect_voltages(std::string_view name, double y, double a, double b, std::optional<FuFa> fu_fa = {}) {
  const PairVoltage voltage = told(name, y, fu_fa);
  EXPECT_EQ(voltage.a, a) << name << " at y = " << y;
  EXPECT_EQ(voltage.b, b) << name << " at y = " << y;
}

TEST(Instruction, PutsTwiceTheRailOnOneMemristorAndNothingOnTheOther) {
  for (const double y : {-0.5, 0.0, 0.5}) {
    expect_voltages("FH", y, 2 * volt, 0);
    expect_voltages("FL", y, 0, 2 * volt);
    expect_voltages("RH", y, 0, -2 * volt);
    expect_voltages("RL", y, -2 * volt, 0);
  }
}

TEST(Instruction, OfReadingDrivesTheWeakerMemristorMore) {
  expect_voltages("FF", 0.5, volt * 0.5, volt * 1.5);
  expect_voltages("RF", 0.5, -volt * 0.5, -volt * 1.5);
  expect_voltages("FFLV", -0.5, 0.05 * 1.5, 0.05 * 0.5);
  expect_voltages("RFLV", -0.5, -0.05 * 1.5, -0.05 * 0.5);
}

TEST(Instruction, ToGroundDrivesBothAlike) {
  expect_voltages("FZ", 0.5, volt, volt);
  expect_voltages("RZ", 0.5, -volt, -volt);
}

TEST(Instruction, BySignLowersWhatTrailsOrWhatLeads) {
  expect_voltages("RU", 0.5, 0, -2 * volt);
  expect_voltages("RU", -0.5, -2 * volt, 0);
  expect_voltages("RA", 0.5, -2 * volt, 0);
  expect_voltages("RA", -0.5, 0, -2 * volt);
}

TEST(Instruction, CountsZeroAsPositive) {
  for (const double zero : {0.0, -0.0}) {
    expect_voltages("RU", zero, 0, -2 * volt);
    expect_voltages("RA", zero, -2 * volt, 0);
  }
}

TEST(Instruction, FuAndFaHaveTheSignThatIsSet) {
  expect_voltages("FU", 0.5, 2 * volt, 0, FuFa::Published);
  expect_voltages("FU", 0.5, 0, 2 * volt, FuFa::Emulator);
  expect_voltages("FA", -0.5, 2 * volt, 0, FuFa::Published);
  expect_voltages("FA", -0.5, 0, 2 * volt, FuFa::Emulator);
}

TEST(Instruction, FuAndFaAreRefusedUntilTheirSignIsSet) {
  EXPECT_THROW(told("FU", 0.5), Error);
  EXPECT_THROW(told("FA", 0.5), Error);
  EXPECT_THROW(static_cast<void>(parse_fu_fa("both")), Error);
}

TEST(Instruction, IsFoundByItsName) {
  for (const Instruction instruction : all_instructions)
    EXPECT_EQ(instruction_named(name_of(instruction)), instruction);
  EXPECT_THROW(static_cast<void>(instruction_named("XX")), Error);
}

}  // namespace
}  // namespace assimilaate
