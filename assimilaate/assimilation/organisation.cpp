#include "assimilaate/assimilation/organisation.hpp"

#include <charconv>

namespace assimilaate {

std::unique_ptr<Organisation> make_organisation(std::string_view text, const OrganisationPlan& plan) {
  Settings settings;
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    const auto number = text.substr(colon + 1);
    int copies = 0;
    const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), copies);
    if (problem != std::errc{} || end != number.data() + number.size())
      fail(Errc::Usage, "organisation '{}': '{}' is not a number of synapses (write graded:2)", text, number);
    settings["copies"] = copies;
  }
  const OrganisationKind& kind = find_entry("organisation", organisation_catalogue(), name);
  check_settings(name, kind.fields, settings);
  return kind.make(plan, settings);
}

}  // namespace assimilaate
