#pragma once
/// What the validation page is made of: checks with their error, in sections, and pictures.

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assimilaate/core/random.hpp"
#include "assimilaate/report/page.hpp"

namespace assimilaate::validation {

/// One line of the page.
struct Check {
  std::string subject{}, against{}, error{}, tolerance{}, origin{};  ///< origin: where the tolerance comes from
  bool holds = true;
  bool data_missing = false;  ///< the page keeps what it says of this subject
};

struct Section {
  std::string title, text;
  std::vector<Check> checks{};
  std::vector<std::string> lines{};     ///< Markdown behind the checks: other tables, notes
  std::vector<std::string> pictures{};  ///< by name, of `Page::pictures`
};

/// File name and SVG of every picture.
using Pictures = std::map<std::string, std::string>;

/// Differences of rounding alone: an error far below its tolerance is shown as such, since its digits mean nothing.
[[nodiscard]] inline Check exact(std::string subject, std::string against, double error, double tolerance,
                                 std::string origin) {
  return {std::move(subject),
          std::move(against),
          error < tolerance / 10 ? fmt::format("< {:.0e}", tolerance / 10) : fmt::format("{:.1e}", error),
          fmt::format("{:.0e}", tolerance),
          std::move(origin),
          error <= tolerance};
}

/// Distances of sampled from computed values in standard errors; the worst of `count`.
/// The tolerance of 4 is crossed by one normal number in 16 000, so by the worst of `count` with a chance of
/// count / 16 000.
[[nodiscard]] inline Check sampled(std::string subject, std::string against, double worst, int count,
                                   const std::string& sample) {
  return {std::move(subject),
          std::move(against),
          fmt::format("{:.1f} standard errors", worst),
          "4",
          fmt::format("{}; worst of {}: chance {:.1g} %", sample, count, count / 160.0),
          worst <= 4};
}

struct Moments {
  double mean = 0, variance = 0;
  std::size_t count = 0;
  template <typename Values>
  explicit Moments(const Values& values) : count(values.size()) {
    for (const double v : values) mean += v / static_cast<double>(count);
    for (const double v : values) variance += (v - mean) * (v - mean) / static_cast<double>(count - 1);
  }
  /// How far the mean is from what it should be, in standard errors of a spread that is known.
  [[nodiscard]] double mean_errors(double expected, double expected_variance) const {
    return std::abs(mean - expected) / std::sqrt(expected_variance / static_cast<double>(count));
  }
  /// The same of the variance, for numbers that are nearly normal: Var(s^2) = 2 sigma^4 / (n - 1).
  [[nodiscard]] double variance_errors(double expected) const {
    return std::abs(variance / expected - 1) / std::sqrt(2 / static_cast<double>(count - 1));
  }
};

/// The folder of an environment variable, or the default beside the repository; nothing where it is not there.
[[nodiscard]] std::optional<std::filesystem::path> data_folder(const char* variable, const char* by_default);

[[nodiscard]] Section pulses(Pictures& pictures);
[[nodiscard]] Section programmed(Pictures& pictures);
[[nodiscard]] Section retention(Pictures& pictures);
[[nodiscard]] Section loops(Pictures& pictures);
[[nodiscard]] Section chips(Pictures& pictures);
[[nodiscard]] Section response_curves(Pictures& pictures);
[[nodiscard]] Section fits(Pictures& pictures);
[[nodiscard]] Section layers(Pictures& pictures);
[[nodiscard]] Section wires(Pictures& pictures);

}  // namespace assimilaate::validation
