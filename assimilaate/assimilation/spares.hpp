#pragma once
/// Spare synapses: of the copies that an organisation gives each line, the profile keeps some aside, masked, until
/// another copy of that line in that lane refuses.

#include "assimilaate/assimilation/lane_bank.hpp"

namespace assimilaate {

/// Mask working copies, the last first, until every line has only `copies - spares` at work. Nothing without spares.
void set_spares_aside(LaneBank& bank);

struct RecruitReport {
  std::size_t recruited = 0;  ///< spares that stand in now
  std::size_t missing = 0;    ///< places that nothing is left for
  Events events;
};

/// Where fewer than `copies - spares` work, take masked copies of the line into use, one after the other, zeroed first;
/// one that refuses is masked again. A target does not keep a list of what refused before: it is tried again, and that
/// costs pulses. @param epoch  tells the times of one bank apart
[[nodiscard]] RecruitReport recruit_spares(LaneBank& bank, std::uint32_t epoch);

}  // namespace assimilaate
