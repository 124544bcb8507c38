#include "assimilaate/assimilation/ktram/basis_encoder.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assimilaate/core/error.hpp"

namespace assimilaate {

double BasisGroup::Tally::utilization() const {
  const auto used = std::ranges::count_if(wins, [](std::size_t n) { return n > 0; });
  return wins.empty() ? 0 : static_cast<double>(used) / static_cast<double>(wins.size());
}

double BasisGroup::Tally::winner_entropy() const {
  const auto all = static_cast<double>(std::accumulate(wins.begin(), wins.end(), std::size_t{0}));
  double bits = 0;
  for (const std::size_t n : wins)
    if (n > 0) bits -= static_cast<double>(n) / all * std::log2(static_cast<double>(n) / all);
  return bits;
}

BasisGroup::BasisGroup(std::span<KtramLane> lanes, const Options& options)
    : lanes_(lanes), options_(options), patience_(options.patience.value_or(lanes.size())), won_(lanes.size()) {
  if (lanes.empty()) fail(Errc::Usage, "a basis group needs lanes, it was given none");
  if (options.recruitment && options.reset)
    fail(Errc::Usage, "basis group: a stalled cycle either recruits or is reset; turn recruitment or reset off");
  tally_.wins.resize(lanes.size());
}

std::vector<std::uint32_t> BasisGroup::won() const {
  std::vector<std::uint32_t> lanes;
  for (std::uint32_t lane = 0; lane < won_.size(); ++lane)
    if (won_[lane]) lanes.push_back(lane);
  return lanes;
}

std::uint32_t BasisGroup::read(Aat input) { return winner_of(read_lanes_with(lanes_, input, Instruction::FFLV)); }

BasisGroup::Step BasisGroup::adapt(Aat input) {
  Step step;
  step.scores = read_lanes_with(lanes_, input, Instruction::FFLV);
  step.winner = winner_of(step.scores);
  ++tally_.wins[step.winner];
  if (options_.exclusion && won_[step.winner]) {
    ++tally_.throttled;
  } else {
    correct(input, {Instruction::RH, step.winner}, step);
    for (const std::uint32_t lane : lanes_above_zero(step.scores))
      if (lane != step.winner) correct(input, {Instruction::RL, lane}, step);
  }
  if (steps_ >= patience_ && options_.recruitment) {
    std::vector<double> idle = step.scores;
    for (const std::uint32_t lane : won()) idle[lane] = -2;  // below every y
    const std::uint32_t recruit = winner_of(idle);
    correct(input, {Instruction::RH, recruit}, step);
    won_[recruit] = true;
    ++tally_.recruited;
  } else if (steps_ >= patience_ && options_.reset) {
    end_cycle();
  }
  won_[step.winner] = true;
  ++steps_;
  if (std::ranges::find(won_, false) == won_.end()) end_cycle();
  return step;
}

void BasisGroup::correct(Aat input, Correction correction, Step& step) {
  lanes_[correction.lane].evaluate(input, Instruction::FF);
  lanes_[correction.lane].evaluate(input, correction.feedback);
  step.corrections.push_back(correction);
  ++tally_.corrections;
}

void BasisGroup::end_cycle() {
  tally_.cycle_lengths.push_back(steps_);
  won_.assign(won_.size(), false);
  steps_ = 0;
}

std::vector<Address> BasisEncoder::read(Aat input) {
  std::vector<Address> winners;
  for (BasisGroup& group : groups_) winners.push_back(static_cast<Address>(group.read(input)));
  return winners;
}

std::vector<Address> BasisEncoder::adapt(Aat input) {
  std::vector<Address> winners;
  for (BasisGroup& group : groups_) winners.push_back(static_cast<Address>(group.adapt(input).winner));
  return winners;
}

}  // namespace assimilaate
