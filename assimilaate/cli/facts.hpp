#pragma once
/// Facts that several verbs tell, as JSON and as lines.

#include <nlohmann/json.hpp>
#include <string>

#include "assimilaate/stream/stream_reader.hpp"

namespace assimilaate::cli {

/// What moved with a stream, in bits.
[[nodiscard]] nlohmann::json facts_of(const StreamBits& bits);

/// An object as lines `name: value`, objects in it indented, rows of objects a line each; to stdout.
void print_facts(const nlohmann::json& facts, const std::string& indent = "");

}  // namespace assimilaate::cli
