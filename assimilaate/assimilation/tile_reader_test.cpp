/// Circuits that read a lane: nodes, planes, drives, and what they cost.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "assimilaate/assimilation/internal/test_transform.hpp"

namespace assimilaate {
namespace {

const test::LinearMap& map() {
  static const test::LinearMap shared =
      test::linear_map({.inputs = 200, .outputs = 3, .examples = 120, .held_out = 60, .rank = 20});
  return shared;
}

/// A bank that has learnt without noise; then `read` and `noise` are what it is read with.
LaneBank taught(const ReadSettings& read, std::string_view noise = "off", std::string_view organisation = "graded") {
  Profile profile = test::profile_of("mss");
  profile.organisation = organisation;
  LaneBank teacher({"map", map().input, map().output, {}, 0}, profile);
  StoredExamples source(map().examples);
  static_cast<void>(assimilate(teacher, source, map().held_out, {.passes = 20}));
  profile.read = read;
  profile.noise = ReadNoise::parse(noise);
  LaneBank bank({"map", map().input, map().output, {}, 0}, profile);
  const auto state = test::state_of(teacher);
  ByteReader in(state, "bank");
  bank.restore(in);
  return bank;
}

struct Reading {
  Matrix<float> outputs;
  Events events;
};

Reading reading(LaneBank bank, std::uint64_t moment = 0) {
  Reading r;
  r.outputs = bank.outputs(map().held_out.inputs().entries.view(), moment, r.events);
  return r;
}

/// Root mean square of a - b over that of b about its mean.
double apart(const Matrix<float>& a, const Matrix<float>& b) {
  const double mean = std::accumulate(b.values().begin(), b.values().end(), 0.0) / static_cast<double>(b.size());
  double error = 0, spread = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    error += std::pow(a.values()[i] - b.values()[i], 2);
    spread += std::pow(b.values()[i] - mean, 2);
  }
  return std::sqrt(error / spread);
}

const Matrix<float>& plain() {
  static const Matrix<float> shared = reading(taught({})).outputs;
  return shared;
}

TEST(TileReader, WithANodeForAllLinesIsTheSameAsWithoutNodes) {
  EXPECT_EQ(reading(taught({.node_lines = 10'000})).outputs, plain());
}

TEST(TileReader, AddsUpNodesToNearlyWhatOneNodeSays) {
  // Balanced couples leave Ga + Gb of every node near the mean: what is left is a few percent of its own part.
  const double off = apart(reading(taught({.node_lines = 16})).outputs, plain());
  EXPECT_LT(off, 0.05);
  EXPECT_GT(off, 0);
}

TEST(TileReader, ByPlanesSaysTheSameUpToHalfOfTheLastDigit) {
  double before = 1;
  for (const std::uint32_t planes : {2U, 4U, 8U}) {
    const double off = apart(reading(taught({.drive = LineDrive::Planes, .planes = planes})).outputs, plain());
    EXPECT_LT(off, before) << planes;
    before = off;
  }
  EXPECT_LT(before, 0.05);
}

TEST(TileReader, ByCountRoundsDrivesToUnitPulses) {
  const double coarse = apart(reading(taught({.drive = LineDrive::Count, .unit_pulses = 3})).outputs, plain()),
               fine = apart(reading(taught({.drive = LineDrive::Count, .unit_pulses = 255})).outputs, plain());
  EXPECT_GT(coarse, 5 * fine);
  EXPECT_LT(fine, 0.01);
}

TEST(TileReader, OfSelectedRowsHasNodesToo) {
  const auto one = reading(taught({}, "off", "one_hot")), many = reading(taught({.node_lines = 400}, "off", "one_hot"));
  EXPECT_LT(apart(many.outputs, one.outputs), 0.05);
  EXPECT_GT(many.events.conversions, 0U);
}

/// Noise of a circuit beside the signal, under the emulator's law.
double noise_of(const ReadSettings& read) {
  return apart(reading(taught(read, "emulator")).outputs, reading(taught(read)).outputs);
}

TEST(TileReader, HearsTheComparatorLessWhereFewerLinesMeet) {
  // Under the comparator alone noise falls as the root of the lines of a node: 201 lines at one, or 25 at each of nine.
  const auto loud = [](std::uint32_t lines) { return ReadSettings{.comparator = 3e-3, .node_lines = lines}; };
  const double ratio = noise_of(loud(0)) / noise_of(loud(25));
  EXPECT_NEAR(ratio, std::sqrt(201.0 / 25), 0.35);  // 180 draws each: 5 % of it is one standard error
}

TEST(TileReader, ByPlanesIdleLinesAddNoNoise) {
  // Drives are far below the largest: with planes only what is driven strays, in proportion to its digit.
  const ReadSettings width{.comparator = 0}, planes{.comparator = 0, .drive = LineDrive::Planes, .planes = 8};
  EXPECT_LT(noise_of(planes), 0.6 * noise_of(width));
}

TEST(TileReader, RepeatedReadsCostTheirTimeEnergyAndConversions) {
  const Events once = reading(taught({.node_lines = 25})).events,
               often = reading(taught({.node_lines = 25, .repeats = 4})).events;
  EXPECT_EQ(often.conversions, 4 * once.conversions);
  EXPECT_EQ(once.conversions, 60U * 3 * 9);
  EXPECT_EQ(often.lines_driven, 4 * once.lines_driven);
  EXPECT_NEAR(often.read_seconds, 4 * once.read_seconds, 1e-12);
  EXPECT_NEAR(often.read_dissipation, 4 * once.read_dissipation, 1e-6 * often.read_dissipation);
}

TEST(TileReader, DrivesCostWhatTheySwitch) {
  const Events width = reading(taught({})).events, level = reading(taught({.drive = LineDrive::Level})).events,
               count = reading(taught({.drive = LineDrive::Count, .unit_pulses = 15})).events,
               planes = reading(taught({.drive = LineDrive::Planes, .planes = 6})).events;
  EXPECT_EQ(width.levels_driven, 0U);
  EXPECT_EQ(level.levels_driven, level.lines_driven);
  EXPECT_EQ(level.lines_driven, width.lines_driven);
  EXPECT_GT(count.lines_driven, width.lines_driven);  // a third of 15 unit pulses, more or less, for each line
  EXPECT_EQ(width.conversions, 0U);
  EXPECT_EQ(planes.conversions, 60U * 3 * 6);
  EXPECT_NEAR(planes.read_seconds, 6 * width.read_seconds, 1e-12);
  // V g for all of the read warms by the mean of g^2, full rails for |g| of it by that of |g|.
  EXPECT_LT(level.read_dissipation, width.read_dissipation);
}

TEST(TileReader, RefusesNothingThatIsSilent) {
  for (const auto drive : {LineDrive::Width, LineDrive::Count, LineDrive::Level, LineDrive::Planes}) {
    LaneBank bank = taught({.node_lines = 16, .drive = drive}, "emulator");
    Matrix<Address> silent(2, 200, None);
    silent(1, 17) = 3;
    Events events;
    const auto out = bank.outputs(silent.view(), 0, events);
    for (const float y : out.values()) EXPECT_TRUE(std::isfinite(y));
    EXPECT_EQ(events.silent_entries, 399U);
  }
}

}  // namespace
}  // namespace assimilaate
