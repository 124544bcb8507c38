#include "assimilaate/cli/memristor_show.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "assimilaate/report/quantity.hpp"
#include "assimilaate/report/terminal_table.hpp"
#include "assimilaate/substrate/specimen.hpp"

namespace assimilaate::cli {
namespace {

using nlohmann::json;

constexpr std::size_t screen = 100;  // columns

const MemristorKind& kind_of(const Preset& preset) {
  return find_entry("memristor", memristor_catalogue(), std::string_view(preset.model));
}

/// JSON knows no infinity.
json number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

json fields_json(const MemristorKind& kind, const Settings& settings) {
  json fields = json::array();
  for (const Field& field : kind.fields) {
    const auto set = settings.find(field.name);
    fields.push_back({{"name", field.name},
                      {"unit", field.unit},
                      {"value", set == settings.end() ? field.value : set->second},
                      {"default", field.value},
                      {"low", field.low},
                      {"high", field.high},
                      {"about", field.about}});
  }
  return fields;
}

json preset_json(const Preset& preset) {
  return {{"name", preset.name},
          {"model", preset.model},
          {"status", preset.status},
          {"about", preset.about},
          {"reference", preset.reference},
          {"fields", fields_json(kind_of(preset), preset.settings.fields)},
          {"settings", preset.settings.fields},
          {"imperfections", settings_of(preset.imperfections)}};
}

/// Words cut into lines no wider than that.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines{""};
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    std::string& line = lines.back();
    if (line.empty())
      line = word;
    else if (display_width(line) + 1 + display_width(word) <= width)
      line.append(" ").append(word);
    else
      lines.emplace_back(word);
  }
  return lines;
}

/// A value with its unit, as people write it; units that are no SI units take no prefix.
std::string value_text(double value, std::string_view unit) {
  constexpr std::array si{"S", "V", "s", "A", "Ohm", "Hz", "m", "J", "K"};
  if (unit == "1" || unit.empty()) return fmt::format("{:.6g}", value);
  if (std::ranges::find(si, unit) != si.end() && value != 0) return si_text(value, unit, 6);
  return fmt::format("{:.6g} {}", value, unit);
}

/// A duration in what people count it in.
std::string duration(double seconds) {
  constexpr double hour = 3600, day = 24 * hour, year = 365.25 * day;
  if (seconds < 60 || !std::isfinite(seconds)) return std::isfinite(seconds) ? si_text(seconds, "s", 3) : "for ever";
  if (seconds < hour) return fmt::format("{:.3g} min", seconds / 60);
  if (seconds < day) return fmt::format("{:.3g} h", seconds / hour);
  return seconds < year ? fmt::format("{:.3g} d", seconds / day) : fmt::format("{} yr", si_text(seconds / year, "", 3));
}

std::string percent(double share) {
  const double value = 100 * share;
  return std::abs(value) < 1e-9 ? "0 %" : fmt::format("{}{:.2g} %", value < 0 ? "−" : "", std::abs(value));
}

/// How law and layer forget together at 0 V: rates add, and the rest lies between theirs.
json retention_json(const Memristor& law, const Imperfections& how, double kelvin) {
  const auto [seconds, rest] = law.retention(kelvin);
  // The layer forgets 1 - exp(-t / its time constant); small t tells the constant.
  const double probe = how.retention, part = forgotten(how, probe, kelvin);
  const double own = 1 / seconds, layer = part > 0 ? -std::log1p(-part) / probe : 0;
  const double rate = own + layer;
  const double x = rate > 0 ? (own * rest + layer * how.retention_rest) / rate : rest;
  json found{{"kelvin", kelvin}, {"seconds", number(1 / rate)}};
  if (rate > 0) {
    found["rest"] = x;
    found["rest_conductance"] = law.conductance({.x = x});
  }
  return found;
}

