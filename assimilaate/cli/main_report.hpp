#pragma once
/// The main job's result as a page of pictures.

#include <nlohmann/json.hpp>
#include <string>

namespace assimilaate::cli {

/// @param result   what `run_main_job` gives @param command  as typed
[[nodiscard]] std::string main_job_page(const nlohmann::json& result, const std::string& command);

}  // namespace assimilaate::cli
