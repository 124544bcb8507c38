#pragma once
/// The emulator's lane classifier: a lane per label, one after the other read and fed back.

#include "assimilaate/assimilation/ktram/rank_cut.hpp"

namespace assimilaate {

/// Learn one example: of each lane FF, then RH where it is the label's, RL where it fired (y > 0), RF otherwise.
void classify_and_correct(std::span<KtramLane> lanes, Aat input, std::uint32_t label);

/// The y of every lane, read below threshold, [lanes]; the highest is the answer.
[[nodiscard]] std::vector<double> class_scores(std::span<KtramLane> lanes, Aat input);

}  // namespace assimilaate
