#pragma once
/// What was measured, for readers.

#include <nlohmann/json.hpp>
#include <string>

namespace assimilaate::bench {

/// Means and spreads (standard deviations over seeds) for every number of examples, with the ceilings.
/// @param runs  what `measure` gave, with a `seed` each
[[nodiscard]] std::string table(const nlohmann::json& runs);

/// A header and a row for every seed and number of examples; what was not measured stays empty.
/// @param result  the object that `--json` prints
[[nodiscard]] std::string csv(const nlohmann::json& result);

}  // namespace assimilaate::bench
