#pragma once
/// What an event costs: a row each, with a range, a source and how far it may be trusted.

#include <span>
#include <string>
#include <string_view>

#include "assimilaate/core/catalogue.hpp"

namespace assimilaate {

/// A quantity that is known no better than this.
struct Range {
  double low = 0, nominal = 0, high = 0;
  Range& operator+=(const Range& other) {
    low += other.low;
    nominal += other.nominal;
    high += other.high;
    return *this;
  }
};
[[nodiscard]] inline Range operator+(Range a, const Range& b) { return a += b; }
[[nodiscard]] inline Range operator*(double count, const Range& price) {
  return {count * price.low, count * price.nominal, count * price.high};
}

/// One row of the price table.
struct Price {
  std::string_view name, unit, about, source, confidence;
  Range value;
};

/// The table (`physics.md` 7). Memristors have no row: what they dissipate is counted as V^2 G t, device by device.
[[nodiscard]] std::span<const Price> default_prices();

/// Prices by name, some of them replaced.
class Prices {
 public:
  Prices() = default;
  /// @throws Error{Usage} for an unknown row or a negative price.
  explicit Prices(Settings replaced);
  /// @throws Error{Usage} for an unknown row.
  [[nodiscard]] Range operator[](std::string_view name) const;

 private:
  Settings replaced_;
};

}  // namespace assimilaate
