#pragma once
/// A small stream to write, read and damage in tests. Its content is the same on every run.

#include <string>

#include "assimilaate/core/random.hpp"
#include "assimilaate/stream/stream_writer.hpp"

namespace assimilaate::internal {

inline std::vector<std::byte> text_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// Addresses drawn from a seed; one entry in `none_of` is NONE when that is not 0.
inline AatBlock drawn_block(const Shape& shape, std::size_t count, std::uint64_t seed, std::uint32_t none_of = 0) {
  const Random random(seed, 0);
  AatBlock block(shape, count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t m = 0; m < shape.spaces(); ++m) {
      const auto bits = random.bits(Purpose::Select, i * shape.spaces() + m);
      if (none_of == 0 || bits[1] % none_of != 0)
        block.entries(i, m) = static_cast<Address>(bits[0] % shape.addresses(m));
    }
  }
  return block;
}

inline std::vector<AatBlock> drawn_records(const Descriptor& descriptor, std::size_t count, std::uint64_t seed,
                                           std::uint32_t none_of = 0) {
  std::vector<AatBlock> blocks;
  for (const Shape& shape : descriptor.shapes())
    blocks.push_back(drawn_block(shape, count, seed + blocks.size(), none_of));
  return blocks;
}

/// 5x16 -> 3x6 -> 1x10, the last transform also seeing the input.
inline Descriptor small_descriptor() {
  Descriptor descriptor;
  descriptor.name = "small";
  descriptor.boundaries = {{"input", Shape(5, 16), {}}, {"hidden", Shape(3, 6), {}}, {"class", Shape(1, 10), {}}};
  descriptor.transforms = {{"first", {0}, 1}, {"second", {1, 0}, 2}};
  return descriptor;
}

inline std::vector<std::vector<std::byte>> small_codebooks() {
  return {text_bytes("codebook of input"), text_bytes("codebook of hidden"), text_bytes("codebook of class")};
}

/// Write and finish an epoch of the small stream; its id.
inline StreamId write_small_stream(Carrier& carrier, std::size_t data, std::size_t held_out,
                                   std::uint32_t none_of = 0) {
  StreamWriter writer(carrier, small_descriptor(), small_codebooks(), text_bytes("network"));
  writer.add(drawn_records(writer.descriptor(), data, 1, none_of));
  writer.add_held_out(drawn_records(writer.descriptor(), held_out, 100, none_of));
  writer.finish();
  return writer.id();
}

/// What the error says; empty when there was none.
template <typename Call>
std::string error_of(Call call, Errc wanted) {
  try {
    call();
  } catch (const Error& e) {
    return e.code() == wanted ? e.what() : std::string("another code: ") + e.what();
  }
  return {};
}

}  // namespace assimilaate::internal
