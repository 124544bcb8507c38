#pragma once
/// What there is to say about memristors: the catalogue, and one of them with the numbers that follow from its
/// settings.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "assimilaate/cli/settings.hpp"
#include "assimilaate/substrate/preset.hpp"

namespace assimilaate::cli {

/// A preset with `field=value`, `memristor.field=value` and `imperfections.field=value` of the settings in place of its
/// own. What is changed is no longer what its source says: `status` becomes `assumed`.
/// @throws Error{Usage} for unknown fields and values out of range.
[[nodiscard]] Preset changed(Preset preset, DottedSettings& settings);

/// All models, then all presets: an array of objects with `name`, `about`, `reference`, `status`, `fields`; presets
/// have `model`, `settings` and `imperfections` beside.
[[nodiscard]] nlohmann::json memristor_list();
/// The same for people, within 100 columns.
[[nodiscard]] std::string memristor_list_table();

/// One memristor: fields with their values, retention at 0 V, pulses of twice the drive, warnings.
[[nodiscard]] nlohmann::json memristor_facts(const Preset& preset);
/// The same for people, within 100 columns. @param facts  of `memristor_facts`
[[nodiscard]] std::string memristor_facts_text(const nlohmann::json& facts);

}  // namespace assimilaate::cli
