#include "assimilaate/substrate/read_noise.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "assimilaate/core/error.hpp"

namespace assimilaate {
namespace {

constexpr double boltzmann = 1.380649e-23;                // [J/K]
constexpr double code_floor = 100e-6, code_step = 20e-6;  // [V]
constexpr int last_code = 255;
constexpr double reference_voltage = 0.05, reference_temperature = 298;  // [V], [K]

}  // namespace

ReadNoise ReadNoise::parse(std::string_view text) {
  if (text == "off") return {};
  if (text == "emulator") return {Law::Emulator, 0};
  if (text == "physical") return {Law::Physical, 0};
  constexpr std::string_view relative = "relative:";
  if (text.starts_with(relative)) {
    double amount = 0;
    const auto number = text.substr(relative.size());
    const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), amount);
    if (problem == std::errc{} && end == number.data() + number.size() && amount >= 0 && amount <= 10)
      return {Law::Relative, amount};
  }
  fail(Errc::Usage, "read noise '{}' is none of off, relative:0…10, emulator, physical", text);
}

std::string ReadNoise::text() const {
  switch (law) {
    case Law::Off:
      return "off";
    case Law::Relative:
      return fmt::format("relative:{}", amount);
    case Law::Emulator:
      return "emulator";
    case Law::Physical:
      return "physical";
  }
  return {};
}

namespace {

constexpr std::array fields{
    Field{"voltage", "V", 0.05, 1e-4, 10, "across a synapse"},
    Field{"width", "s", 1e-6, 1e-12, 1, "of the pulse in which a lane is sampled"},
    Field{"temperature", "K", 298, 1, 1000, "while lanes are read"},
    Field{"comparator", "V", 300e-6, 0, 1, "rms noise at the input of what resolves a lane"},
    Field{"node_lines", "1", 0, 0, 1e6, "lines that meet at one node, whose results are converted and added; 0: all"},
    Field{"repeats", "1", 1, 1, 1024, "samples of a lane, averaged"},
    Field{"drive", "1", 0, 0, 3, "of graded lines: 0 pulse width, 1 pulse count, 2 voltage level, 3 binary planes"},
    Field{"unit_pulses", "1", 15, 1, 255, "of a read, where lines are driven by count"},
    Field{"planes", "1", 8, 1, 12, "binary digits, where lines are driven by planes"},
};

}  // namespace

std::span<const Field> read_fields() { return fields; }

ReadSettings ReadSettings::averaged() const {
  ReadSettings all = *this;
  all.width *= repeats;
  all.comparator /= std::sqrt(static_cast<double>(repeats));
  return all;
}

Settings ReadSettings::numbers() const {
  return {{"voltage", voltage},
          {"width", width},
          {"temperature", temperature},
          {"comparator", comparator},
          {"node_lines", node_lines},
          {"repeats", repeats},
          {"drive", static_cast<double>(drive)},
          {"unit_pulses", unit_pulses},
          {"planes", planes}};
}

ReadSettings ReadSettings::from(const Settings& numbers) {
  check_settings("read", fields, numbers);
  const auto value = [&](std::string_view name) { return field_value("read", fields, numbers, name); };
  const auto count = [&](std::string_view name) { return static_cast<std::uint32_t>(value(name)); };
  return {.voltage = value("voltage"),
          .width = value("width"),
          .temperature = value("temperature"),
          .comparator = value("comparator"),
          .node_lines = count("node_lines"),
          .repeats = count("repeats"),
          .drive = static_cast<LineDrive>(count("drive")),
          .unit_pulses = count("unit_pulses"),
          .planes = count("planes")};
}

double comparator_volts(int code) {
  if (code < 0 || code > last_code) fail(Errc::Usage, "comparator code {} is outside 0 to {}", code, last_code);
  return code_floor + code * code_step;
}

int comparator_code(double volts, bool nearest) {
  // In whole picovolts: 1 mV less 100 uV in doubles is 44.99… steps.
  const double picovolts = std::round(volts * 1e12), floor = code_floor * 1e12, step = code_step * 1e12;
  if (!(picovolts >= floor))
    fail(Errc::Usage, "comparator of {} V is below its floor of {} V, code 0", volts, code_floor);
  const double code = std::nearbyint((picovolts - floor) / step);
  if (code > last_code)
    fail(Errc::Usage, "comparator of {} V is above its ceiling of {} V, code {}", volts, comparator_volts(last_code),
         last_code);
  if (!nearest && code * step != picovolts - floor)
    fail(Errc::Usage, "comparator of {} V is no code; the nearest is {}, {} V", volts, static_cast<int>(code),
         comparator_volts(static_cast<int>(code)));
  return static_cast<int>(code);
}

double ReadSigma::total() const { return std::sqrt(thermal * thermal + flicker * flicker + comparator * comparator); }

ReadSigma EmulatorNoise::sigma(double y, double sum, const ReadSettings& read) const {
  if (gain <= 0) return {};
  const double volts = std::abs(read.voltage);
  ReadSigma parts;
  if (comparator >= 0) parts.comparator = comparator_volts(comparator) / volts;
  if (sum <= 0) return parts;
  const double size = std::sqrt(reference_sum) / std::sqrt(sum);
  parts.thermal = gain * thermal * std::sqrt(read.temperature / reference_temperature) * reference_voltage * size /
                  volts * std::sqrt(reference_width / read.width);
  const double band = decades * std::log(10.0);
  const double seen = std::max(0.0, band + std::log(reference_width / read.width));
  parts.flicker = gain * flicker * (1 - y * y) * size * std::sqrt(seen / band);
  return parts;
}

ReadSigma PhysicalNoise::sigma(double y, double sum, const ReadSettings& read) const {
  const double volts = std::abs(read.voltage);
  ReadSigma parts{.comparator = comparator / volts};
  if (sum <= 0) return parts;
  parts.thermal = std::sqrt(2 * boltzmann * read.temperature / (sum * read.width)) / volts;
  parts.flicker = flicker * std::sqrt(decades * reference / sum * std::max(0.0, 1 - y * y));
  return parts;
}

ReadSigma emulator_sigma(double y, double sum, double highest, const ReadSettings& read) {
  ReadSigma parts = EmulatorNoise{.reference_sum = highest, .comparator = -1}.sigma(y, sum, read);
  parts.comparator = read.comparator / std::abs(read.voltage);
  return parts;
}

ReadSigma physical_sigma(double y, double sum, double highest, const ReadSettings& read) {
  return PhysicalNoise{.reference = highest, .comparator = read.comparator}.sigma(y, sum, read);
}

}  // namespace assimilaate
