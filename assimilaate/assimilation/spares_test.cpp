#include "assimilaate/assimilation/spares.hpp"

#include <gtest/gtest.h>

#include "assimilaate/assimilation/ageing.hpp"
#include "assimilaate/assimilation/calibration.hpp"
#include "assimilaate/assimilation/internal/test_transform.hpp"

namespace assimilaate {
namespace {

const test::LinearMap& map() {
  static const test::LinearMap shared =
      test::linear_map({.inputs = 12, .outputs = 70, .examples = 100, .held_out = 20});
  return shared;
}

Profile with_spares(std::uint32_t spares, double stuck = 0) {
  Profile profile = test::profile_of("mss");
  profile.organisation = "graded:3";
  profile.spares = spares;
  profile.imperfections.stuck = stuck;
  return profile;
}

LaneBank bank_of(const Profile& profile) { return LaneBank({"map", map().input, map().output, {}, 0}, profile); }

std::size_t at_work(const LaneBank& bank, std::size_t line, std::size_t lane) {
  std::size_t count = 0;
  for (std::size_t r = 3 * line; r < 3 * line + 3; ++r) count += !bank.synapses().masked(r, lane);
  return count;
}

TEST(Spares, AreSetAsideWhereTheOthersWorkAndWorkWhereTheyDoNot) {
  LaneBank bank = bank_of(with_spares(1, 0.05));
  static_cast<void>(calibrate(bank));
  std::size_t full = 0;
  std::vector<std::size_t> before;
  for (std::size_t line = 0; line < 13; ++line)
    for (std::size_t l = 0; l < 70; ++l) before.push_back(at_work(bank, line, l));
  set_spares_aside(bank);
  for (std::size_t line = 0; line < 13; ++line)
    for (std::size_t l = 0; l < 70; ++l) {
      const std::size_t now = at_work(bank, line, l), then = before[line * 70 + l];
      EXPECT_EQ(now, std::min<std::size_t>(then, 2));
      full += then == 3;
    }
  EXPECT_GT(full, 13U * 70 / 2);
}

TEST(Spares, AreRecruitedForWhatIsMaskedAndOnlyThere) {
  LaneBank bank = bank_of(with_spares(1));
  static_cast<void>(calibrate(bank));
  set_spares_aside(bank);
  EXPECT_EQ(recruit_spares(bank, 1).recruited, 0U);
  {
    const auto tile = bank.synapses().open(0);
    tile->mask(0, 5);
    for (const Side side : {Side::A, Side::B}) tile->stick(0, 5, side, side == Side::A);
    tile->mask(4, 9);
    tile->mask(3, 9);
    for (const std::uint32_t r : {3U, 4U})
      for (const Side side : {Side::A, Side::B}) tile->stick(r, 9, side, side == Side::A);
  }
  const auto report = recruit_spares(bank, 1);
  EXPECT_EQ(report.recruited, 2U);
  EXPECT_EQ(report.missing, 1U);
  EXPECT_EQ(at_work(bank, 0, 5), 2U);
  EXPECT_TRUE(bank.synapses().masked(0, 5));
  EXPECT_EQ(at_work(bank, 1, 9), 1U);
  EXPECT_EQ(at_work(bank, 2, 9), 2U);
  EXPECT_GT(report.events.pulses, 0U);
}

TEST(Spares, LetABankLearnAsWellAsOneWithoutThem) {
  const auto nmse = [](std::string_view organisation, std::uint32_t spares) {
    Profile profile = with_spares(spares);
    profile.organisation = organisation;
    LaneBank bank = bank_of(profile);
    StoredExamples source(map().examples);
    return assimilate(bank, source, map().held_out, {.passes = 60}).nmse;
  };
  EXPECT_NEAR(nmse("graded:3", 1), nmse("graded:2", 0), 0.01);
}

TEST(Spares, AreRefusedWhereNoCopyWouldBeLeftToWork) {
  try {
    static_cast<void>(bank_of(with_spares(3)));
    ADD_FAILURE() << "accepted";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), Errc::Usage);
    EXPECT_NE(std::string(e.what()).find("spares 3"), std::string::npos);
  }
}

}  // namespace
}  // namespace assimilaate
