/// How fast memristors are pulsed: whole rows of couples, and lists of them (of every synapse, and of one in twenty),
/// one thread, its own CPU time, beside the memory bandwidth of the same run. `bench_pulses [seed]`

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>

#include "assimilaate/substrate/lanes.hpp"
#include "assimilaate/substrate/memristor.hpp"

namespace {

using namespace assimilaate;

constexpr int repeats = 5;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Rate {
  double median, low, high;  // [1/s]
};

/// `work` returns how many things it did; it runs for about .2 s, five times.
template <typename Work>
Rate rate_of(const Work& work) {
  std::vector<double> rates;
  for (int i = 0; i < repeats; ++i) {
    double done = 0;
    const double start = cpu_seconds();
    double spent = 0;
    while (spent < 0.2) {
      done += work();
      spent = cpu_seconds() - start;
    }
    rates.push_back(done / spent);
  }
  std::ranges::sort(rates);
  return {rates[repeats / 2], rates.front(), rates.back()};
}

struct Case {
  const char *memristor, *state;
  Imperfections imperfections;
  double strength;
  unsigned one_in;  ///< synapses per fire of a list; 0: whole rows
};

void measure(const Case& c, std::uint64_t seed) {
  constexpr std::uint32_t rows = 256;
  const auto array = make_synapses(c.memristor, {}, {rows, tile_lanes, Random(seed, 0), 0, c.imperfections});
  const auto tile = array->open(0);
  const double width = array->width_for(c.strength);
  std::array<std::vector<Fire>, 2> fires;
  std::array<std::array<std::int8_t, tile_lanes>, 2> directions{};
  for (const int turn : {0, 1})
    for (std::uint32_t r = 0; r < rows; ++r)
      for (std::uint16_t l = 0; l < tile_lanes; ++l) {
        const int way = (r + l + static_cast<unsigned>(turn)) % 2 == 0 ? 1 : -1;
        if (c.one_in > 0 && (r * tile_lanes + l) % c.one_in == 0)
          fires[static_cast<std::size_t>(turn)].push_back({r, l, static_cast<std::int16_t>(way)});
        if (r == 0) directions[static_cast<std::size_t>(turn)][l] = static_cast<std::int8_t>(way);
      }
  Events events;
  std::uint64_t event = 0;
  const Rate rate = rate_of([&] {
    const auto before = events.pulses;
    const std::size_t turn = ++event % 2;
    if (c.one_in > 0)
      tile->pulse(fires[turn], width, event, events);
    else
      for (std::uint32_t r = 0; r < rows; ++r) tile->pulse_row(r, directions[(turn + r) % 2], width, event, events);
    return static_cast<double>(events.pulses - before);
  });
  const std::string pulsed = c.one_in == 0   ? "rows"
                             : c.one_in == 1 ? "list of all"
                                             : fmt::format("list, 1 in {}", c.one_in);
  fmt::print("{:<12} {:>5} {:>10} {:>13} {:>9.3f} {:>12.3f} {:>15}\n", c.memristor, c.state,
             c.imperfections.unlike() ? "30 %" : "none", pulsed, c.strength, rate.median / 1e9,
             fmt::format("{:.3f} - {:.3f}", rate.low / 1e9, rate.high / 1e9));
}

void bandwidth(const char* where, std::size_t bytes) {
  std::vector<std::uint64_t> from(bytes / sizeof(std::uint64_t), 1), to(from.size());
  const Rate copy = rate_of([&] {
    std::copy(from.begin(), from.end(), to.begin());
    from[0] = to[from.size() / 2];
    return 2.0 * static_cast<double>(bytes);
  });
  fmt::print("copy of {:>5} KiB ({}): {:.1f} GB/s read and written ({:.1f} - {:.1f})\n", bytes / 1024, where,
             copy.median / 1e9, copy.low / 1e9, copy.high / 1e9);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t seed = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  const Imperfections varied{.step_variation = 0.3, .bound_variation = 0.3};
  fmt::print("256 x 64 synapses, SIMD target {}, seed {}, median of {} (least - most), one thread\n\n",
             lane_targets().front(), seed, repeats);
  fmt::print("{:<12} {:>5} {:>10} {:>13} {:>9} {:>12} {:>15}\n", "memristor", "B/syn", "variation", "pulsed",
             "strength", "G pulses/s", "spread");
  for (const Imperfections& how : {Imperfections{}, varied})
    for (const double strength : {0.001, 0.002, 0.01, 0.02, 0.05}) measure({"mss", "2", how, strength, 0}, seed);
  for (const unsigned one_in : {1U, 20U}) measure({"mss", "2", varied, 0.01, one_in}, seed);
  for (const Imperfections& how : {Imperfections{}, varied}) measure({"byte", "2", how, 0.01, 0}, seed);
  for (const unsigned one_in : {1U, 20U}) measure({"byte", "2", varied, 0.01, one_in}, seed);
  for (const char* name : {"soft_bounds", "exp_step", "rs"}) measure({name, "4", {}, 0.01, 0}, seed);
  fmt::print("\n");
  bandwidth("L1", 8 << 10);
  bandwidth("L2", 256 << 10);
  bandwidth("memory", 64 << 20);
}
