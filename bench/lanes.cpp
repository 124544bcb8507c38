/// Speed of the lane kernels and of pulses, one thread, beside the plain loops they replace.

#include <benchmark/benchmark.h>

#include "assimilaate/substrate/lanes_reference.hpp"
#include "assimilaate/substrate/memristor.hpp"

namespace {

using namespace assimilaate;

constexpr std::size_t rows = 785, block = 8;

Matrix<float> numbers(std::size_t r, std::size_t c, float scale) {
  const Random random(1, 0);
  Matrix<float> m(r, c);
  for (std::size_t i = 0; i < m.size(); ++i)
    m.values()[i] = scale * static_cast<float>(random.normal(Purpose::Init, i));
  return m;
}

/// Eight AATs through 64 graded lanes of 785 lines; items are synapse reads.
template <typename Kernel>
void read_block(benchmark::State& state, const Kernel& kernel) {
  const auto difference = numbers(rows, tile_lanes, 50), drives = numbers(block, rows, 0.3F);
  Matrix<float> out(block, tile_lanes);
  for (auto _ : state) {
    kernel(difference.view(), drives.view(), out.view());
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * rows * tile_lanes * block));
}

/// The demands of eight examples into the counters of a tile; items are counter updates.
template <typename Kernel>
void accumulate_block(benchmark::State& state, const Kernel& kernel) {
  const auto drives = numbers(block, rows, 0.3F), signals = numbers(block, tile_lanes, 0.05F);
  Matrix<std::int8_t> counters(rows, tile_lanes);
  std::vector<Fire> fires;
  std::uint64_t event = 0;
  for (auto _ : state) {
    fires.clear();
    kernel(drives.view(), signals.view(), 8, ++event, counters.view(), fires);
    benchmark::DoNotOptimize(fires.data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * rows * tile_lanes));
}

/// Couples of pulses on mss synapses at 2 % of the room ahead; items are memristor pulses.
void pulse(benchmark::State& state, Imperfections imperfections) {
  const auto array = make_synapses("mss", {}, {rows, tile_lanes, Random(1, 0), 0, imperfections});
  const auto tile = array->open(0);
  std::vector<Fire> fires;
  for (std::uint32_t r = 0; r < rows; ++r)
    for (std::uint16_t l = 0; l < tile_lanes; ++l)
      fires.push_back({r, l, static_cast<std::int16_t>((r + l) % 2 == 0 ? 1 : -1)});
  Events events;
  std::uint64_t event = 0;
  for (auto _ : state) {
    tile->pulse(fires, array->width_for(0.02), ++event, events);
    for (Fire& fire : fires) fire.count = static_cast<std::int16_t>(-fire.count);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events.pulses));
}

BENCHMARK_CAPTURE(read_block, highway, [](auto a, auto b, auto c) { read_tile(a, b, c); });
BENCHMARK_CAPTURE(read_block, plain_loops, [](auto a, auto b, auto c) { reference::read_tile(a, b, c); });
BENCHMARK_CAPTURE(accumulate_block, highway,
                  [](auto a, auto b, int l, std::uint64_t e, auto c, auto& f) { accumulate_tile(a, b, l, e, c, f); });
BENCHMARK_CAPTURE(accumulate_block, plain_loops, [](auto a, auto b, int l, std::uint64_t e, auto c, auto& f) {
  reference::accumulate_tile(a, b, l, e, c, f);
});
BENCHMARK_CAPTURE(pulse, mss_alike, Imperfections{});
BENCHMARK_CAPTURE(pulse, mss_varied, Imperfections{.step_variation = 0.3, .bound_variation = 0.3});

}  // namespace

BENCHMARK_MAIN();
