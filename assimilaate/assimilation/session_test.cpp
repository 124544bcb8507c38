/// What a session learns.
#include "assimilaate/assimilation/session.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/assimilation/internal/test_transform.hpp"

namespace assimilaate {
namespace {

Convergence learn(LaneBank& bank, const ExampleBlock& examples, const HeldOut& held_out,
                  const SessionOptions& options = {}) {
  StoredExamples source(examples);
  return assimilate(bank, source, held_out, options);
}

Convergence learn(const test::LinearMap& map, const Profile& profile, const SessionOptions& options = {}) {
  LaneBank bank({"map", map.input, map.output, {}, 0}, profile);
  return learn(bank, map.examples, map.held_out, options);
}

const test::LinearMap& map() {
  static const test::LinearMap shared = test::linear_map();
  return shared;
}

TEST(Session, TeachesFloatLanesALinearMap) {
  const auto report = learn(map(), test::profile_of("float"), {.passes = 60});
  // Inputs of 5 bits lose .0035 of their variance (Lloyd), outputs of 6 bits .001: an NMSE of .0045 is what the codes
  // leave.
  EXPECT_LT(report.nmse, 0.012);
  EXPECT_GT(report.agreement, 0.4);
  EXPECT_EQ(report.examples, 300U);
  EXPECT_EQ(report.presentations, 300U * 60);
  EXPECT_EQ(report.events.presentations, 300U * 60 + 4 * 200);  // and the held-out ones after each of four rounds
  EXPECT_EQ(report.held_out, 200U);
  EXPECT_EQ(report.synapses, 25U * 20);
}

TEST(Session, TeachesMetastableSwitchesNearlyAsWell) {
  const auto mss = learn(map(), test::profile_of("mss"), {.passes = 60});
  EXPECT_LT(mss.nmse, 0.03);
  EXPECT_GT(mss.pulses_per_memristor, 1);
  EXPECT_EQ(mss.masked, 0U);
}

TEST(Session, TeachesBytesToo) { EXPECT_LT(learn(map(), test::profile_of("byte"), {.passes = 60}).nmse, 0.1); }

TEST(Session, TeachesTwoSynapsesPerLineAsOne) {
  Profile profile = test::profile_of("mss");
  profile.organisation = "graded:2";
  EXPECT_LT(learn(map(), profile, {.passes = 60}).nmse, 0.03);
}

TEST(Session, TeachesOneHotRegressionLanesOnEveryMemristor) {
  // Every address of every space has its own synapse: 4 x 3 of them are learnt from 600 examples.
  const auto small = test::linear_map({.inputs = 3, .outputs = 4, .examples = 600, .bits_in = 2});
  for (const std::string_view memristor : {"float", "mss"})
    for (const double counter : {1.0, 8.0}) {
      Profile profile = test::profile_of(memristor);
      profile.organisation = "one_hot";
      profile.rule_settings = {{"counter", counter}};
      EXPECT_LT(learn(small, profile, {.passes = 20}).nmse, 0.25) << memristor << ' ' << counter;
    }
}

/// A table from two spaces of four addresses to two of three: out = (a, b) -> ((a + b) mod 3, a mod 3).
struct Table {
  CodecPtr input = test::addresses(2, 4), output = test::addresses(2, 3);
  ExampleBlock examples{AatBlock(input->shape(), 16), AatBlock(output->shape(), 16)};
  Table() {
    for (Address i = 0; i < 16; ++i) {
      const auto row = static_cast<std::size_t>(i);
      examples.input.entries(row, 0) = i / 4;
      examples.input.entries(row, 1) = i % 4;
      examples.output.entries(row, 0) = (i / 4) % 3;
      examples.output.entries(row, 1) = (2 + i % 4) % 3;
    }
  }
};

TEST(Session, TeachesWinnerLanesATable) {
  const Table table;
  for (const MemristorKind* kind : memristor_catalogue())
    for (const std::string_view organisation : {"one_hot", "one_hot:2"}) {
      Profile profile = test::winner_profile(kind->name);
      profile.organisation = organisation;
      LaneBank bank({"table", table.input, table.output, {}, 0}, profile);
      const auto report = learn(bank, table.examples, HeldOut(table.examples), {.passes = 100});
      EXPECT_EQ(report.agreement, 1) << kind->name << ' ' << organisation;
      EXPECT_TRUE(std::isnan(report.nmse));
      EXPECT_GT(report.margin_p10, 0);
    }
}

TEST(Session, GivesWinnerLanesACounterThatSavesPulses) {
  const Table table;
  const auto run = [&](double counter) {
    Profile profile = test::winner_profile("mss");
    profile.rule_settings = {{"counter", counter}};
    LaneBank bank({"table", table.input, table.output, {}, 0}, profile);
    return learn(bank, table.examples, HeldOut(table.examples), {.passes = 100});
  };
  const auto with = run(4), without = run(1);
  EXPECT_EQ(with.agreement, 1);
  EXPECT_LT(with.events.pulses, without.events.pulses);
  EXPECT_GT(with.events.counter_updates, 0U);
  EXPECT_LT(with.events.counter_overflows, with.events.counter_updates);
}

TEST(Session, TeachesWinnerLanesOnGradedLines) {
  const auto map_in = test::linear_map({.inputs = 6, .outputs = 1, .examples = 200, .held_out = 200, .bits_out = 1});
  for (const std::string_view memristor : {"float", "mss"}) {
    Profile profile = test::profile_of(memristor);
    profile.rule = "margin";
    // Half of the held-out examples would agree by chance; the sign of a linear map is linear.
    EXPECT_GT(learn(map_in, profile, {.passes = 30}).agreement, 0.85) << memristor;
  }
}

/// Root mean square of y over all synapses of a bank.
double spread_of_synapses(const LaneBank& bank) {
  double squares = 0;
  const SynapseArray& array = bank.synapses();
  for (std::size_t r = 0; r < array.rows(); ++r)
    for (std::size_t l = 0; l < array.lanes(); ++l) {
      const auto [a, b] = array.conductances(r, l);
      squares += std::pow((a - b) / (a + b), 2) / static_cast<double>(array.rows() * array.lanes());
    }
  return std::sqrt(squares);
}

TEST(Session, LeavesVolatileMemristorsWhatTheirRateAtRestLeavesThem) {
  // mss as published, 298 K: 1/s(0) = .18 s, x at rest .5. One time constant later every difference is 1/e of what it
  // was in the mean; the switches' own spread, sqrt(1/(4 * 255)) a memristor, is added in quadrature.
  const auto map = test::linear_map({.inputs = 12, .outputs = 40});
  Profile profile = test::profile_of("mss");
  profile.memristor_settings.fields = {{"published", 1}};
  LaneBank bank({"map", map.input, map.output, {}, 0}, profile);
  StoredExamples source(map.examples);
  static_cast<void>(assimilate(bank, source, map.held_out, {.passes = 10}));
  const double rest = make_memristor("mss", profile.memristor_settings)->retention(298).seconds;
  EXPECT_NEAR(rest, 0.18, 0.005);
  const double before = spread_of_synapses(bank);
  bank.synapses().elapse(bank.felt(rest, 0, 1));
  const double after = spread_of_synapses(bank);
  const double noise = std::sqrt(2 * 0.25 / 255 * (1 - std::exp(-2.0))) * 0.9e-3 / 1.1e-3;
  EXPECT_NEAR(after, std::hypot(before * std::exp(-1.0), noise), 0.05 * after);
  bank.synapses().elapse(bank.felt(100 * rest, 0, 2));
  EXPECT_NEAR(spread_of_synapses(bank), std::sqrt(2 * 0.25 / 255) * 0.9e-3 / 1.1e-3, 0.1 * after);
}

TEST(Session, ReadsAMemristorForItsShareOfARead) {
  const Table table;  // two spaces of four addresses: a read selects two of eight rows
  const LaneBank bank({"table", table.input, table.output, {}, 0}, test::winner_profile("mss"));
  const Elapsed time = bank.felt(3, 8, 5);
  EXPECT_DOUBLE_EQ(time.reading, 2);
  EXPECT_DOUBLE_EQ(time.idle, 6);
  EXPECT_DOUBLE_EQ(time.programming, 3);
  EXPECT_EQ(time.event, 5U);
}

TEST(Session, LetsVolatileMemristorsFeelTheTimeThatTeachingTakes) {
  // The same lessons to a law that acts at all times and to one that acts on pulses alone: what the first has left of
  // its differences is less. Twenty presentations are fewer than the blocks of one span: its rest is felt too.
  const auto map = test::linear_map({.inputs = 12, .outputs = 40, .examples = 20});
  const auto spread = [&](double published) {
    Profile profile = test::profile_of("mss");
    profile.calibrate = false;
    profile.memristor_settings.fields = {{"published", published}};
    profile.read.width = 0.05;  // [s]: twenty reads, five of the law's time constants
    LaneBank bank({"map", map.input, map.output, {}, 0}, profile);
    StoredExamples source(map.examples);
    static_cast<void>(assimilate(bank, source, HeldOut(), {.passes = 1, .rounds = 1}));
    return spread_of_synapses(bank);
  };
  EXPECT_LT(spread(1), 0.8 * spread(0));
}

TEST(Session, LeavesRetentiveMemristorsAsTheyAreWhateverTimePasses) {
  const auto map = test::linear_map({.inputs = 6, .outputs = 4});
  LaneBank bank({"map", map.input, map.output, {}, 0}, test::profile_of("mss"));
  StoredExamples source(map.examples);
  static_cast<void>(assimilate(bank, source, map.held_out, {.passes = 4}));
  const double before = spread_of_synapses(bank);
  bank.synapses().elapse(bank.felt(3e7, 1e3, 1));
  EXPECT_EQ(spread_of_synapses(bank), before);
}

TEST(Session, ReadsThroughWiresAndRestlessMemristorsWhatItReadsWithoutButForThem) {
  const auto map = test::linear_map({.inputs = 12, .outputs = 10});
  const auto outputs = [&](const Imperfections& how) {
    Profile profile = test::profile_of("mss");
    LaneBank taught({"map", map.input, map.output, {}, 0}, profile);
    StoredExamples source(map.examples);
    static_cast<void>(assimilate(taught, source, map.held_out, {.passes = 10}));
    ByteWriter state;
    taught.save(state);
    profile.imperfections = how;
    LaneBank bank({"map", map.input, map.output, {}, 0}, profile);
    ByteReader in(state.bytes(), "state");
    bank.restore(in);
    Events events;
    return bank.outputs(map.held_out.inputs().entries.view(), 7, events);
  };
  const Matrix<float> bare = outputs({});
  const auto strays = [&](const Matrix<float>& y) {
    double square = 0, all = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      square += std::pow(y.values()[i] - bare.values()[i], 2);
      all += std::pow(bare.values()[i] - 1, 2);  // the map's offset is 1
    }
    return std::sqrt(square / all);
  };
  // 13 cells at .55 mS in 2.1 Ohm: p = r G kappa with kappa about a third of 13^2, some per cent of y.
  const double wired = strays(outputs({.wire_resistance = 2.1}));
  EXPECT_GT(wired, 0.002);
  EXPECT_LT(wired, 0.1);
  EXPECT_GT(strays(outputs({.wire_resistance = 21})), 3 * wired);
  const double restless = strays(outputs({.device_noise = 0.01})), louder = strays(outputs({.device_noise = 0.03}));
  EXPECT_GT(restless, 0);
  EXPECT_NEAR(louder / restless, 3, 0.3);
}

TEST(Session, ProgramsEachLineOncePerPresentation) {
  const Table table;
  const Profile profile = test::winner_profile("mss");
  LaneBank bank({"table", table.input, table.output, {}, 0}, profile);
  Profile bare = profile;
  bare.calibrate = false;
  LaneBank uncalibrated({"table", table.input, table.output, {}, 0}, bare);
  const auto report = learn(uncalibrated, table.examples, {}, {.passes = 10});
  // Two lines, four instructions each, at most the first, longest width.
  const double width = bank.synapses().width_for(bank.rule().strength(0));
  EXPECT_GT(report.events.pulse_seconds, 0);
  EXPECT_LE(report.events.pulse_seconds, 160 * 2 * 4 * width * (1 + 1e-9));
}

}  // namespace
}  // namespace assimilaate
