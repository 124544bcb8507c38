/// Bodies of records: nothing crashes, and what is accepted in codec 0 is the one encoding of its content.

#include <algorithm>

#include "assimilaate/stream/columns.hpp"

namespace {

assimilaate::ColumnCoding coding() {
  using namespace assimilaate;
  const Shape input(5, 16), hidden(3, 6), last(1, 10);
  ColumnCoding all{.shapes = {input, hidden, last}, .generator = InputGenerator{.seed = 7, .marginals = {}}};
  for (const Shape& shape : all.shapes)
    for (std::size_t s = 0; s < shape.spaces(); ++s) {
      std::vector<std::uint64_t> counts(shape.addresses(s), 1);
      counts[0] = 9;
      all.frequencies.push_back(s % 2 == 0 ? thresholds_of(counts) : Thresholds{});
      if (all.generator->marginals.size() < input.spaces()) all.generator->marginals.push_back(thresholds_of(counts));
    }
  return all;
}

}  // namespace

/// The first six bytes say codec, number of records and raw length.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assimilaate;
  static const ColumnCoding all = coding();
  if (size < 6) return 0;
  const auto body = std::as_bytes(std::span(data + 6, size - 6));
  const std::size_t n = data[1] + 256U * data[2];
  const std::uint8_t codec = data[0] % 3;
  const auto raw = codec == 0 ? static_cast<std::uint32_t>(body.size()) : data[3] + 256U * data[4] + 65'536U * data[5];
  if (n == 0) return 0;
  const auto records = decode_columns(body, all, n, codec, raw);
  if (!records || columns_seeded(body)) return 0;
  if (codec == 0 && !std::ranges::equal(encode_columns(*records, 0, n), body)) std::abort();
  return 0;
}
