#include "assimilaate/ledger/prices.hpp"

#include <algorithm>
#include <array>

namespace assimilaate {

std::span<const Price> default_prices() {
  static constexpr std::array rows{
      Price{
          "comparison", "J", "a comparator decision (sense amplifier)", "MNSIM", "medium", {0.5e-15, 1.6e-15, 10e-15}},
      Price{"conversion",
            "J",
            "an 8-bit conversion of a node or lane whose size is wanted",
            "MNSIM (ISAAC parts)",
            "medium",
            {1.6e-12, 2.6e-12, 3.6e-12}},
      Price{"counter_update",
            "J",
            "read and write of a 5-bit counter in SRAM, 10 bits at .1 pJ",
            "Horowitz, ISSCC 2014 (8 KB SRAM)",
            "low",
            {0.5e-12, 1e-12, 6e-12}},
      Price{"drive",
            "J",
            "a row driver per presented line",
            "NeuRRAM word line at 1 bit, Wan et al. 2022 (CIMLoop)",
            "medium",
            {3e-15, 9e-15, 37e-15}},
      Price{"drive_level",
            "J",
            "what a row driver of 64 levels costs beyond one of two",
            "NeuRRAM word line at 6 bits less that at 1 bit, Wan et al. 2022 (CIMLoop)",
            "medium",
            {14e-15, 28e-15, 56e-15}},
      Price{"network_bit",
            "J/bit",
            "network core and access, averages; a factor of 10 either way",
            "CO2.js (SWD v4); Aslan et al.; Scope3",
            "low",
            {2.66e-6, 26.6e-6, 266e-6}},
      Price{"dram_bit",
            "J/bit",
            "LPDDR4 access",
            "Accelergy-CACTI, NeuroSim (from FGDRAM, MICRO 2017)",
            "medium",
            {4e-12, 8e-12, 40e-12}},
  };
  return rows;
}

Prices::Prices(Settings replaced) : replaced_(std::move(replaced)) {
  for (const auto& [name, value] : replaced_) {
    static_cast<void>(Prices()[name]);
    if (!(value >= 0)) fail(Errc::Usage, "price {} is {}, must not lie below 0", name, value);
  }
}

Range Prices::operator[](std::string_view name) const {
  if (const auto found = replaced_.find(name); found != replaced_.end())
    return {found->second, found->second, found->second};
  const auto row = std::ranges::find(default_prices(), name, &Price::name);
  if (row == default_prices().end()) fail(Errc::Usage, "there is no price '{}'", name);
  return row->value;
}

}  // namespace assimilaate
