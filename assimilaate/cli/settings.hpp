#pragma once
/// Settings by dotted key, from a TOML file and from `--set key=value`; what nobody takes is refused.

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assimilaate/assimilation/lane_bank.hpp"
#include "assimilaate/teacher/teach.hpp"

namespace assimilaate::cli {

class DottedSettings {
 public:
  /// @throws Error{Io|Format|Usage} for a file or a text that cannot be read.
  DottedSettings(const std::filesystem::path& file, const std::vector<std::string>& assignments);

  /// The text of a key, if it was given.
  [[nodiscard]] std::optional<std::string> text(const std::string& key);
  [[nodiscard]] std::optional<double> number(const std::string& key);
  /// All `prefix.name` as numbers.
  [[nodiscard]] Settings numbers(const std::string& prefix);
  /// @throws Error{Usage} listing keys that nobody asked for.
  void refuse_the_rest() const;
  [[nodiscard]] const std::map<std::string, std::string>& all() const noexcept { return values_; }

 private:
  std::map<std::string, std::string> values_;
  std::set<std::string> taken_;
};

/// memristor, memristor.<field>, imperfections.<field>, noise, read.voltage, read.width, read.temperature,
/// organisation, organisation.<field>, rule, rule.<field>, emission, emission.<field>, full_scale, calibrate, spares.
void apply(DottedSettings& settings, Profile& profile);
/// first.codec, first.<field>, middle…, last….
void apply(DottedSettings& settings, Recipe& recipe);

/// The profiles that have names: `float`, `byte`, `mss`, `damaged`, `mss_absolute_noise`. @throws Error{Usage} for
/// another.
[[nodiscard]] Profile named_profile(const std::string& name, const std::string& recipe);

}  // namespace assimilaate::cli
