#pragma once
/// A measured jump table: for each voltage and each conductance before a pulse, the distribution of the change of
/// conductance by one pulse. Nothing else is assumed of the memristor.

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace assimilaate {

/// One measured pulse.
struct JumpEvent {
  double voltage;      ///< [V]; positive ones are those that raise conductance
  double conductance;  ///< before the pulse [S], > 0
  double change;       ///< by the pulse [S]
};

struct JumpTable {
  static constexpr std::size_t rows = 64;       ///< conductances, evenly spaced from g_low to g_high
  static constexpr std::size_t quantiles = 64;  ///< the (i + 1/2) / 64 quantiles

  double g_low = 0, g_high = 0;  ///< [S]
  std::vector<double> voltages;  ///< [levels], rising; at least one on each side of 0 [V]
  std::vector<float> changes;    ///< [levels x rows x quantiles], rising along quantiles [S]

  /// The change at a level, a conductance [S] and a uniform number: the distribution of the two nearest rows, inverted
  /// and interpolated [S].
  [[nodiscard]] double change(std::size_t level, double conductance, double u) const;
  /// The same at any voltage, linear between levels of the same sign; below the lowest of them nothing moves, above the
  /// highest it is as at the highest.
  [[nodiscard]] double change_at(double voltage, double conductance, double u) const;

  /// Whether anything was measured at that voltage or below, of its sign.
  [[nodiscard]] bool reaches(double voltage) const;

  /// As a preset's table keeps it: number of levels, g_low, g_high, voltages, changes.
  [[nodiscard]] std::vector<double> numbers() const;
  /// @throws Error{Usage} for numbers that are no such table.
  [[nodiscard]] static JumpTable from_numbers(std::span<const double> numbers);

 private:
  [[nodiscard]] std::size_t lowest_level(bool up) const;
};

/// Resample measured pulses, at least 16 at each voltage: a row takes the sixteenth of the pulses, no fewer than 16,
/// whose conductance is nearest.
/// @param where  named in messages
/// @throws Error{Format} for too few pulses, voltages on one side of 0 only, or conductances that are all the same.
[[nodiscard]] JumpTable jump_table_from_events(std::span<const JumpEvent> events, std::string_view where);

/// @param csv  rows of voltage [V], conductance before the pulse [S], change [S]; blank lines, lines that start with
/// '#'
///             and one line of names at the head are skipped
/// @throws Error{Io|Format} naming file and line.
[[nodiscard]] JumpTable jump_table_from_csv(const std::filesystem::path& csv);

/// Largest distance between two empirical distributions (Kolmogorov-Smirnov), in [0, 1]. Neither may be empty.
[[nodiscard]] double ks_distance(std::vector<double> a, std::vector<double> b);

}  // namespace assimilaate
