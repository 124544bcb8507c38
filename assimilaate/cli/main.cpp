/// assimilaate <verb>: results on stdout, talk on stderr, documented exit codes.

#include <fmt/format.h>

#include "assimilaate/cli/verbs.hpp"
#include "assimilaate/cli/version.hpp"
#include "assimilaate/core/error.hpp"

namespace {

constexpr const char* footer =
    "Exit codes: 0 done, 2 usage, 3 file or disk, 4 format, 5 integrity, 6 mismatch,\n"
    "7 unsupported, 8 not converged, 130 interrupted. Docs: docs/reference/cli.md";

}  // namespace

int main(int argc, char** argv) {
  using namespace assimilaate;
  cli::Common common;
  for (int i = 0; i < argc; ++i) common.command += (i > 0 ? " " : "") + std::string(i > 0 ? argv[i] : "assimilaate");
  cli::Action action;
  CLI::App app("Ship synapses, stream transforms, forget weights.", "assimilaate");
  app.set_version_flag("--version", fmt::format("assimilaate {}", cli::version));
  app.require_subcommand(1);
  app.footer(footer);
  cli::add_run(app, common, action);
  cli::add_teach(app, common, action);
  cli::add_assimilate(app, common, action);
  cli::add_infer(app, common, action);
  cli::add_inspect(app, common, action);
  try {
    app.parse(argc, argv);
    action();
    return 0;
  } catch (const CLI::ParseError& problem) {
    const bool wanted = problem.get_exit_code() == 0;  // --help, --version
    const int code = app.exit(problem);
    return wanted ? code : static_cast<int>(Errc::Usage);
  } catch (const Error& problem) {
    fmt::print(stderr, "assimilaate: {}\n", problem.what());
    return static_cast<int>(problem.code());
  } catch (const std::filesystem::filesystem_error& problem) {
    fmt::print(stderr, "assimilaate: {}\n", problem.what());
    return static_cast<int>(Errc::Io);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "assimilaate: {} (this should not happen; please report it)\n", problem.what());
    return 1;
  }
}
