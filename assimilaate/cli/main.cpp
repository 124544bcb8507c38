/// assimilaate <verb>: results on stdout, talk on stderr, documented exit codes.

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <system_error>

#include "assimilaate/cli/verbs.hpp"
#include "assimilaate/cli/version.hpp"
#include "assimilaate/core/error.hpp"

namespace {

constexpr const char* footer =
    "Exit codes: 0 done, 2 usage, 3 file or disk, 4 format, 5 integrity, 6 mismatch,\n"
    "7 unsupported, 8 not converged, 130 interrupted. Docs: docs/reference/cli.md";

/// What is wrong with a command line, and where to read how it should be.
/// @param words  as typed, the program's own name left out
std::string complaint(const CLI::App& app, const CLI::ParseError& problem, const std::vector<std::string>& words) {
  const CLI::App* at = &app;
  std::string path, parts;
  std::size_t depth = 0;
  for (; !at->get_subcommands().empty(); ++depth) {
    at = at->get_subcommands()[0];
    path += at->get_name() + " ";
  }
  for (const CLI::App* each : at->get_subcommands({})) parts += (parts.empty() ? "" : ", ") + each->get_name();
  if (parts.empty()) return fmt::format("{} (assimilaate {}--help)", problem.what(), path);
  if (words.size() <= depth) return fmt::format("a verb is missing (there are: {}; assimilaate {}--help)", parts, path);
  const std::string& word = words[depth];
  return fmt::format("unknown {} '{}{}' (there are: {}; assimilaate {}--help)", word[0] == '-' ? "option" : "verb",
                     word[0] == '-' ? "" : path, word, parts, path);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace assimilaate;
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of its write, as a full disk is
  cli::Common common;
  for (int i = 0; i < argc; ++i) common.command += (i > 0 ? " " : "") + std::string(i > 0 ? argv[i] : "assimilaate");
  cli::Action action;
  CLI::App app("Ship synapses, stream transforms, forget weights.", "assimilaate");
  app.set_version_flag("--version", fmt::format("assimilaate {}", cli::version));
  app.require_subcommand(1);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.footer(footer);
  cli::add_run(app, common, action);
  cli::add_teach(app, common, action);
  cli::add_assimilate(app, common, action);
  cli::add_publish(app, common, action);
  cli::add_subscribe(app, common, action);
  cli::add_infer(app, common, action);
  cli::add_inspect(app, common, action);
  cli::add_collect(app, common, action);
  cli::add_fleet(app, common, action);
  cli::add_theseus(app, common, action);
  cli::add_key(app, common, action);
  cli::add_memristor(app, common, action);
  try {
    app.parse(argc, argv);
    action();
    if (std::fflush(stdout) != 0) fail(Errc::Io, "the results could not be written to stdout (disk full?)");
    return 0;
  } catch (const CLI::ParseError& problem) {
    if (problem.get_exit_code() == 0) return app.exit(problem);  // --help, --version
    fmt::print(stderr, "assimilaate: {}\n", complaint(app, problem, {argv + std::min(argc, 1), argv + argc}));
    return static_cast<int>(Errc::Usage);
  } catch (const Error& problem) {
    fmt::print(stderr, "assimilaate: {}\n", problem.what());
    return static_cast<int>(problem.code());
  } catch (const std::system_error& problem) {  // of the file system, or of writing to stdout
    fmt::print(stderr, "assimilaate: {}\n", problem.what());
    return static_cast<int>(Errc::Io);
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "assimilaate: out of memory (ask for fewer --examples)\n");
    return 1;
  } catch (const std::exception& problem) {
    fmt::print(stderr, "assimilaate: {} (this should not happen; please report it)\n", problem.what());
    return 1;
  }
}
