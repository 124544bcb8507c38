#pragma once
/// What the tests of this module and of `tests/science` share: synthetic transforms, their codecs and examples, and
/// profiles.

#include <algorithm>
#include <cmath>
#include <vector>

#include "assimilaate/aat/codec.hpp"
#include "assimilaate/assimilation/session.hpp"

namespace assimilaate::test {

/// A random linear map, seen through codecs: y = W x + 1 with x of `rank` independent normals (0: all of them).
struct LinearMap {
  CodecPtr input, output;
  ExampleBlock examples;
  HeldOut held_out;
};

struct LinearMapPlan {
  std::size_t inputs = 24, outputs = 20, examples = 300, held_out = 200;
  std::size_t rank = 0;
  double bits_in = 5, bits_out = 6;
  std::uint64_t seed = 1;
};

inline LinearMap linear_map(const LinearMapPlan& plan = {}) {
  const Random random(plan.seed, 0);
  const std::size_t n = plan.examples + plan.held_out, causes = plan.rank > 0 ? plan.rank : plan.inputs;
  const auto normal = [&](std::uint64_t which, std::size_t i, std::size_t j) {
    return static_cast<float>(random.normal(Purpose::Select, j + 10'000 * which, i));
  };
  Matrix<float> x(n, plan.inputs), y(n, plan.outputs, 1.0F);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t d = 0; d < plan.inputs; ++d)
      for (std::size_t c = 0; c < causes; ++c)
        x(i, d) += plan.rank > 0 ? normal(1, i, c) * normal(2, d, c) / std::sqrt(static_cast<float>(causes))
                                 : (c == d ? normal(1, i, c) : 0.0F);
    for (std::size_t o = 0; o < plan.outputs; ++o)
      for (std::size_t d = 0; d < plan.inputs; ++d)
        y(i, o) += normal(3, o, d) / std::sqrt(static_cast<float>(plan.inputs)) * x(i, d);
  }
  LinearMap map;
  map.input = fit_codec("grid", x.view(), {{"bits", plan.bits_in}}, 1);
  map.output = fit_codec("grid", y.view(), {{"bits", plan.bits_out}}, 1);
  const auto encode = [&](const Codec& codec, const Matrix<float>& vectors, std::size_t first, std::size_t count) {
    AatBlock block(codec.shape(), count);
    codec.encode(vectors.slice(first, count), block.entries.view());
    return block;
  };
  map.examples = {encode(*map.input, x, 0, plan.examples), encode(*map.output, y, 0, plan.examples)};
  map.held_out = HeldOut(
      {encode(*map.input, x, plan.examples, plan.held_out), encode(*map.output, y, plan.examples, plan.held_out)});
  return map;
}

/// A codec whose numbers are addresses: `spaces` of `addresses`.
inline CodecPtr addresses(std::size_t spaces, double addresses) {
  return fit_codec("address", Matrix<float>(1, spaces).view(), {{"addresses", addresses}}, 1);
}

/// The first `count` examples of a block.
inline ExampleBlock first(const ExampleBlock& all, std::size_t count) {
  ExampleBlock some{AatBlock(all.input.shape, count), AatBlock(all.output.shape, count)};
  std::copy_n(all.input.entries.data(), some.input.entries.size(), some.input.entries.data());
  std::copy_n(all.output.entries.data(), some.output.entries.size(), some.output.entries.data());
  return some;
}

inline Profile profile_of(std::string_view memristor, std::uint32_t target = 0) {
  Profile profile;
  profile.name = profile.memristor = memristor;
  profile.target = target;
  return profile;
}

/// Learning winner lanes of one-hot synapses.
inline Profile winner_profile(std::string_view memristor) {
  Profile profile = profile_of(memristor);
  profile.organisation = "one_hot";
  profile.rule = "margin";
  return profile;
}

inline std::vector<std::byte> state_of(const LaneBank& bank) {
  ByteWriter out;
  bank.save(out);
  return std::move(out).take();
}

}  // namespace assimilaate::test
