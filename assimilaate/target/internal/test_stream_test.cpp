#include "assimilaate/target/internal/test_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "assimilaate/graph/internal/test_model.hpp"
#include "assimilaate/stream/internal/memory_carrier.hpp"
#include "assimilaate/stream/stream_writer.hpp"

namespace assimilaate::internal {

Graph TestStream::graph() const { return Graph::from_bytes(random_mlp(widths, glue, seed), name); }

std::vector<std::string> TestStream::tensors() const {
  std::vector<std::string> all{"x"};
  for (std::size_t t = 0; t + 2 < widths.size(); ++t) all.push_back("h" + std::to_string(t));
  all.emplace_back("y");
  return all;
}

StreamReader TestStream::read() const {
  MemoryCarrier carrier;
  write(carrier);
  return StreamReader(carrier);
}

namespace {

std::map<std::string, Matrix<float>> tap(const TestStream& stream) {
  return stream.graph().run(normal_matrix(stream.examples + stream.held_out, stream.widths.front(), 1),
                            stream.tensors());
}

AatBlock rows(const AatBlock& all, std::size_t first, std::size_t count) {
  AatBlock some(all.shape, count);
  std::ranges::copy(all.entries.values().subspan(first * all.shape.spaces(), some.entries.size()),
                    some.entries.values().begin());
  return some;
}

}  // namespace

std::vector<CodecPtr> TestStream::fitted() const {
  const auto names = tensors();
  const auto tapped = tap(*this);
  std::vector<CodecPtr> all;
  for (std::size_t b = 0; b < names.size(); ++b)
    all.push_back(fit_codec("grid", tapped.at(names[b]).view(),
                            b == 0                  ? first
                            : b + 1 == names.size() ? last
                                                    : middle,
                            1));
  return all;
}

void TestStream::write(Carrier& carrier, std::span<const std::byte> network) const {
  const auto names = tensors();
  const auto tapped = tap(*this);
  const auto used = codecs.empty() ? fitted() : codecs;
  Descriptor descriptor;
  descriptor.name = name;
  std::vector<std::vector<std::byte>> books;
  std::vector<AatBlock> all;
  for (std::size_t b = 0; b < names.size(); ++b) {
    books.push_back(codec_bytes(*used[b]));
    descriptor.boundaries.push_back({names[b], used[b]->shape(), {}});
    all.emplace_back(used[b]->shape(), examples + held_out);
    used[b]->encode(tapped.at(names[b]).view(), all.back().entries.view());
    if (b == 0) continue;
    const auto to = static_cast<std::uint32_t>(b);
    descriptor.transforms.push_back({"dense" + std::to_string(b - 1), {to - 1}, to});
  }
  if (garbled)
    for (std::size_t b = 1; b < all.size(); ++b) {
      const auto values = all[b].entries.values().first(examples * all[b].shape.spaces());
      std::rotate(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(b * all[b].shape.spaces()),
                  values.end());
    }
  const auto slice = [&](std::size_t begin, std::size_t count) {
    std::vector<AatBlock> part;
    for (const AatBlock& block : all) part.push_back(rows(block, begin, count));
    return part;
  };
  StreamWriter writer(carrier, descriptor, books, network, 0, signing, {}, start);
  if (live > 0 && held_out > 0) writer.add_held_out(slice(examples, held_out));
  const std::size_t block = live > 0 ? live : examples;
  for (std::size_t begin = 0; begin < examples; begin += block) {
    writer.add(slice(begin, std::min(block, examples - begin)));
    if (live > 0) writer.publish();
  }
  if (live == 0 && held_out > 0) writer.add_held_out(slice(examples, held_out));
  writer.finish();
}

namespace {

TEST(TestStream, IsTheSameEveryTime) {
  EXPECT_EQ(TestStream{}.read().id(), TestStream{}.read().id());
  EXPECT_EQ(TestStream{}.read().size(), TestStream{}.examples);
}

}  // namespace
}  // namespace assimilaate::internal
