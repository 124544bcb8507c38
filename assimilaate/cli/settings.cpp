#include "assimilaate/cli/settings.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <sstream>

#include "assimilaate/substrate/preset.hpp"

namespace assimilaate::cli {
namespace {

void flatten(const toml::table& table, const std::string& prefix, std::map<std::string, std::string>& values) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix.empty() ? std::string(key.str()) : prefix + "." + std::string(key.str());
    if (const auto* inner = node.as_table()) {
      flatten(*inner, name, values);
    } else if (const auto text = node.value<std::string>()) {
      values[name] = *text;
    } else if (const auto number = node.value<double>()) {
      values[name] = fmt::format("{}", *number);
    } else {
      fail(Errc::Usage, "setting {}: only texts, numbers and tables are understood", name);
    }
  }
}

void replace(Settings& into, const Settings& with) {
  for (const auto& [name, value] : with) into[name] = value;
}

}  // namespace

DottedSettings::DottedSettings(const std::filesystem::path& file, const std::vector<std::string>& assignments) {
  if (!file.empty()) {
    if (!std::filesystem::exists(file)) fail(Errc::Io, "{}: there is no such settings file", file.string());
    try {
      flatten(toml::parse_file(file.string()), "", values_);
    } catch (const toml::parse_error& problem) {
      fail(Errc::Format, "{}:{}: {}", file.string(), problem.source().begin.line, problem.description());
    }
  }
  for (const auto& assignment : assignments) {
    const auto equals = assignment.find('=');
    if (equals == 0 || equals == std::string::npos) fail(Errc::Usage, "--set {}: write key=value", assignment);
    values_[assignment.substr(0, equals)] = assignment.substr(equals + 1);
  }
}

std::optional<std::string> DottedSettings::text(const std::string& key) {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  taken_.insert(key);
  return found->second;
}

std::optional<double> DottedSettings::number(const std::string& key) {
  const auto value = text(key);
  if (!value) return std::nullopt;
  double number = 0;
  const auto [end, problem] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (problem != std::errc{} || end != value->data() + value->size())
    fail(Errc::Usage, "setting {}: '{}' is not a number", key, *value);
  return number;
}

Settings DottedSettings::numbers(const std::string& prefix) {
  Settings found;
  for (const auto& [key, value] : values_)
    if (key.starts_with(prefix + ".")) found[key.substr(prefix.size() + 1)] = *number(key);
  return found;
}

void DottedSettings::refuse_the_rest() const {
  for (const auto& [key, value] : values_)
    if (!taken_.contains(key))
      fail(Errc::Usage, "setting '{}' means nothing here (see docs/reference/settings.md)", key);
}

namespace {

/// An absolute law drowns what all lines of a lane say at one node; it brings the circuit that is read in spite of it.
void set_noise(Profile& profile, const ReadNoise& noise) {
  profile.noise = noise;
  if (noise.law != ReadNoise::Law::Emulator && noise.law != ReadNoise::Law::Physical) return;
  profile.read.drive = LineDrive::Planes;
  profile.read.node_lines = 32;
  profile.full_scale = 2;  // a third more signal for the same flicker
}

}  // namespace

void apply(DottedSettings& settings, Profile& profile) {
  if (const auto name = settings.text("memristor"); name && *name != profile.memristor) {
    const Preset preset = find_memristor(*name);
    profile.memristor = preset.model;
    profile.memristor_settings = preset.settings;
    Settings all = settings_of(profile.imperfections);
    replace(all, settings_of(preset.imperfections));
    profile.imperfections = imperfections_from(all);
  }
  replace(profile.memristor_settings.fields, settings.numbers("memristor"));
  if (const auto imperfections = settings.numbers("imperfections"); !imperfections.empty()) {
    Settings all = settings_of(profile.imperfections);
    replace(all, imperfections);
    profile.imperfections = imperfections_from(all);
  }
  // Refused here, and not after the first target has learnt.
  check_layers(*make_memristor(profile.memristor, profile.memristor_settings), profile.imperfections);
  if (const auto noise = settings.text("noise")) set_noise(profile, ReadNoise::parse(*noise));
  Settings read = profile.read.numbers();
  for (auto& [name, value] : read) {
    static constexpr std::array<std::string_view, 4> drives{"width", "count", "level", "planes"};
    if (name == "drive") {
      if (const auto text = settings.text("read.drive")) {
        const auto found = std::ranges::find(drives, *text);
        if (found == drives.end()) fail(Errc::Usage, "read.drive '{}': width, count, level or planes", *text);
        value = static_cast<double>(found - drives.begin());
      }
    } else if (const auto v = settings.number("read." + name)) {
      value = *v;
    }
  }
  profile.read = ReadSettings::from(read);
  if (const auto text = settings.text("organisation"); text && *text != profile.organisation) {
    profile.organisation = *text;
    profile.organisation_settings.clear();
  }
  replace(profile.organisation_settings, settings.numbers("organisation"));
  if (const auto text = settings.text("rule"); text && *text != profile.rule) {
    profile.rule = *text;
    profile.rule_settings.clear();
  }
  replace(profile.rule_settings, settings.numbers("rule"));
  if (const auto text = settings.text("emission"); text && *text != profile.emission) {
    profile.emission = *text;
    profile.emission_settings.clear();
  }
  replace(profile.emission_settings, settings.numbers("emission"));
  if (const auto v = settings.number("full_scale")) profile.full_scale = *v;
  if (!(profile.full_scale > 0)) fail(Errc::Usage, "full_scale {} must lie above 0", profile.full_scale);
  if (const auto v = settings.number("calibrate")) profile.calibrate = *v != 0;
  if (const auto v = settings.number("spares")) {
    if (!(*v >= 0 && *v < 16 && *v == std::floor(*v)))
      fail(Errc::Usage, "spares {}: write a whole number below the copies of a line", *v);
    profile.spares = static_cast<std::uint32_t>(*v);
  }
}

void apply(DottedSettings& settings, Recipe& recipe) {
  const auto boundary = [&](const std::string& name, CodecSpec& spec) {
    if (const auto codec = settings.text(name + ".codec"); codec && *codec != spec.name) spec = {*codec, {}};
    Settings fields;
    for (const auto& [key, text] : settings.all())
      if (key.starts_with(name + ".") && key != name + ".codec")
        fields[key.substr(name.size() + 1)] = *settings.number(key);
    replace(spec.settings, fields);
  };
  boundary("first", recipe.first);
  boundary("middle", recipe.middle);
  boundary("last", recipe.last);
}

Profile named_profile(const std::string& name, const std::string& recipe) {
  static_cast<void>(find_recipe(recipe));
  Profile profile;
  profile.name = name;
  if (recipe == "winner") {
    profile.organisation = "one_hot";
    profile.rule = "margin";
  }
  if (name == "float" || name == "byte" || name == "mss") {
    profile.memristor = name;
  } else if (name == "damaged") {
    profile.imperfections = {.step_variation = 0.3, .bound_variation = 0.3, .cycle_variation = 0.3, .stuck = 0.05};
    profile.noise = ReadNoise::parse("relative:0.02");
    profile.organisation += ":2";
  } else if (name == "mss_absolute_noise") {
    set_noise(profile, ReadNoise::parse("emulator"));
  } else {
    fail(Errc::Usage, "unknown profile '{}' (there are: float, byte, mss, damaged, mss_absolute_noise)", name);
  }
  return profile;
}

}  // namespace assimilaate::cli
