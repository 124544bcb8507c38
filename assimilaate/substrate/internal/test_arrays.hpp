#pragma once
/// What the tests of the memristors share: small arrays, random couples of pulses, states as bytes.

#include <algorithm>
#include <vector>

#include "assimilaate/core/parallel.hpp"
#include "assimilaate/substrate/memristor.hpp"

namespace assimilaate::test {

inline std::unique_ptr<SynapseArray> array_of(std::string_view name, std::size_t rows, std::size_t lanes,
                                              const Imperfections& imperfections = {}, std::uint64_t seed = 3,
                                              const Settings& settings = {}) {
  return make_synapses(name, {settings, {}}, {rows, lanes, Random(seed, 0), 1, imperfections});
}

inline std::vector<std::byte> state_of(const SynapseArray& array) {
  ByteWriter out;
  array.save(out);
  return std::move(out).take();
}

inline void restore(SynapseArray& array, std::span<const std::byte> bytes) {
  ByteReader in(bytes, "state");
  array.restore(in);
  in.expect_end();
}

/// One couple for every synapse of a tile of `lanes` lanes.
inline std::vector<Fire> everywhere(std::size_t rows, std::size_t lanes, int count) {
  std::vector<Fire> fires;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t l = 0; l < lanes; ++l)
      fires.push_back({static_cast<std::uint32_t>(r), static_cast<std::uint16_t>(l), static_cast<std::int16_t>(count)});
  return fires;
}

/// `rounds` moments at which about a third of the synapses of a tile get a couple of pulses, up or down, from `salt`.
inline Events random_pulses(SynapseArray& array, SynapseTile& tile, std::size_t index, int rounds,
                            double strength = 0.05, std::uint32_t salt = 0) {
  const Random random(77, salt);
  const std::size_t lanes = std::min(tile_lanes, array.lanes() - index * tile_lanes);
  Events events;
  for (int round = 0; round < rounds; ++round) {
    std::vector<Fire> fires;
    for (const Fire& f : everywhere(array.rows(), lanes, 1)) {
      const double u =
          random.uniform(Purpose::Select, f.row * 1000 + f.lane + index * 1'000'000, static_cast<std::uint64_t>(round));
      if (u < 1.0 / 3) fires.push_back({f.row, f.lane, static_cast<std::int16_t>(u < 1.0 / 6 ? 1 : -1)});
    }
    tile.pulse(fires, array.width_for(strength), static_cast<std::uint64_t>(round), events);
  }
  return events;
}

/// The same for every tile, on all threads.
inline void pulse_all_tiles(SynapseArray& array, int rounds, double strength = 0.05) {
  parallel_for(array.tiles(), [&](std::size_t t) { random_pulses(array, *array.open(t), t, rounds, strength); });
}

/// Conductances as codes, [row][lane][a, b].
inline std::vector<double> codes_of(const SynapseArray& array) {
  std::vector<double> codes;
  for (std::size_t r = 0; r < array.rows(); ++r)
    for (std::size_t l = 0; l < array.lanes(); ++l) {
      const auto [a, b] = array.conductances(r, l);
      for (const double g : {a, b}) codes.push_back((g - array.lowest_conductance()) / array.code_conductance());
    }
  return codes;
}

}  // namespace assimilaate::test
