#include "assimilaate/core/catalogue.hpp"

namespace assimilaate {
namespace {

const Field* find_field(std::span<const Field> fields, std::string_view name) {
  for (const Field& field : fields)
    if (field.name == name) return &field;
  return nullptr;
}

void check_value(std::string_view entry, const Field& field, double value) {
  if (!(value >= field.low && value <= field.high))
    fail(Errc::Usage, "{}: {} = {} [{}] is outside {} to {}", entry, field.name, value, field.unit, field.low,
         field.high);
}

}  // namespace

double field_value(std::string_view entry, std::span<const Field> fields, const Settings& settings,
                   std::string_view name) {
  const Field* field = find_field(fields, name);
  if (field == nullptr) fail(Errc::Usage, "{}: has no field '{}'", entry, name);
  const auto setting = settings.find(name);
  if (setting == settings.end()) return field->value;
  check_value(entry, *field, setting->second);
  return setting->second;
}

void check_settings(std::string_view entry, std::span<const Field> fields, const Settings& settings) {
  for (const auto& [name, value] : settings) {
    const Field* field = find_field(fields, name);
    if (field == nullptr) {
      std::string known;
      for (const Field& f : fields) known += (known.empty() ? "" : ", ") + std::string(f.name);
      fail(Errc::Usage, "{}: unknown setting '{}' (there are: {})", entry, name, known.empty() ? "none" : known);
    }
    check_value(entry, *field, value);
  }
}

}  // namespace assimilaate
