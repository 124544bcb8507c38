#include "assimilaate/cli/facts.hpp"

#include <fmt/format.h>

namespace assimilaate::cli {
namespace {

using nlohmann::json;

std::string words(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

json facts_of(const StreamBits& bits) {
  return {{"data", bits.data},
          {"held_out", bits.held_out},
          {"heads", bits.setup + bits.headers},
          {"codebooks", bits.codebooks},
          {"network", bits.network}};
}

void print_facts(const json& facts, const std::string& indent) {
  for (const auto& [key, item] : facts.items()) {
    if (item.is_array() && !item.empty() && item[0].is_object()) {
      fmt::print("{}{}:\n", indent, key);
      for (const auto& row : item) {
        std::string line;
        for (const auto& [name, part] : row.items())
          line += fmt::format("{}{} {}", line.empty() ? "" : ", ", name, words(part));
        fmt::print("{}  {}\n", indent, line);
      }
    } else if (item.is_array() && (item.empty() || item[0].is_string())) {
      std::string line;
      for (const auto& part : item) line += (line.empty() ? "" : ", ") + words(part);
      fmt::print("{}{}: {}\n", indent, key, line.empty() ? "none" : line);
    } else if (item.is_object()) {
      fmt::print("{}{}:\n", indent, key);
      print_facts(item, indent + "  ");
    } else {
      fmt::print("{}{}: {}\n", indent, key, words(item));
    }
  }
}

}  // namespace assimilaate::cli
