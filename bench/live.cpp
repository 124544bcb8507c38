/// What learning while a stream arrives is worth, beside a session over all of it, on a stream's held-out examples.
///   assimilaate teach my-stream --examples 1000 --held-out 500
///   bench_live my-stream [seeds, default 2]
/// Columns: share of held-out answers (largest decoded output) that are the teacher's once the groups have arrived and
/// after the session; agreement of addresses of each transform. "On top": the same bank learns the epoch again.

#include <fmt/format.h>

#include <cstdlib>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/target/judgement.hpp"

namespace {

using namespace assimilaate;

void print_row(const std::string& what, std::uint64_t seed, const std::string& arrived, Target& target,
               const StreamReader& stream) {
  fmt::print("{:16} {:>4} {:>8} {:>8.4f}  ", what, seed, arrived, judge(target, stream).task);
  for (const Convergence& each : target.reports()) fmt::print(" {:.4f}", each.agreement);
  fmt::print("\n");
}

void measure(const StreamReader& stream, std::uint64_t seed) {
  Profile profile;
  profile.name = "mss";
  profile.seed = seed;
  Target whole(stream, profile);
  whole.assimilate(stream, {});
  print_row("session alone", seed, "-", whole, stream);
  whole.begin_epoch();
  whole.assimilate(stream, {});
  print_row("on top of it", seed, "-", whole, stream);
  for (const std::size_t group : {64U, 256U}) {
    Target target(stream, profile);
    while (target.arrived() + group <= stream.size()) target.arrive(stream, group);
    const auto arrived = fmt::format("{:.4f}", judge(target, stream).task);
    target.assimilate(stream, {});
    print_row(fmt::format("groups of {}", group), seed, arrived, target, stream);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2 || argc > 3 || (argc == 3 && std::atoi(argv[2]) < 1)) {
    fmt::print(stderr, "usage: bench_live STREAM [seeds]\n");
    return 2;
  }
  const auto carrier = open_carrier(argv[1], Access::Read);
  const StreamReader stream(*carrier);
  fmt::print("{} records, {} held out\n{:16} {:>4} {:>8} {:>8}   agreement\n", stream.size(), stream.held_out_size(),
             "", "seed", "arrived", "at last");
  for (int seed = 1; seed <= (argc == 3 ? std::atoi(argv[2]) : 2); ++seed) measure(stream, static_cast<unsigned>(seed));
} catch (const Error& problem) {
  fmt::print(stderr, "bench_live: {}\n", problem.what());
  return static_cast<int>(problem.code());
}
