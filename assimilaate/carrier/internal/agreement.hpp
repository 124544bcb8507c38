#pragma once
/// How far a copy of a log agrees with the log.

#include <optional>

#include "assimilaate/carrier/internal/log_walk.hpp"

namespace assimilaate::internal {

/// Where a bridge goes on: the last place up to which `to` holds what `from` holds; the start for another log.
/// Headers are chained, so the last of them speaks for those before; what was appended after the last sync of a sync
/// group is compared byte by byte, as a power cut may have taken any of it.
/// @param end      of what is to be moved
/// @param vouched  where the log ends by the head in `to`, when that is one of this epoch
[[nodiscard]] LogPlace agreement(const Carrier& from, const Carrier& to, const LogName& log, const LogPlace& end,
                                 const std::optional<LogPlace>& vouched);

}  // namespace assimilaate::internal
