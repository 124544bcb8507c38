#include "assimilaate/substrate/preset.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "assimilaate/core/file.hpp"

namespace assimilaate {
namespace {

std::string plain(std::string_view name) {
  std::string letters;
  for (const char c : name)
    if (c != '-' && c != '_') letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return letters;
}

std::string text_of(const toml::table& table, std::string_view key, std::string_view where, bool needed) {
  const toml::node* node = table.get(key);
  if (node == nullptr) {
    if (needed) fail(Errc::Format, "{}: no '{}'; a preset says {} = \"…\"", where, key, key);
    return {};
  }
  const auto text = node->value<std::string>();
  if (!text || !node->is_string()) fail(Errc::Format, "{}: '{}' is not a text", where, key);
  return *text;
}

Settings settings_in(const toml::table& table, std::string_view key, std::string_view where) {
  Settings settings;
  const toml::node* node = table.get(key);
  if (node == nullptr) return settings;
  if (!node->is_table()) fail(Errc::Format, "{}: '{}' is not a table of numbers", where, key);
  for (const auto& [name, value] : *node->as_table()) {
    const auto number = value.value<double>();
    if (!number || !value.is_number()) fail(Errc::Format, "{}: {}.{} is not a number", where, key, name.str());
    settings.emplace(name.str(), *number);
  }
  return settings;
}

/// A text as TOML writes it.
std::string toml_text(std::string_view text) {
  std::ostringstream out;
  out << toml::value<std::string>(std::string(text));
  return out.str();
}

}  // namespace

Preset parse_preset(std::string_view text, std::string_view where) {
  toml::table table;
  try {
    table = toml::parse(text);
  } catch (const toml::parse_error& problem) {
    fail(Errc::Format, "{}: line {}: {}", where, problem.source().begin.line, problem.description());
  }
  constexpr std::array known{"name", "model", "about", "reference", "status", "settings", "imperfections", "table"};
  for (const auto& [key, value] : table)
    if (std::ranges::find(known, key.str()) == known.end())
      fail(Errc::Format,
           "{}: a preset has no '{}' (it has name, model, about, reference, status, [settings], "
           "[imperfections], [table])",
           where, key.str());
  Preset preset;
  preset.model = text_of(table, "model", where, true);
  preset.name = text_of(table, "name", where, false);
  if (preset.name.empty()) preset.name = preset.model;
  preset.about = text_of(table, "about", where, false);
  preset.reference = text_of(table, "reference", where, false);
  preset.status = text_of(table, "status", where, false);
  constexpr std::array statuses{"", "verified", "read", "assumed", "volatile", "fitted", "model"};
  if (std::ranges::find(statuses, preset.status) == statuses.end())
    fail(Errc::Format, "{}: status '{}' is none of verified, read, assumed, volatile, fitted", where, preset.status);
  if (preset.status.empty()) preset.status = "assumed";
  preset.settings.fields = settings_in(table, "settings", where);
  if (const toml::node* measured = table.get("table"); measured != nullptr && !table["table"]["values"])
    fail(Errc::Format, "{}: [table] holds values = [ … ]", where);
  if (const auto values = table["table"]["values"]; values) {
    if (!values.is_array()) fail(Errc::Format, "{}: table.values is not a list of numbers", where);
    for (const auto& value : *values.as_array()) {
      const auto number = value.value<double>();
      if (!number) fail(Errc::Format, "{}: table.values holds what is not a number", where);
      preset.settings.table.push_back(*number);
    }
  }
  try {
    preset.imperfections = imperfections_from(settings_in(table, "imperfections", where));
    check_layers(*preset.make(), preset.imperfections);
  } catch (const Error& problem) {
    fail(problem.code(), "{}: {}", where, problem.what());
  }
  return preset;
}

std::string preset_text(const Preset& preset) {
  std::string text;
  for (const auto& [key, value] :
       {std::pair{"name", &preset.name}, std::pair{"model", &preset.model}, std::pair{"about", &preset.about},
        std::pair{"reference", &preset.reference}, std::pair{"status", &preset.status}})
    if (!value->empty()) text += fmt::format("{} = {}\n", key, toml_text(*value));
  const auto section = [&](std::string_view name, const Settings& settings) {
    if (settings.empty()) return;
    text += fmt::format("\n[{}]\n", name);
    for (const auto& [key, value] : settings) {
      std::string number = fmt::format("{}", value);
      if (number.find_first_of(".e") == std::string::npos) number += ".0";
      text += fmt::format("{} = {}\n", key, number);
    }
  };
  section("settings", preset.settings.fields);
  section("imperfections", settings_of(preset.imperfections));
  if (!preset.settings.table.empty()) {
    text += "\n[table]\nvalues = [";
    for (std::size_t i = 0; i < preset.settings.table.size(); ++i)
      text += fmt::format("{}{}", i == 0 ? "" : i % 8 == 0 ? ",\n  " : ", ", preset.settings.table[i]);
    text += "]\n";
  }
  return text;
}

std::span<const Preset> presets() {
  static const std::vector<Preset> all = [] {
    std::vector<Preset> found;
    for (const PresetFile& file : preset_files())
      found.push_back(parse_preset(file.text, fmt::format("preset {}", file.name)));
    return found;
  }();
  return all;
}

Preset find_memristor(std::string_view name_or_file) {
  const std::string wanted = plain(name_or_file);
  for (const bool exact : {true, false}) {
    const auto is = [&](std::string_view name) { return exact ? name == name_or_file : plain(name) == wanted; };
    for (const Preset& preset : presets())
      if (is(preset.name)) return preset;
    for (const MemristorKind* kind : memristor_catalogue())
      if (is(kind->name))
        return {std::string(kind->name),
                std::string(kind->name),
                std::string(kind->about),
                std::string(kind->reference),
                "model",
                {},
                {}};
  }
  const std::filesystem::path file{std::string(name_or_file)};
  if (name_or_file.ends_with(".toml") || std::filesystem::is_regular_file(file)) {
    const auto bytes = read_file(file);
    return parse_preset({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file.string());
  }
  std::string known;
  for (const MemristorKind* kind : memristor_catalogue())
    known += (known.empty() ? "" : ", ") + std::string(kind->name);
  for (const Preset& preset : presets()) known += ", " + preset.name;
  fail(Errc::Usage, "unknown memristor '{}' (there are: {}; or the file of a preset, *.toml)", name_or_file, known);
}

}  // namespace assimilaate
