#include "assimilaate/assimilation/rule.hpp"

#include <cmath>

namespace assimilaate {

std::unique_ptr<Rule> make_rule(std::string_view name, const Settings& settings) {
  const RuleKind& kind = find_entry("rule", rule_catalogue(), name);
  check_settings(name, kind.fields, settings);
  return kind.make(settings);
}

double anneal(double first, double last, double progress) { return first * std::pow(last / first, progress); }

}  // namespace assimilaate
