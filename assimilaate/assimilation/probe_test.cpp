#include "assimilaate/assimilation/probe.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assimilaate/assimilation/ageing.hpp"
#include "assimilaate/assimilation/internal/test_transform.hpp"
#include "assimilaate/core/parallel.hpp"

namespace assimilaate {
namespace {

constexpr std::size_t rows = 31, lanes = 100, synapses = rows * lanes;

const test::LinearMap& map() {
  static const test::LinearMap shared = test::linear_map({.inputs = 30, .outputs = 100, .examples = 20, .held_out = 1});
  return shared;
}

/// A bank as learning leaves it: couples, up to six either way, have moved its synapses apart.
LaneBank bank_of(std::string_view memristor, const Profile& like = {}) {
  Profile profile = like;
  profile.name = profile.memristor = memristor;
  LaneBank bank({"map", map().input, map().output, {}, 0}, profile);
  const Random random(77, 0);
  Events events;
  for (std::size_t t = 0; t < bank.synapses().tiles(); ++t) {
    std::vector<Fire> fires;
    for (std::uint32_t r = 0; r < rows; ++r)
      for (std::uint16_t l = 0; l < std::min(tile_lanes, lanes - t * tile_lanes); ++l) {
        const int count = static_cast<int>(random.bits(Purpose::Select, r * 1000 + l, t)[0] % 13) - 6;
        if (count != 0 && !bank.synapses().continuous()) fires.push_back({r, l, static_cast<std::int16_t>(count)});
      }
    bank.synapses().open(t)->pulse(fires, bank.synapses().width_for(0.1), 1, events);
  }
  return bank;
}

class ProbeOfEveryModel : public testing::TestWithParam<const MemristorKind*> {};
INSTANTIATE_TEST_SUITE_P(Probe, ProbeOfEveryModel,
                         testing::ValuesIn(memristor_catalogue().begin(), memristor_catalogue().end()),
                         [](const auto& kind) { return std::string(kind.param->name); });

TEST_P(ProbeOfEveryModel, MasksEverySynapseThatIsStuckAsAWholeAndFewOthers) {
  LaneBank bank = bank_of(GetParam()->name);
  const SynapseSet broken = lot(bank, 0, 0.2, 9);
  damage(bank, broken, Damage::Whole, 9);
  const auto report = probe(bank);
  EXPECT_EQ(report.probed, synapses);
  std::size_t wrong = 0;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t l = 0; l < lanes; ++l) {
      if (broken.contains(r, l)) {
        EXPECT_TRUE(bank.synapses().masked(r, l)) << r << ' ' << l;
      } else {
        wrong += bank.synapses().masked(r, l);
      }
    }
  EXPECT_LT(wrong, synapses / 100);
  EXPECT_EQ(report.masked, bank.synapses().masked_synapses());
}

TEST(Probe, FindsMostSynapsesOfWhichOneMemristorIsStuck) {
  LaneBank bank = bank_of("mss");
  const SynapseSet broken = lot(bank, 0, 0.2, 9);
  damage(bank, broken, Damage::Half, 9);
  static_cast<void>(probe(bank));
  std::size_t found = 0, wrong = 0;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t l = 0; l < lanes; ++l) (broken.contains(r, l) ? found : wrong) += bank.synapses().masked(r, l);
  EXPECT_GT(found, broken.size() * 8 / 10);
  EXPECT_LT(wrong, synapses / 100);
}

TEST(Probe, ForgetsLittleAndCountsWhatItCosts) {
  LaneBank bank = bank_of("mss");
  std::vector<double> before;
  const auto differences = [&] {
    std::vector<double> found;
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t l = 0; l < lanes; ++l) {
        const auto [a, b] = bank.synapses().conductances(r, l);
        found.push_back((a - b) / bank.synapses().code_conductance());
      }
    return found;
  };
  before = differences();
  const auto report = probe(bank);
  const auto after = differences();
  double square = 0, moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i)
    square += before[i] * before[i], moved += std::pow(after[i] - before[i], 2);
  // Two couples at .03 shrink a difference by 6 % and scatter each memristor by sqrt(2 * .03 * 255 / 4) = 2 codes; a
  // few suspects get more.
  const double rms = std::sqrt(square / synapses);
  EXPECT_LT(std::sqrt(moved / square), std::hypot(0.06, 2 * std::sqrt(2.0) / rms) + 0.02);
  EXPECT_GE(report.events.pulses, 4 * synapses);
  EXPECT_LT(report.events.pulses, 4 * synapses * 3 / 2);
  EXPECT_GE(report.events.conversions, 3 * synapses);
  EXPECT_EQ(report.events.conversions, report.events.synapse_reads);
  EXPECT_GT(report.events.read_dissipation, 0);
  EXPECT_GT(report.events.pulse_seconds, 0);
}

TEST(Probe, LooksSeveralTimesWhereReadsAreNoisyAndStillTells) {
  Profile noisy;
  noisy.noise = ReadNoise::parse("emulator");
  LaneBank bank = bank_of("mss", noisy);
  const SynapseSet broken = lot(bank, 0, 0.2, 9);
  damage(bank, broken, Damage::Whole, 9);
  const auto report = probe(bank);
  EXPECT_GT(report.events.synapse_reads, 100 * synapses);
  std::size_t found = 0, wrong = 0;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t l = 0; l < lanes; ++l) (broken.contains(r, l) ? found : wrong) += bank.synapses().masked(r, l);
  EXPECT_GT(found, broken.size() * 95 / 100);
  EXPECT_LT(wrong, synapses / 20);
}

TEST(Probe, OfChosenSynapsesTouchesNoOthers) {
  LaneBank bank = bank_of("mss");
  const SynapseSet chosen = lot(bank, 0, 0.1, 4);
  const LaneBank before = bank_of("mss");
  EXPECT_EQ(probe(bank, {}, &chosen).probed, 310U);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t l = 0; l < lanes; ++l)
      if (!chosen.contains(r, l)) {
        EXPECT_EQ(bank.synapses().conductances(r, l).a, before.synapses().conductances(r, l).a);
      }
}

TEST(Probe, IsAFunctionOfItsSeedAndEpochAndNotOfTheThreads) {
  const auto run = [](std::uint32_t epoch) {
    LaneBank bank = bank_of("mss");
    static_cast<void>(probe(bank, {.epoch = epoch}));
    return test::state_of(bank);
  };
  const auto expected = run(1);
  EXPECT_NE(run(2), expected);
  for (const int threads : {1, 2}) {
    set_threads(threads);
    EXPECT_EQ(run(1), expected);
  }
  set_threads(0);
}

}  // namespace
}  // namespace assimilaate
