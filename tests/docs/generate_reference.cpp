/// generate_reference settings|catalogue: prints a page of docs/reference/ from the catalogues of this build.

#include <cstring>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/cli/settings.hpp"
#include "assimilaate/graph/operator.hpp"
#include "assimilaate/ledger/prices.hpp"

namespace assimilaate {
namespace {

void field_rows(const std::string& prefix, std::span<const Field> fields, std::string_view of) {
  for (const Field& f : fields)
    fmt::print("| `{}.{}` | {} | {} | {} … {} | {} |{}\n", prefix, f.name, f.value, f.unit, f.low, f.high, f.about,
               of.empty() ? "" : fmt::format(" {} |", of));
}

template <typename Kind>
void fields_of_all(const std::string& prefix, std::span<const Kind* const> catalogue) {
  fmt::print("| key | default | unit | range | what it is | of |\n|---|---|---|---|---|---|\n");
  for (const Kind* kind : catalogue) field_rows(prefix, kind->fields, fmt::format("`{}`", kind->name));
  fmt::print("\n");
}

template <typename Kind>
std::string names(std::span<const Kind* const> catalogue) {
  std::string text;
  for (const Kind* kind : catalogue) text += (text.empty() ? "`" : ", `") + std::string(kind->name) + "`";
  return text;
}

std::string text(const Settings& settings) {
  std::string all;
  for (const auto& [name, value] : settings) all += fmt::format("{}{} = {}", all.empty() ? "" : ", ", name, value);
  return all.empty() ? "–" : all;
}

void named_profiles() {
  fmt::print(
      "| profile | memristor | organisation | rule | noise | step_variation | bound_variation | stuck | "
      "cycle_variation |\n"
      "|---|---|---|---|---|---|---|---|---|\n");
  for (const char* recipe : {"graded", "winner"})
    for (const char* name : {"float", "byte", "mss", "damaged", "mss_absolute_noise"}) {
      const Profile p = cli::named_profile(name, recipe);
      const Imperfections& i = p.imperfections;
      fmt::print("| `{}`, recipe `{}` | `{}` | `{}` | `{}` | `{}` | {} | {} | {} | {} |\n", name, recipe, p.memristor,
                 p.organisation, p.rule, p.noise.text(), i.step_variation, i.bound_variation, i.stuck,
                 i.cycle_variation);
    }
}

void settings_page() {
  const Profile profile;
  fmt::print(
      "# Settings\n\n"
      "A setting is given as `--set key=value`, or in a TOML file with `--config`; `--set` wins. In TOML a dot opens "
      "a\n"
      "table. A key that nothing takes is refused.\n\n"
      "## Of a target: `assimilaate run`, `assimilaate assimilate`\n\n"
      "In `assimilaate run` they change every target but `float`, which takes the rule and its fields only.\n\n"
      "| key | default | what it is |\n|---|---|---|\n");
  fmt::print("| `memristor` | `{}` | {}; another one drops the fields of the one before |\n", profile.memristor,
             names(memristor_catalogue()));
  fmt::print(
      "| `noise` | `{}` | read noise: `off`, `relative:A` (A times the spread of the lane's own signal), "
      "`emulator` or `physical` (absolute: thermal, flicker and comparator). These two bring `read.drive=planes`, "
      "`read.node_lines=32` and `full_scale=2` with them |\n",
      profile.noise.text());
  fmt::print(
      "| `organisation` | `{}` | {}; `:N` behind the name puts N synapses where one would do, wrappers stand before a "
      "slash |\n",
      profile.organisation, names(organisation_catalogue()));
  fmt::print("| `emission` | what the rule's lanes want | {} |\n", names(emission_catalogue()));
  fmt::print("| `rule` | `{}` | {}; another one drops the fields of the one before |\n", profile.rule,
             names(rule_catalogue()));
  fmt::print(
      "| `full_scale` | {} | weight that a fully unlike pair stands for, in root mean square weights that the "
      "first examples suggest |\n",
      profile.full_scale);
  fmt::print("| `calibrate` | {} | 1: zero every synapse and mask those that refuse, before learning; 0: do not |\n\n",
             profile.calibrate ? 1 : 0);
  fmt::print("Fields of the memristor:\n\n");
  fields_of_all("memristor", memristor_catalogue());
  fmt::print("Imperfections:\n\n| key | default | unit | range | what it is |\n|---|---|---|---|---|\n");
  field_rows("imperfections", imperfection_fields(), "");
  fmt::print(
      "\nReading: `read.drive` also takes `width`, `count`, `level` and `planes`.\n\n"
      "| key | default | unit | range | what it is |\n|---|---|---|---|---|\n");
  field_rows("read", read_fields(), "");
  fmt::print("\nFields of the organisation:\n\n");
  fields_of_all("organisation", organisation_catalogue());
  fmt::print("Fields of the emission:\n\n");
  fields_of_all("emission", emission_catalogue());
  fmt::print("Fields of the rule:\n\n");
  fields_of_all("rule", rule_catalogue());
  fmt::print("### Profiles that have names\n\nWhere a verb takes `--profile`, settings change it.\n\n");
  named_profiles();

  fmt::print(
      "\n## Of codes: `assimilaate run`, `assimilaate teach`\n\n"
      "`first` is the boundary of the model's inputs, `last` that of its outputs, `middle` every boundary between.\n\n"
      "| key | recipe `graded` | recipe `winner` |\n|---|---|---|\n");
  const Recipe &graded = find_recipe("graded"), &winner = find_recipe("winner");
  const auto row = [](const char* name, const CodecSpec& g, const CodecSpec& w) {
    fmt::print("| `{}.codec` | `{}`: {} | `{}`: {} |\n", name, g.name, text(g.settings), w.name, text(w.settings));
  };
  row("first", graded.first, winner.first);
  row("middle", graded.middle, winner.middle);
  row("last", graded.last, winner.last);
  fmt::print("\nCodecs: {}. Another codec starts from its own defaults. Fields, the same for `middle` and `last`:\n\n",
             names(codec_catalogue()));
  fields_of_all("first", codec_catalogue());
}

template <typename Kind>
void section(const char* title, const char* folder, std::span<const Kind* const> catalogue) {
  fmt::print("## {}\n\nA file each in `{}`.\n\n| name | what it is | source |\n|---|---|---|\n", title, folder);
  for (const Kind* kind : catalogue)
    fmt::print("| `{}` | {} | {} |\n", kind->name, kind->about, kind->reference.empty() ? "–" : kind->reference);
  fmt::print("\n");
}

template <typename Kind>
void fields_by_entry(std::span<const Kind* const> catalogue) {
  for (const Kind* kind : catalogue) {
    if (kind->fields.empty()) continue;
    fmt::print("`{}`:\n\n| field | default | unit | range | what it is |\n|---|---|---|---|---|\n", kind->name);
    for (const Field& f : kind->fields)
      fmt::print("| `{}` | {} | {} | {} … {} | {} |\n", f.name, f.value, f.unit, f.low, f.high, f.about);
    fmt::print("\n");
  }
}

void catalogue_page() {
  fmt::print("# Catalogue\n\nWhat this version has of everything that one file adds.\n\n");
  section("Memristors", "assimilaate/substrate/models/", memristor_catalogue());
  fields_by_entry(memristor_catalogue());
  section("Codecs", "assimilaate/aat/codecs/", codec_catalogue());
  fields_by_entry(codec_catalogue());
  section("Rules", "assimilaate/assimilation/rules/", rule_catalogue());
  fields_by_entry(rule_catalogue());
  section("Organisations", "assimilaate/assimilation/organisations/", organisation_catalogue());
  fields_by_entry(organisation_catalogue());
  section("Carriers", "assimilaate/carrier/carriers/", carrier_catalogue());

  fmt::print(
      "## Operators\n\nOf ONNX, a file each in `assimilaate/graph/operators/`. `Gemm` and `MatMul` with constant "
      "weights are transforms.\n\n| name | what it is |\n|---|---|\n");
  for (const OperatorKind* kind : operator_catalogue()) fmt::print("| `{}` | {} |\n", kind->name, kind->about);

  fmt::print(
      "\n## Prices\n\nWhat the ledger takes for an event; low, nominal and high. Memristors have no row: what they "
      "dissipate is counted\nas V²Gt, device by device.\n\n"
      "| name | low | nominal | high | unit | what it is | source | confidence |\n|---|---|---|---|---|---|---|---|\n");
  for (const Price& p : default_prices())
    fmt::print("| `{}` | {} | {} | {} | {} | {} | {} | {} |\n", p.name, p.value.low, p.value.nominal, p.value.high,
               p.unit, p.about, p.source, p.confidence);
}

}  // namespace
}  // namespace assimilaate

int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "settings") == 0) {
    assimilaate::settings_page();
  } else if (argc == 2 && std::strcmp(argv[1], "catalogue") == 0) {
    assimilaate::catalogue_page();
  } else {
    fmt::print(stderr, "usage: {} settings|catalogue\n", argv[0]);
    return 2;
  }
}
