#pragma once
/// What held-out examples say of a whole target, from its first boundary to its last: what decides whether it serves.

#include <array>

#include "assimilaate/target/target.hpp"

namespace assimilaate {

struct Judgement {
  std::size_t held_out = 0;
  double agreement = 0;               ///< share of output addresses that come out right
  double exact = 0;                   ///< share of examples all of whose addresses do
  double nmse = 0;                    ///< of decoded outputs, over the variance; NaN where addresses have no metric
  double task = 0;                    ///< share of examples whose largest decoded output is the teacher's; else `exact`
  double least_agreement = 0;         ///< of a space
  std::array<double, 8> histogram{};  ///< shares of examples by how many of their addresses come out right, in eighths
};

/// Infer held-out inputs and compare. What inferring does to the memristors is done to those of `target`.
[[nodiscard]] Judgement judge(Target& target, const StreamReader& stream);

}  // namespace assimilaate
