/// Prints docs/validation.md: every model against closed form, published curve or measurement, with its error and the
/// tolerance. generate_validation FOLDER writes the pictures there. Exits 1 when an error exceeds its tolerance.
///
/// A line that ends on {{no data}} stands for the one that the page has of the same subject: its data are not here.

#include <cstdio>
#include <cstdlib>

#include "assimilaate/core/file.hpp"
#include "assimilaate/core/internal/test_data.hpp"
#include "validation.hpp"

namespace assimilaate::validation {

std::optional<std::filesystem::path> data_folder(const char* variable, const char* by_default) {
  const auto folder = internal::test_data(variable, by_default);
  return std::filesystem::is_directory(folder) ? std::optional(folder) : std::nullopt;
}

namespace {

constexpr const char* head =
    "# Validation\n\n"
    "Each model of memristor against a closed form, a published curve or a measurement: how far off it is, how far it "
    "may "
    "be, and why. The numbers are those of `generate_validation`, built with the tests; `scripts/docs` writes this "
    "page and "
    "a test fails when they change. What is sampled has a fixed seed. Rows and pictures that need data which are not "
    "here are "
    "neither computed nor compared: they stay as they were when the data were there.\n";

bool print(const Section& section) {
  fmt::print("\n## {}\n\n{}\n", section.title, section.text);
  if (!section.checks.empty()) {
    fmt::print("\n| what | against | error | tolerance | where the tolerance is from |\n|---|---|---|---|---|\n");
  }
  bool holds = true;
  for (const Check& check : section.checks) {
    if (check.data_missing) {
      fmt::print("| {} | {{{{no data}}}}\n", check.subject);
      continue;
    }
    fmt::print("| {} | {} | {}{} | {} | {} |\n", check.subject, check.against, check.holds ? "" : "**beyond** ",
               check.error, check.tolerance, check.origin);
    if (!check.holds)
      fmt::print(stderr, "{}: {} is beyond its tolerance of {}\n", check.subject, check.error, check.tolerance);
    holds = holds && check.holds;
  }
  if (!section.lines.empty()) fmt::print("\n");
  for (const std::string& line : section.lines) fmt::print("{}\n", line);
  for (const std::string& picture : section.pictures) fmt::print("\n![{}](pictures/{})\n", section.title, picture);
  return holds;
}

int generate(const std::filesystem::path& folder) {
  Pictures pictures;
  fmt::print("{}", head);
  bool holds = true;
  for (const auto part : {pulses, programmed, retention, loops, chips, response_curves, fits, layers, wires})
    holds = print(part(pictures)) && holds;
  for (const auto& [name, svg] : pictures) write_file_atomic(folder / name, svg);
  return holds ? 0 : 1;
}

}  // namespace
}  // namespace assimilaate::validation

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: {} FOLDER-FOR-PICTURES\n", argv[0]);
    return 2;
  }
  try {
    return assimilaate::validation::generate(argv[1]);
  } catch (const assimilaate::Error& problem) {
    fmt::print(stderr, "generate_validation: {}\n", problem.what());
    return 2;
  }
}
