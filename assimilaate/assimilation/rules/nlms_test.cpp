#include <gtest/gtest.h>

#include <numeric>

#include "assimilaate/assimilation/rule.hpp"
#include "assimilaate/substrate/synapses.hpp"

namespace assimilaate {
namespace {

const std::vector<float> trusted(tile_lanes, 1.0F);

TEST(Nlms, AtARateOfOneClosesTheErrorOfOneExample) {
  const auto rule = make_rule("nlms", {{"rate_first", 1}, {"rate_last", 1}});
  const std::vector<float> drives{0.5F, -0.25F, 1, 0.125F};
  std::vector<std::vector<float>> weights(tile_lanes, std::vector<float>{0.1F, 0.2F, -0.3F, 0.4F});
  const auto say = [&](std::size_t lane) {
    return std::inner_product(drives.begin(), drives.end(), weights[lane].begin(), 0.0F);
  };
  Matrix<float> outputs(1, tile_lanes), desired(1, tile_lanes), signals(1, tile_lanes);
  for (std::size_t l = 0; l < tile_lanes; ++l) {
    outputs(0, l) = say(l);
    desired(0, l) = static_cast<float>(l) / 10;
  }
  const std::vector<float> energy{std::inner_product(drives.begin(), drives.end(), drives.begin(), 0.0F)};
  rule->signals(
      {.outputs = outputs.view(), .desired = desired.view(), .energy = energy, .trust = trusted, .progress = 0.4},
      signals.view());
  for (std::size_t l = 0; l < tile_lanes; ++l) {
    for (std::size_t r = 0; r < drives.size(); ++r) weights[l][r] += drives[r] * signals(0, l);
    EXPECT_NEAR(say(l), desired(0, l), 1e-5);
  }
}

TEST(Nlms, AnnealsItsRate) {
  const auto rule = make_rule("nlms", {{"rate_first", 0.8}, {"rate_last", 0.2}});
  const Matrix<float> outputs(1, tile_lanes), desired(1, tile_lanes, 1.0F);
  Matrix<float> signals(1, tile_lanes);
  const std::vector<float> energy{4};
  for (const auto& [progress, rate] : {std::pair{0.0, 0.8}, {0.5, 0.4}, {1.0, 0.2}}) {
    rule->signals({.outputs = outputs.view(),
                   .desired = desired.view(),
                   .energy = energy,
                   .trust = trusted,
                   .progress = progress},
                  signals.view());
    EXPECT_NEAR(signals(0, 9), rate / 4, 1e-6);
  }
}

TEST(Nlms, BelievesALaneAsFarAsItsSignalStandsOutOfTheNoise) {
  const auto rule = make_rule("nlms", {{"rate_first", 1}, {"rate_last", 1}});
  const Matrix<float> outputs(1, tile_lanes), desired(1, tile_lanes, 1.0F);
  Matrix<float> signals(1, tile_lanes);
  const std::vector<float> energy{1};
  auto trust = trusted;
  trust[5] = 0.25F;
  rule->signals({.outputs = outputs.view(), .desired = desired.view(), .energy = energy, .trust = trust},
                signals.view());
  EXPECT_EQ(signals(0, 4), 1);
  EXPECT_EQ(signals(0, 5), 0.25F);
}

}  // namespace
}  // namespace assimilaate
