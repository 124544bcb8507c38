#include "assimilaate/assimilation/organisation.hpp"

#include <charconv>
#include <cmath>

namespace assimilaate {
namespace {

/// The entry that `part`, a name with or without a number, speaks of, and what the number sets.
std::pair<const OrganisationKind*, Settings> entry_of(std::string_view part) {
  const auto colon = part.find(':');
  const OrganisationKind& kind = find_entry("organisation", organisation_catalogue(), part.substr(0, colon));
  Settings settings;
  if (colon != std::string_view::npos) {
    const auto number = part.substr(colon + 1);
    double value = 0;
    const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (problem != std::errc{} || end != number.data() + number.size())
      fail(Errc::Usage, "organisation '{}': '{}' is not a number (write graded:2, masked:0.9/graded)", part, number);
    settings.emplace(kind.fields.front().name, value);
  }
  return {&kind, settings};
}

/// Settings that fit the entry; synapses come in whole numbers.
void check(const OrganisationKind& kind, const Settings& settings) {
  check_settings(kind.name, kind.fields, settings);
  if (const auto copies = settings.find("copies");
      copies != settings.end() && copies->second != std::floor(copies->second))
    fail(Errc::Usage, "{}: {} copies; synapses come in whole numbers", kind.name, copies->second);
}

}  // namespace

Matrix<float> OrganisationPlan::levels(std::string_view name, std::size_t space) const {
  if (codec == nullptr || codec->centroids(space).size() == 0)
    fail(Errc::Usage, "{} needs addresses with a metric; the input codec '{}' has none (use one_hot)", name,
         codec == nullptr ? "none" : codec->name());
  const auto centroids = codec->centroids(space);
  Matrix<float> levels(centroids.rows(), centroids.cols());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    levels.values()[i] = centroids.data()[i];
    for (const auto& function : glue) levels.values()[i] = function(levels.values()[i]);
  }
  return levels;
}

std::unique_ptr<Organisation> make_organisation(std::string_view text, const OrganisationPlan& plan,
                                                const Settings& settings) {
  const auto slash = text.find('/');
  auto [kind, mine] = entry_of(text.substr(0, slash));
  if (slash == std::string_view::npos) {
    if (kind->make == nullptr)
      fail(Errc::Usage, "organisation '{0}': wraps another; name it behind a slash ({0}/graded)", text);
    for (const auto& [name, value] : settings)
      if (!mine.emplace(name, value).second)
        fail(Errc::Usage, "organisation '{}': {} is given twice, behind the colon and as a setting", text, name);
    check(*kind, mine);
    return kind->make(plan, mine);
  }
  if (kind->wrap == nullptr)
    fail(Errc::Usage, "organisation '{}': {} wraps nothing; the organisation itself comes last (masked:0.9/graded)",
         text, kind->name);
  check(*kind, mine);
  return kind->wrap(make_organisation(text.substr(slash + 1), plan, settings), mine);
}

void check_tuning(std::string_view name, std::span<const float> numbers, std::size_t expected) {
  if (numbers.size() != expected)
    fail(Errc::Format, "{}: {} tuning numbers, {} expected (corrupt target?)", name, numbers.size(), expected);
  for (const float number : numbers)
    if (!std::isfinite(number)) fail(Errc::Format, "{}: tuning number {} (corrupt target?)", name, number);
}

}  // namespace assimilaate
