/// The kernels of whole rows against their definition, on every SIMD target, and the draws against the binomial.
#include "assimilaate/substrate/pulse_rows.hpp"

#include <gtest/gtest.h>

#include "assimilaate/substrate/internal/test_arrays.hpp"
#include "assimilaate/substrate/lanes.hpp"
#include "assimilaate/substrate/pulse_rows_reference.hpp"

namespace assimilaate {
namespace {

/// A row of unlike memristors, some stuck, some without a pulse.
struct Row {
  std::array<std::uint8_t, row_memristors> codes{};
  std::array<ByteDevice, row_memristors> devices{};
  std::array<std::int8_t, row_memristors> directions{};
  std::array<std::uint32_t, row_memristors> words{};

  explicit Row(std::uint64_t salt) {
    const Random random(5, 0);
    for (std::size_t i = 0; i < row_memristors; ++i) {
      const auto bits = random.bits(Purpose::Init, i, salt);
      devices[i] = {static_cast<std::uint16_t>(800 + bits[0] % 6500),
                    static_cast<std::uint16_t>(800 + bits[0] / 8192 % 6500), static_cast<std::uint8_t>(bits[1] % 60),
                    static_cast<std::uint8_t>(190 + bits[1] / 64 % 66), bits[2] % 11 == 0};
      codes[i] = static_cast<std::uint8_t>(devices[i].low + bits[3] % (devices[i].high - devices[i].low + 1U));
      words[i] = bits[2] ^ (bits[3] * 0x9E3779B9U);
    }
    for (std::size_t l = 0; l < tile_lanes; ++l) {
      const auto way = static_cast<std::int8_t>(static_cast<int>((l * 7 + salt) % 3) - 1);
      directions[2 * l] = way;
      directions[2 * l + 1] = static_cast<std::int8_t>(-way);
    }
    words[3] = 0;
    words[4] = 0xFFFFFFFFU;
  }
  [[nodiscard]] MemristorRow view() { return {codes.data(), devices.data(), directions.data()}; }
};

class EveryTargetOfRows : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { force_lane_target(GetParam()); }
  void TearDown() override { force_lane_target(""); }
};

TEST_P(EveryTargetOfRows, SwitchesAsTheReferenceDoes) {
  for (const float rate : {1e-7F, 1e-4F, 0.01F, 0.05F, 0.12F})
    for (std::uint64_t salt = 0; salt < 20; ++salt) {
      Row row(salt);
      auto expected = row.codes;
      for (std::size_t i = 0; i < row_memristors; ++i)
        if (row.directions[i] != 0)
          expected[i] = reference::switch_one(row.codes[i], row.devices[i], row.directions[i],
                                              row.directions[i] > 0 ? rate : 0.7F * rate, row.words[i]);
      switch_row(row.view(), rate, 0.7F * rate, row.words);
      EXPECT_EQ(row.codes, expected) << "rate " << rate << ", salt " << salt;
    }
}

TEST_P(EveryTargetOfRows, StepsAsTheReferenceDoes) {
  for (const float step : {1.0F, 2.0F, 40.0F}) {
    Row row(1);
    auto expected = row.codes;
    for (std::size_t i = 0; i < row_memristors; ++i)
      if (row.directions[i] != 0)
        expected[i] = reference::step_one(row.codes[i], row.devices[i], row.directions[i] > 0 ? step : -step);
    step_row(row.view(), step, -step);
    EXPECT_EQ(row.codes, expected) << step;
  }
}

TEST_P(EveryTargetOfRows, StepsLikeMemristorsAsTheReferenceDoes) {
  for (const float step : {0.0F, 1.0F, 2.0F, 200.0F, 300.0F}) {
    Row row(1);
    row.codes[2] = 254;
    row.codes[6] = 0;
    for (auto& code : row.codes) code = std::min<std::uint8_t>(code, 254);
    auto expected = row.codes;
    const ByteDevice alike{.high = 254};
    for (std::size_t i = 0; i < row_memristors; ++i)
      if (row.directions[i] != 0)
        expected[i] = reference::step_one(row.codes[i], alike, row.directions[i] > 0 ? step : -step);
    step_row({row.codes.data(), nullptr, row.directions.data(), 254}, step, -step);
    EXPECT_EQ(row.codes, expected) << step;
  }
}

TEST_P(EveryTargetOfRows, DrawsTheWordsThatPhiloxGivesForTwoLanesAtATime) {
  const Random random(11, 2);
  for (const std::uint64_t place : {std::uint64_t{0}, (std::uint64_t{3} << 40) + 2 * 777}) {
    std::array<std::uint32_t, row_memristors> words;
    draw_row(random, place, 0x123456789ABULL, words);
    for (std::size_t lane = 0; lane < tile_lanes; lane += 2) {
      const auto block = random.bits(Purpose::Pulse, place + 2 * lane, 0x123456789ABULL);
      for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(words[2 * lane + i], block[i]) << lane;
    }
  }
}

TEST_P(EveryTargetOfRows, CouplesAndShowsThePlanesOfWhatWasPulsed) {
  Row row(2);
  std::array<std::int8_t, tile_lanes> directions;
  for (std::size_t l = 0; l < tile_lanes; ++l) directions[l] = row.directions[2 * l];
  std::array<std::int8_t, row_memristors> memristors;
  const std::uint64_t pulsed = couple_row(directions, memristors);
  EXPECT_EQ(memristors, row.directions);

  const float offset = 28.3F;
  std::vector<float> difference(tile_lanes, -7), sum(tile_lanes);
  std::vector<double> total(tile_lanes, 1000);
  std::uint64_t codes = 0;
  auto before = row.codes;
  for (std::size_t l = 0; l < tile_lanes; ++l) sum[l] = static_cast<float>(before[2 * l] + before[2 * l + 1]) + offset;
  const auto was = sum;
  step_row(row.view(), 3, -3);
  const std::uint64_t said = show_row(row.view(), offset, difference, sum, total);
  for (std::size_t l = 0; l < tile_lanes; ++l) {
    const int a = row.codes[2 * l], b = row.codes[2 * l + 1];
    if ((pulsed >> l & 1) == 0) {
      EXPECT_EQ(difference[l], -7);
      EXPECT_EQ(sum[l], was[l]);
      EXPECT_EQ(directions[l], 0);
      continue;
    }
    codes += static_cast<std::uint64_t>(a + b + before[2 * l] + before[2 * l + 1]);
    EXPECT_EQ(difference[l], static_cast<float>(a - b));
    EXPECT_EQ(sum[l], static_cast<float>(a + b) + offset);
    EXPECT_EQ(total[l], 1000 + static_cast<double>(sum[l]) - static_cast<double>(was[l]));
  }
  EXPECT_EQ(said, codes);
}

INSTANTIATE_TEST_SUITE_P(PulseRows, EveryTargetOfRows, testing::ValuesIn(lane_targets()),
                         [](const auto& target) { return target.param; });

class EveryMean : public testing::TestWithParam<double> {};

TEST_P(EveryMean, HasTheMeanVarianceAndEmptyShareOfTheBinomial) {
  // 2^22 evenly spaced words: the quantile function itself, without chance. Its mean is right to the spacing times the
  // number of steps plus 3e-7 of noise a step; `physics.md` 8.6 asks for .3 % of mean and P(0), 1 % of variance.
  const double mu = GetParam();
  for (const int n : {8, 64, 255}) {
    const double p = mu / n;
    if (p > 0.2) continue;
    const auto rate = static_cast<float>(-std::log1p(-p));
    constexpr std::uint32_t samples = 1U << 22;
    double mean = 0, square = 0, none = 0;
    for (std::uint32_t i = 0; i < samples; ++i) {
      const int k = reference::switched(n, 1, rate, i * (0xFFFFFFFFU / samples + 1) + 511);
      mean += k;
      square += static_cast<double>(k) * k;
      none += k == 0;
    }
    mean /= samples;
    const double variance = square / samples - mean * mean;
    EXPECT_NEAR(mean, mu, 0.003 * mu) << n;
    EXPECT_NEAR(variance, mu * (1 - p), 0.01 * mu) << n;
    EXPECT_NEAR(none / samples, std::pow(1 - p, n), 0.003 * std::pow(1 - p, n) + 2.0 / samples) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(PulseRows, EveryMean, testing::Values(0.01, 0.1, 1, 5, 9, 11, 20, 50));

TEST(PulseRows, GiveTheSameBitsAsListsOfFiresAndAsFiresOneByOne) {
  for (const std::string_view name : {"mss", "byte"}) {
    const Imperfections how{.step_variation = 0.3, .bound_variation = 0.2, .stuck = 0.05};
    const auto rows = test::array_of(name, 5, 100, how), list = test::array_of(name, 5, 100, how),
               single = test::array_of(name, 5, 100, how);
    for (const std::size_t t : {0, 1}) {
      const std::size_t lanes = t == 0 ? tile_lanes : 36;
      const auto a = rows->open(t), b = list->open(t), c = single->open(t);
      a->mask(2, 7), b->mask(2, 7), c->mask(2, 7);
      Events of_rows, of_list, of_single;
      for (std::uint64_t e = 0; e < 10; ++e) {
        std::vector<Fire> fires;
        for (std::uint32_t r = 0; r < 5; ++r) {
          std::array<std::int8_t, tile_lanes> directions{};
          for (std::size_t l = 0; l < lanes; ++l) {
            directions[l] = static_cast<std::int8_t>(static_cast<int>((l + r + e) % 3) - 1);
            if (directions[l] != 0) fires.push_back({r, static_cast<std::uint16_t>(l), directions[l]});
          }
          a->pulse_row(r, directions, rows->width_for(0.05), e, of_rows);
        }
        b->pulse(fires, rows->width_for(0.05), e, of_list);
        for (const Fire& fire : fires) c->pulse({&fire, 1}, rows->width_for(0.05), e, of_single);
      }
      EXPECT_EQ(of_rows.pulses, of_list.pulses);
      EXPECT_EQ(of_rows.pulses, of_single.pulses);
      EXPECT_NEAR(of_rows.pulse_dissipation, of_single.pulse_dissipation, 1e-9 * of_single.pulse_dissipation);
      for (std::size_t r = 0; r < 5; ++r)
        for (std::size_t l = 0; l < tile_lanes; ++l) {
          EXPECT_EQ(a->difference()(r, l), c->difference()(r, l));
          EXPECT_EQ(a->sum()(r, l), c->sum()(r, l));
        }
      for (std::size_t l = 0; l < tile_lanes; ++l) EXPECT_EQ(a->total()[l], c->total()[l]);
    }
    EXPECT_EQ(test::state_of(*rows), test::state_of(*single)) << name;
    EXPECT_EQ(test::state_of(*list), test::state_of(*single)) << name;
  }
}

TEST(PulseRows, KeepTwoBytesASynapse) {
  for (const std::string_view name : {"mss", "byte"}) {
    const auto array = test::array_of(name, 1000, tile_lanes);
    // Beside the conductances: a mask bit a synapse, and four lengths.
    EXPECT_LE(test::state_of(*array).size(), 1000 * tile_lanes * 2 + 1000 * 8 + 64) << name;
  }
}

}  // namespace
}  // namespace assimilaate
