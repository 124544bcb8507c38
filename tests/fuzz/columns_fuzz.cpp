/// Bodies of records, in both codecs, masked and drawn. What is accepted in codec 0 is the one encoding of its content;
/// whatever is accepted decodes to itself once it is encoded; so do records that are made from the input, and bodies
/// that were damaged after encoding crash nobody.

#include <algorithm>
#include <cstdlib>

#include "assimilaate/stream/columns.hpp"
#include "assimilaate/stream/internal/bits.hpp"
#include "assimilaate/stream/internal/column_layout.hpp"

namespace {

using namespace assimilaate;

ColumnCoding make_coding() {
  const Shape input(5, 16), hidden(3, 6), last(1, 10);
  ColumnCoding all{.shapes = {input, hidden, last}, .generator = InputGenerator{.seed = 7, .marginals = {}}};
  for (const Shape& shape : all.shapes)
    for (std::size_t s = 0; s < shape.spaces(); ++s) {
      std::vector<std::uint64_t> counts(shape.addresses(s), 1);
      counts[0] = 90;
      all.frequencies.push_back(s % 2 == 0 ? thresholds_of(counts) : Thresholds{});
      if (all.generator->marginals.size() < input.spaces()) all.generator->marginals.push_back(thresholds_of(counts));
    }
  return all;
}

const ColumnCoding coding = make_coding();

bool same(const std::vector<AatBlock>& a, const std::vector<AatBlock>& b) {
  return std::ranges::equal(a, b, [](const AatBlock& x, const AatBlock& y) {
    return x.shape == y.shape && std::ranges::equal(x.entries.values(), y.entries.values());
  });
}

/// The counters of a body that was accepted; none for explicit inputs.
std::vector<std::uint64_t> counters_of(const internal::ColumnLayout& layout, std::size_t n) {
  std::vector<std::uint64_t> counters;
  internal::BitReader gaps(layout.gaps);
  for (auto counter = layout.counter - 1; layout.first_boundary == 1 && counters.size() < n;)
    counters.push_back(counter += 1 + std::uint64_t{gaps.get(layout.gap_bits)});
  return counters;
}

void check(std::span<const std::byte> body, std::size_t n, std::uint8_t codec, std::uint32_t raw) {
  const auto records = decode_columns(body, coding, n, codec, raw);
  if (!records) return;
  const auto counters = counters_of(internal::find_columns(body, coding, n, codec, raw).value(), n);
  const ColumnCoding packed{.shapes = coding.shapes, .generator = coding.generator};
  if (codec == 0 && !std::ranges::equal(encode_columns(packed, *records, 0, n, counters).bytes, body)) std::abort();
  const auto again = encode_columns(coding, *records, 0, n, counters);
  if (!same(decode_columns(again.bytes, coding, n, again.codec, again.raw_length).value(), *records)) std::abort();
}

/// Records of the bytes: an address each, mostly the one that range coding favours, or NONE.
std::vector<AatBlock> make_records(std::span<const std::uint8_t> data, std::size_t n) {
  std::vector<AatBlock> blocks;
  for (const Shape& shape : coding.shapes) {
    AatBlock& block = blocks.emplace_back(shape, n);
    for (std::size_t r = 0; r < n; ++r)
      for (std::size_t s = 0; s < shape.spaces(); ++s) {
        const unsigned value = data.empty() ? 0U : data[(9 * r + 3 * blocks.size() + s) % data.size()];
        block.entries(r, s) = value == 255 ? None : static_cast<Address>(value < 192 ? 0 : value % shape.addresses(s));
      }
  }
  return blocks;
}

/// Encode, decode; then the same with one byte of the body changed.
void check_round(std::span<const std::uint8_t> data, std::size_t n, std::size_t where, std::uint8_t change) {
  auto records = make_records(data, n);
  std::vector<std::uint64_t> counters;
  if (where % 2 == 1)
    for (std::size_t r = 0; r < n; ++r) {
      counters.push_back(r == 0 ? where : counters.back() + 1 + data[r % data.size()]);
      coding.generator->draw(counters[r], records[0].entries.row(r));
    }
  auto body = encode_columns(coding, records, 0, n, counters);
  if (!same(decode_columns(body.bytes, coding, n, body.codec, body.raw_length).value(), records)) std::abort();
  body.bytes[where % body.bytes.size()] ^= static_cast<std::byte>(change);
  check(body.bytes, n, body.codec, body.raw_length);
}

}  // namespace

/// The first six bytes say codec, number of records and raw length, or where a body is damaged.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 7) return 0;
  const std::span rest(data + 6, size - 6);
  const std::size_t n = 1 + data[1] + 256U * data[2], word = data[3] + 256U * data[4] + 65'536U * data[5];
  if ((data[0] & 4U) != 0) {
    check_round(rest, 1 + n % 48, word, data[0]);
    return 0;
  }
  const std::uint8_t codec = data[0] % 3;
  check(std::as_bytes(rest), n, codec, static_cast<std::uint32_t>(codec == 0 ? rest.size() : word));
  return 0;
}
