#include "assimilaate/substrate/memristor.hpp"

#include <array>

namespace assimilaate {

std::span<const Field> imperfection_fields() {
  static constexpr std::array fields{
      Field{"step_variation", "1", 0, 0, 1, "device to device, of the rate of a pulse"},
      Field{"bound_variation", "1", 0, 0, 1, "device to device, of the lowest and highest conductance"},
      Field{"stuck", "1", 0, 0, 1, "share of memristors that never move, half low, half high"},
      Field{"write_noise", "1", 0, 0, 10, "per pulse, of the mean step at mid range"},
  };
  return fields;
}

Imperfections imperfections_from(const Settings& settings) {
  const auto fields = imperfection_fields();
  check_settings("imperfections", fields, settings);
  const auto value = [&](std::string_view name) { return field_value("imperfections", fields, settings, name); };
  return {value("step_variation"), value("bound_variation"), value("stuck"), value("write_noise")};
}

std::unique_ptr<SynapseArray> make_synapses(std::string_view name, const Settings& settings, const ArrayPlan& plan) {
  const MemristorKind& kind = find_entry("memristor", memristor_catalogue(), name);
  check_settings(name, kind.fields, settings);
  return kind.make(settings, plan);
}

}  // namespace assimilaate
