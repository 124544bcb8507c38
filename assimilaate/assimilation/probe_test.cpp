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

/// A bank whose synapses stand anywhere, as if it knew something.
LaneBank bank_of(std::string_view memristor, const Profile& like = {}) {
  Profile profile = like;
  profile.name = profile.memristor = memristor;
  LaneBank bank({"map", map().input, map().output, {}, 0}, profile);
  replace(bank, lot(bank, 0, 1, 3));
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
  // Sound synapses whose a and b stand together near one end answer little, as y of them says little.
  EXPECT_LT(wrong, synapses / 20);
  EXPECT_EQ(report.masked, bank.synapses().masked_synapses());
}

TEST(Probe, FindsMostSynapsesOfWhichOneMemristorIsStuck) {
  LaneBank bank = bank_of("mss");
  for (auto t : {0, 1}) {  // sound ones stand as learning leaves them, about the middle
    const auto tile = bank.synapses().open(static_cast<std::size_t>(t));
    Events events;
    for (std::uint64_t e = 0; e < 6; ++e)
      for (const int way : {1, -1})
        for (std::uint32_t r = 0; r < rows; ++r)
          for (std::uint16_t l = 0; l < (t == 0 ? 64 : 36); ++l)
            tile->pulse(std::vector<Fire>{{r, l, static_cast<std::int16_t>(way)}}, bank.synapses().width_for(0.1),
                        (e * 2 + (way > 0)) << 20, events);
  }
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
  // Two couples at .03 shrink a difference by 6 % and scatter each memristor by sqrt(2 * .03 * 255 / 4) = 2 codes.
  EXPECT_LT(std::sqrt(moved / square), 0.09);
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
