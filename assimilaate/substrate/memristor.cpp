#include "assimilaate/substrate/memristor.hpp"

#include <cmath>
#include <limits>

namespace assimilaate {

Memristor::Memristor(std::string_view name, double lowest, double highest, double drive)
    : lowest_(lowest), highest_(highest), drive_(drive) {
  if (!(lowest > 0 && highest > lowest))
    fail(Errc::Usage, "{}: g_high {} S must lie above g_low {} S, and both above 0", name, highest, lowest);
}

Memristor::Retention Memristor::retention(double) const { return {std::numeric_limits<double>::infinity(), 0.5}; }

void check_layers(const Memristor& law, const Imperfections& imperfections) {
  if (const double own = law.retention(298).seconds; imperfections.retention > 0 && std::isfinite(own))
    fail(Errc::Usage, "imperfections: retention {} s over a memristor that forgets by itself in {} s; keep one",
         imperfections.retention, own);
}

std::unique_ptr<const Memristor> make_memristor(std::string_view name, const MemristorSettings& settings) {
  const MemristorKind& kind = find_entry("memristor", memristor_catalogue(), name);
  check_settings(name, kind.fields, settings.fields);
  return kind.make(settings);
}

std::unique_ptr<SynapseArray> make_synapses(std::string_view name, const MemristorSettings& settings,
                                            const ArrayPlan& plan) {
  const MemristorKind& kind = find_entry("memristor", memristor_catalogue(), name);
  check_settings(name, kind.fields, settings.fields);
  return kind.make_array(settings, plan);
}

}  // namespace assimilaate
