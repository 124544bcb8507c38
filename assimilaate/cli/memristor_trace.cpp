#include "assimilaate/cli/memristor_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "assimilaate/target/target.hpp"

namespace assimilaate::cli {
namespace {

struct Options {
  std::string trace, csv, target, transform;
  bool force = false;
};

LaneBank& bank_of(Target& target, const std::string& name, const PulseTrace& trace) {
  std::string known;
  for (LaneBank& bank : target.banks()) {
    if (name.empty() ? bank.synapses().rows() == trace.rows() && bank.synapses().lanes() == trace.lanes()
                     : bank.transform().name == name)
      return bank;
    known += (known.empty() ? "" : ", ") + bank.transform().name;
  }
  fail(Errc::Usage, "{}: no transform {} fits the trace of {} synapses x {} lanes (there are: {})",
       name.empty() ? "--target" : "--transform " + name, name, trace.rows(), trace.lanes(), known);
}

/// Space and address of a row: of one-hot lines the address, of graded ones which of the space's lines; -1: bias.
std::pair<long, long> place_of(const LaneBank& bank, std::size_t row) {
  for (std::size_t space = 0; space < bank.transform().input->shape().spaces(); ++space)
    if (const auto [first, last] = bank.organisation().rows_of(space); row >= first && row < last)
      return {static_cast<long>(space), static_cast<long>(row - first)};
  return {-1, -1};
}

/// True when a new array of the same plan comes to the same state by the trace.
bool replays(const LaneBank& bank, const PulseTrace& trace) {
  LaneBank fresh(bank.transform(), bank.profile());
  trace.replay(fresh.synapses());
  ByteWriter again, then;
  fresh.synapses().save(again);
  bank.synapses().save(then);
  return again.bytes() == then.bytes();
}

void write_csv(const Options& options, const PulseTrace& trace, const LaneBank* bank) {
  const auto place = [&](std::size_t row) {
    return bank == nullptr ? std::pair<long, long>(static_cast<long>(row), 0) : place_of(*bank, row);
  };
  std::ofstream out(options.csv);
  trace.write_csv(out, place);
  out.close();
  if (!out) fail(Errc::Io, "{}: cannot be written (disk full, or no permission?)", options.csv);
}

}  // namespace

void add_memristor_trace(CLI::App& memristor, Common& common, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = memristor.add_subcommand("trace", "what a session applied: as CSV, or again on fresh memristors");
  verb->add_option("trace", options->trace, "file that assimilate --trace wrote, *.trace")->required();
  verb->add_option("--csv", options->csv, "write every pulse: time, lane, space, address, a or b, amplitude, width");
  verb->add_option("--target", options->target, "its target: names spaces and addresses, and is replayed");
  verb->add_option("--transform", options->transform, "which of the target's, where several have the same shape");
  verb->add_flag("--force", options->force, "replace the file of --csv");
  verb->add_flag("--json", common.json, "print one JSON object");
  verb->callback([options, &common, &action] {
    action = [options, &common] {
      if (!options->csv.empty() && !options->force && std::filesystem::exists(options->csv))
        fail(Errc::Usage, "{}: is there already (--force replaces it)", options->csv);
      for (const std::string& input : {options->trace, options->target})
        if (std::error_code none; !options->csv.empty() && std::filesystem::equivalent(options->csv, input, none))
          fail(Errc::Usage, "--csv {}: is what it is made from; name another file", options->csv);
      const PulseTrace trace = PulseTrace::load(options->trace);
      nlohmann::json facts{{"trace", options->trace},
                           {"synapses", trace.rows() * trace.lanes()},
                           {"pulses", trace.pulses()},
                           {"bytes", trace.bytes()},
                           {"drive", trace.drive()}};
      std::optional<Target> target;
      const LaneBank* bank = nullptr;
      bool same = true;
      if (!options->target.empty()) {
        target = Target::load(options->target);
        bank = &bank_of(*target, options->transform, trace);
        same = replays(*bank, trace);
        facts["transform"] = bank->transform().name;
        facts["same_state"] = same;
      }
      if (!options->csv.empty()) write_csv(*options, trace, bank);
      if (common.json) {
        fmt::print("{}\n", facts.dump(2));
      } else {
        fmt::print("{} pulses on {} synapses at +-{} V, {} bytes\n", trace.pulses(), trace.rows() * trace.lanes(),
                   2 * trace.drive(), trace.bytes());
        if (bank != nullptr)
          fmt::print("replayed on fresh memristors of {}: {}\n", bank->transform().name,
                     same ? "the same state, bit for bit" : "ANOTHER state");
      }
      if (!same)
        fail(Errc::Mismatch, "{}: replayed, it does not give the state of {} (another session, or taught on since?)",
             options->trace, options->target);
    };
  });
}

}  // namespace assimilaate::cli
