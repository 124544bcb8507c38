#include "assimilaate/target/internal/test_stream.hpp"

#include <gtest/gtest.h>

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
  write(carrier, graph().strip().to_bytes());
  return StreamReader(carrier);
}

void TestStream::write(Carrier& carrier, std::span<const std::byte> network) const {
  const auto names = tensors();
  const auto tapped = graph().run(normal_matrix(examples + held_out, widths.front(), 1), names);
  Descriptor descriptor;
  descriptor.name = name;
  std::vector<std::vector<std::byte>> books;
  std::vector<AatBlock> data, kept;
  for (std::size_t b = 0; b < names.size(); ++b) {
    const auto& values = tapped.at(names[b]);
    const Settings& settings = b == 0 ? first : b + 1 == names.size() ? last : middle;
    const auto codec = fit_codec("grid", values.view(), settings, 1);
    books.push_back(codec_bytes(*codec));
    descriptor.boundaries.push_back({names[b], codec->shape(), {}});
    data.emplace_back(codec->shape(), examples);
    codec->encode(values.slice(0, examples), data.back().entries.view());
    kept.emplace_back(codec->shape(), held_out);
    codec->encode(values.slice(examples, held_out), kept.back().entries.view());
    if (b == 0) continue;
    const auto to = static_cast<std::uint32_t>(b);
    descriptor.transforms.push_back({"dense" + std::to_string(b - 1), {to - 1}, to});
  }
  StreamWriter writer(carrier, descriptor, books, network);
  writer.add(data);
  if (held_out > 0) writer.add_held_out(kept);
  writer.finish();
}

namespace {

TEST(TestStream, IsTheSameEveryTime) {
  EXPECT_EQ(TestStream{}.read().id(), TestStream{}.read().id());
  EXPECT_EQ(TestStream{}.read().size(), TestStream{}.examples);
}

}  // namespace
}  // namespace assimilaate::internal
