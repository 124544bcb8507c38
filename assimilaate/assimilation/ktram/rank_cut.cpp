#include "assimilaate/assimilation/ktram/rank_cut.hpp"

#include <algorithm>

#include "assimilaate/core/error.hpp"

namespace assimilaate {

std::vector<std::uint32_t> rank_cut(std::span<const double> y, double threshold, std::optional<std::size_t> most) {
  std::vector<std::uint32_t> lanes;
  for (std::uint32_t lane = 0; lane < y.size(); ++lane)
    if (y[lane] >= threshold) lanes.push_back(lane);
  std::ranges::stable_sort(lanes, [&](std::uint32_t a, std::uint32_t b) { return y[a] > y[b]; });
  if (most && *most < lanes.size()) lanes.resize(*most);
  return lanes;
}

std::uint32_t winner_of(std::span<const double> y) {
  if (y.empty()) fail(Errc::Usage, "no lanes, so none of them wins");
  return static_cast<std::uint32_t>(std::ranges::max_element(y) - y.begin());
}

std::vector<std::uint32_t> lanes_above_zero(std::span<const double> y) {
  std::vector<std::uint32_t> lanes;
  for (std::uint32_t lane = 0; lane < y.size(); ++lane)
    if (y[lane] > 0) lanes.push_back(lane);
  return lanes;
}

std::vector<std::uint32_t> winner_above_zero(std::span<const double> y) {
  if (y.empty()) return {};
  const std::uint32_t winner = winner_of(y);
  return y[winner] > 0 ? std::vector{winner} : std::vector<std::uint32_t>{};
}

std::vector<double> read_lanes_with(std::span<KtramLane> lanes, Aat input, Instruction instruction) {
  std::vector<double> y;
  for (KtramLane& lane : lanes) y.push_back(lane.evaluate(input, instruction));
  return y;
}

std::vector<std::uint32_t> RankCut::read(Aat input) {
  return rank_cut(read_lanes_with(lanes_, input, Instruction::FFLV), policy_.threshold, policy_.most);
}

RankCut::Step RankCut::adapt(Aat input, std::span<const std::uint32_t> taught) {
  for (const std::uint32_t lane : taught)
    if (lane >= lanes_.size()) fail(Errc::Usage, "lane {} is taught, there are {}", lane, lanes_.size());
  Step step;
  step.y = read_lanes_with(lanes_, input, Instruction::FF);
  for (std::uint32_t lane = 0; lane < lanes_.size(); ++lane) {
    const bool target = std::ranges::find(taught, lane) != taught.end();
    const bool fired = policy_.hard && step.y[lane] > 0;
    step.feedback.push_back(target ? Instruction::RH : fired ? Instruction::RL : Instruction::RF);
    lanes_[lane].evaluate(input, step.feedback.back());
  }
  step.output = rank_cut(step.y, policy_.threshold, policy_.most);
  return step;
}

}  // namespace assimilaate