/// What idle time makes of conductance at 25 °C, drift and relaxation without a time constant included: mean and
/// standard deviation of its relative change over memristors that one pulse brought near mid range.
json idle_json(const Memristor& law, const Imperfections& how) {
  constexpr std::size_t memristors = 400;
  constexpr double room = 298.15, day = 86'400, year = 365.25 * day;
  json found = json::array();
  for (const double seconds : {1.0, day, year, 10 * year}) {
    double sum = 0, squares = 0, count = 0;
    for (std::size_t i = 0; i < memristors; ++i) {
      Specimen one(law, how, Random(1, 0), Cell{i, 0, i});
      one.pulse({2 * law.drive(), law.width_for(0.01), room}, 1);
      const double before = one.conductance();
      one.idle(seconds, room, 2);
      if (!(before > 0)) continue;
      const double change = one.conductance() / before - 1;
      sum += change, squares += change * change, ++count;
    }
    const double mean = sum / count;
    found.push_back(
        {{"seconds", seconds}, {"mean", mean}, {"sigma", std::sqrt(std::max(0.0, squares / count - mean * mean))}});
  }
  return found;
}

/// Pulses of twice the drive that move a memristor at mid range by so much of the room ahead.
json pulses_json(const Memristor& law, json& warnings) {
  json pulses = json::array();
  const double volts = 2 * law.drive();
  const auto energy = [&](double x, double seconds) {
    return std::abs(volts * law.current(law.at(law.lowest() + x * (law.highest() - law.lowest())), volts)) * seconds;
  };
  try {
    for (const double strength : {0.01, 0.1}) {
      const double width = law.width_for(strength);
      pulses.push_back(
          {{"strength", strength},
           {"voltage", volts},
           {"width", width},
           {"energy", {{"lowest", energy(0, width)}, {"mid", energy(0.5, width)}, {"highest", energy(1, width)}}}});
    }
  } catch (const Error& problem) {
    warnings.push_back(problem.what());
  }
  return pulses;
}

std::string field_rows(const json& facts) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& field : facts["fields"]) {
    const std::string unit = field["unit"];
    const bool own = field["value"] != field["default"];
    rows.push_back({field["name"], value_text(field["value"], unit), own ? value_text(field["default"], unit) : "",
                    fmt::format("{:g} … {:g}", field["low"].get<double>(), field["high"].get<double>()),
                    field["about"]});
  }
  std::size_t taken = 0;
  const std::vector<std::string> header{"field", "value", "default", "range", "what it is"};
  for (std::size_t c = 0; c + 1 < header.size(); ++c) {
    std::size_t width = display_width(header[c]);
    for (const auto& row : rows) width = std::max(width, display_width(row[c]));
    taken += width + 2;
  }
  std::vector<std::vector<std::string>> fitted;
  for (auto& row : rows)
    for (const std::string& line : wrapped(row[4], screen - std::min(taken, screen - 24))) {
      fitted.push_back({row[0], row[1], row[2], row[3], line});
      row = {"", "", "", "", ""};
    }
  return terminal_table(header, fitted);
}

std::string headed(std::string_view head, std::string_view text) {
  std::string out;
  if (text.empty()) return out;
  for (const std::string& line : wrapped(text, screen - 11)) {
    out += fmt::format("{:<11}{}\n", head, line);
    head = "";
  }
  return out;
}

}  // namespace

Preset changed(Preset preset, DottedSettings& settings) {
  if (settings.all().empty()) return preset;
  Settings layers = settings_of(preset.imperfections);
  for (const auto& [key, text] : settings.all()) {
    constexpr std::string_view layer = "imperfections.", field = "memristor.";
    const double value = *settings.number(key);
    if (key.starts_with(layer))
      layers[key.substr(layer.size())] = value;
    else
      preset.settings.fields[key.starts_with(field) ? key.substr(field.size()) : key] = value;
  }
  check_settings(preset.model, kind_of(preset).fields, preset.settings.fields);
  preset.imperfections = imperfections_from(layers);
  preset.status = "assumed";
  return preset;
}

json memristor_list() {
  json all = json::array();
  for (const MemristorKind* kind : memristor_catalogue())
    all.push_back({{"name", kind->name},
                   {"status", "model"},
                   {"about", kind->about},
                   {"reference", kind->reference},
                   {"fields", fields_json(*kind, {})}});
  for (const Preset& preset : presets()) all.push_back(preset_json(preset));
  return all;
}

