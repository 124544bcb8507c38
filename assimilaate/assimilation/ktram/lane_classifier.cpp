#include "assimilaate/assimilation/ktram/lane_classifier.hpp"

namespace assimilaate {

void classify_and_correct(std::span<KtramLane> lanes, Aat input, std::uint32_t label) {
  for (std::uint32_t lane = 0; lane < lanes.size(); ++lane) {
    const bool fired = lanes[lane].evaluate(input, Instruction::FF) > 0;
    lanes[lane].evaluate(input, lane == label ? Instruction::RH : fired ? Instruction::RL : Instruction::RF);
  }
}

std::vector<double> class_scores(std::span<KtramLane> lanes, Aat input) {
  return read_lanes_with(lanes, input, Instruction::FFLV);
}

}  // namespace assimilaate
