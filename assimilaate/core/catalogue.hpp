#pragma once
/// What every catalogue shares: named, ranged, documented fields and settings that are checked against them.

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "assimilaate/core/error.hpp"

namespace assimilaate {

/// One number a catalogue entry can be told.
struct Field {
  std::string_view name, unit;
  double value, low, high;  ///< default and range, in `unit`
  std::string_view about;
};

/// Values by field name; what is not named keeps its default.
using Settings = std::map<std::string, double, std::less<>>;

/// The value of a field: the setting when given, else the default.
/// @throws Error{Usage} naming the field, the value and its range.
[[nodiscard]] double field_value(std::string_view entry, std::span<const Field> fields, const Settings& settings,
                                 std::string_view name);

/// Refuse settings that no field of the entry knows or that lie outside their range.
/// @throws Error{Usage}
void check_settings(std::string_view entry, std::span<const Field> fields, const Settings& settings);

/// The entry of that name in a catalogue of pointers to entries with a `name`.
/// @throws Error{Usage} listing the names there are.
template <typename Entry>
[[nodiscard]] const Entry& find_entry(std::string_view what, std::span<const Entry* const> catalogue,
                                      std::string_view name) {
  std::string known;
  for (const Entry* entry : catalogue) {
    if (entry->name == name) return *entry;
    known += (known.empty() ? "" : ", ") + std::string(entry->name);
  }
  fail(Errc::Usage, "unknown {} '{}' (there are: {})", what, name, known);
}

}  // namespace assimilaate
