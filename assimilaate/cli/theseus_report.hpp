#pragma once
/// What `assimilaate theseus` shows of a life: rows for a terminal, one picture, one page.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace assimilaate::cli {

/// Rows of the days on which the target was tried, header first.
[[nodiscard]] std::vector<std::vector<std::string>> theseus_rows(const nlohmann::json& result);
/// One sentence: where it began, where it was lowest, where it ended, and its twin.
[[nodiscard]] std::string theseus_sentence(const nlohmann::json& result);
/// Both pictures as one SVG file.
[[nodiscard]] std::string theseus_picture(const nlohmann::json& result);
/// @param command  as typed
[[nodiscard]] std::string theseus_page(const nlohmann::json& result, const std::string& command);

}  // namespace assimilaate::cli