std::string memristor_list_table() {
  std::size_t taken = 0;
  std::vector<std::array<std::string, 4>> entries;
  for (const auto& entry : memristor_list())
    entries.push_back({entry["name"], entry.value("model", ""), entry["status"],
                       entry["about"].get<std::string>() + ". " + entry["reference"].get<std::string>()});
  const std::vector<std::string> header{"name", "model", "status", "what it is, and where from"};
  for (std::size_t c = 0; c < 3; ++c) {
    std::size_t width = display_width(header[c]);
    for (const auto& entry : entries) width = std::max(width, display_width(entry[c]));
    taken += width + 2;
  }
  std::vector<std::vector<std::string>> rows;
  for (auto& [name, model, status, about] : entries)
    for (const std::string& line : wrapped(about, screen - taken))
      rows.push_back({std::exchange(name, ""), std::exchange(model, ""), std::exchange(status, ""), line});
  return terminal_table(header, rows);
}

json memristor_facts(const Preset& preset) {
  const auto law = preset.make();
  json facts = preset_json(preset);
  facts["warnings"] = json::array();
  facts["conductance"] = {{"lowest", law->lowest()}, {"highest", law->highest()}};
  constexpr double room = 298.15, hot = 358.15;
  for (const double kelvin : {room, hot})
    facts["retention"].push_back(retention_json(*law, preset.imperfections, kelvin));
  facts["idle"] = idle_json(*law, preset.imperfections);
  facts["pulses"] = pulses_json(*law, facts["warnings"]);
  const json& seconds = facts["retention"][0]["seconds"];
  constexpr double minutes = 600;
  if (seconds.is_number() && seconds.get<double>() < minutes)
    facts["warnings"].push_back(
        fmt::format("volatile: at 25 °C and 0 V it forgets within {}; keep its clock running and "
                    "refresh it, or use retention apart from pulses",
                    duration(seconds.get<double>())));
  return facts;
}

std::string memristor_facts_text(const json& facts) {
  std::string out = fmt::format("{}\n", facts["name"].get<std::string>());
  out += headed("what", facts["about"].get<std::string>());
  out += headed("model", facts["model"].get<std::string>());
  out += headed("status", facts["status"].get<std::string>());
  out += headed("source", facts["reference"].get<std::string>()) + "\n" + field_rows(facts);
  if (!facts["imperfections"].empty()) {
    std::vector<std::vector<std::string>> layers;
    for (const auto& [name, value] : facts["imperfections"].items()) {
      const auto known = imperfection_fields();
      const auto field = std::ranges::find(known, std::string_view(name), &Field::name);
      layers.push_back({name, value_text(value, field->unit), std::string(field->about)});
    }
    out += "\n" + terminal_table({"layer", "value", "what it is"}, layers);
  }
  std::vector<std::vector<std::string>> retention;
  for (const auto& at : facts["retention"]) {
    const bool holds = at["seconds"].is_null();
    retention.push_back({fmt::format("{:.0f} °C", at["kelvin"].get<double>() - 273.15),
                         holds ? "no time constant" : duration(at["seconds"]),
                         holds ? "" : si_text(at["rest_conductance"], "S", 3),
                         holds ? "" : fmt::format("{:.3f}", at["rest"].get<double>())});
  }
  out += "\n" + terminal_table({"at 0 V", "forgets in", "rests at", "of its range"}, retention);
  std::vector<std::vector<std::string>> idle;
  for (const auto& at : facts["idle"])
    idle.push_back({duration(at["seconds"]), percent(at["mean"]), percent(at["sigma"])});
  out += "\n" + terminal_table({"idle at 25 °C", "conductance changes by", "sigma"}, idle);
  std::vector<std::vector<std::string>> pulses;
  for (const auto& pulse : facts["pulses"])
    pulses.push_back({fmt::format("{:g} %", 100 * pulse["strength"].get<double>()), si_text(pulse["voltage"], "V"),
                      si_text(pulse["width"], "s"), si_text(pulse["energy"]["lowest"], "J"),
                      si_text(pulse["energy"]["mid"], "J"), si_text(pulse["energy"]["highest"], "J")});
  if (!pulses.empty())
    out += "\n" +
           terminal_table({"pulse of", "voltage", "width", "energy at lowest G", "at mid G", "at highest G"}, pulses);
  for (const auto& warning : facts["warnings"]) out += "\n" + headed("warning", warning.get<std::string>());
  return out;
}

}  // namespace assimilaate::cli
