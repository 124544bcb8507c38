#include "assimilaate/stream/columns.hpp"

#include <algorithm>
#include <bit>

#include "assimilaate/core/bytes.hpp"
#include "assimilaate/stream/internal/bits.hpp"
#include "assimilaate/stream/internal/column_layout.hpp"
#include "assimilaate/stream/internal/range_coder.hpp"

namespace assimilaate {
namespace {

using internal::BitReader;
using internal::BitWriter;
using internal::bytes_of;

/// The rows of a body that is written.
struct Rows {
  std::span<const AatBlock> boundaries;  ///< those that are carried
  std::size_t first, count;

  [[nodiscard]] std::size_t columns() const {
    std::size_t total = 0;
    for (const AatBlock& block : boundaries) total += block.shape.spaces();
    return total;
  }
  /// Calls `visit(block, space)` for each column in order.
  template <typename Visit>
  void each(Visit visit) const {
    for (const AatBlock& block : boundaries)
      for (std::size_t space = 0; space < block.shape.spaces(); ++space) visit(block, space);
  }
  [[nodiscard]] std::size_t present(const AatBlock& block, std::size_t space) const {
    std::size_t there = 0;
    for (std::size_t r = first; r < first + count; ++r) there += block.entries(r, space) != None;
    return there;
  }
};

void check_encodable(std::span<const AatBlock> boundaries, std::size_t first, std::size_t count) {
  std::size_t columns = 0;
  for (const AatBlock& block : boundaries) {
    columns += block.shape.spaces();
    if (block.size() < first + count)
      fail(Errc::Mismatch, "a boundary has {} records, {} are to be written (one AAT per boundary and record)",
           block.size(), first + count);
    check_addresses(block.shape, block.entries.slice(first, count));
  }
  if (boundaries.size() < internal::least_boundaries || boundaries.size() > internal::most_boundaries ||
      columns > internal::most_columns)
    fail(Errc::Usage, "{} boundaries with {} spaces, a stream has 2..64 and at most 65536", boundaries.size(), columns);
}

std::uint8_t mask_mode_of(const Rows& rows) {
  bool any = false, mixed = false;
  rows.each([&](const AatBlock& block, std::size_t space) {
    const auto there = rows.present(block, space);
    any = any || there < rows.count;
    mixed = mixed || (there > 0 && there < rows.count);
  });
  return mixed ? internal::mask_per_record : any ? internal::mask_per_segment : internal::no_mask;
}

/// Gaps between the counters of records; the first is 0.
std::vector<std::uint32_t> gaps_of(std::span<const std::uint64_t> counters) {
  std::vector<std::uint32_t> gaps(counters.size());
  for (std::size_t r = 1; r < counters.size(); ++r) {
    if (counters[r] <= counters[r - 1] || counters[r] - counters[r - 1] > 65'536)
      fail(Errc::Usage, "generator counter {} after {}: they grow by 1 to 65536 in a segment", counters[r],
           counters[r - 1]);
    gaps[r] = static_cast<std::uint32_t>(counters[r] - counters[r - 1] - 1);
  }
  return gaps;
}

void check_drawn(const InputGenerator& generator, const AatBlock& inputs, std::size_t first,
                 std::span<const std::uint64_t> counters) {
  std::vector<Address> drawn(inputs.shape.spaces());
  for (std::size_t r = 0; r < counters.size(); ++r) {
    generator.draw(counters[r], drawn);
    if (!std::ranges::equal(drawn, inputs.entries.row(first + r)))
      fail(Errc::Format, "the input of record {} is not the one that is drawn for counter {}", first + r, counters[r]);
  }
}

/// One column in codec 1: method, length, data.
void put_column(std::vector<std::byte>& body, std::span<const std::byte> plain, std::span<const Address> addresses,
                const Thresholds& table, bool& any_ranged) {
  std::vector<std::byte> coded;
  if (!table.empty()) coded = internal::range_encode(addresses, table);
  const bool ranged = !table.empty() && coded.size() < plain.size();
  const auto data = ranged ? std::span<const std::byte>(coded) : plain;
  any_ranged = any_ranged || ranged;
  body.push_back(static_cast<std::byte>(ranged ? internal::ranged : internal::packed));
  for (const unsigned shift : {0U, 8U, 16U}) body.push_back(static_cast<std::byte>(data.size() >> shift));
  body.insert(body.end(), data.begin(), data.end());
}

}  // namespace

ColumnBody encode_columns(const ColumnCoding& coding, std::span<const AatBlock> boundaries, std::size_t first,
                          std::size_t count, std::span<const std::uint64_t> counters) {
  check_encodable(boundaries, first, count);
  const bool seeded = !counters.empty();
  if (seeded && (!coding.generator || counters.size() != count))
    fail(Errc::Usage, "{} generator counters for {} records of a stream {} generator", counters.size(), count,
         coding.generator ? "with a" : "without");
  if (seeded) check_drawn(*coding.generator, boundaries[0], first, counters);
  const Rows rows{boundaries.subspan(seeded ? 1 : 0), first, count};
  const auto mask_mode = mask_mode_of(rows);
  const auto gaps = gaps_of(counters);
  const unsigned gap_bits = gaps.empty() ? 0 : static_cast<unsigned>(std::bit_width(*std::ranges::max_element(gaps)));
  ByteWriter head;
  head.put(internal::layout_version);
  head.put(static_cast<std::uint8_t>(boundaries.size()));
  head.put(static_cast<std::uint8_t>(seeded));
  head.put(mask_mode);
  head.put(static_cast<std::uint32_t>(rows.columns()));
  head.put(seeded ? counters[0] : std::uint64_t{0});
  head.put(static_cast<std::uint8_t>(gap_bits));
  auto plain = std::move(head).take();
  plain.resize(internal::preamble);
  BitWriter writer(plain);
  if (mask_mode == internal::mask_per_segment) {
    rows.each(
        [&](const AatBlock& block, std::size_t space) { writer.put(rows.present(block, space) > 0 ? 1U : 0U, 1); });
    writer.pad();
  }
  for (const std::uint32_t gap : gaps) writer.put(gap, gap_bits);
  writer.pad();
  auto coded = plain;
  bool any_ranged = false;
  const bool try_ranged = !coding.frequencies.empty();
  std::size_t column = seeded ? boundaries[0].shape.spaces() : 0;
  std::vector<Address> addresses;
  rows.each([&](const AatBlock& block, std::size_t space) {
    const std::size_t at = column++;
    addresses.clear();
    for (std::size_t r = first; r < first + count; ++r)
      if (const Address a = block.entries(r, space); a != None) addresses.push_back(a);
    if (mask_mode == internal::mask_per_segment && addresses.empty()) return;
    const std::size_t mask_begin = plain.size();
    if (mask_mode == internal::mask_per_record) {
      for (std::size_t r = first; r < first + count; ++r) writer.put(block.entries(r, space) != None ? 1U : 0U, 1);
      writer.pad();
    }
    const std::size_t data_begin = plain.size();
    const unsigned bits = address_bits(block.shape.addresses(space));
    for (const Address a : addresses) writer.put(static_cast<std::uint32_t>(a), bits);
    writer.pad();
    if (!try_ranged) return;
    const auto written = std::span<const std::byte>(plain);
    coded.insert(coded.end(), plain.begin() + mask_begin, plain.begin() + data_begin);
    put_column(coded, written.subspan(data_begin), addresses, coding.frequencies.at(at), any_ranged);
  });
  ColumnBody body{.raw_length = static_cast<std::uint32_t>(plain.size()),
                  .masked = mask_mode != internal::no_mask,
                  .seeded = seeded};
  const bool gains = any_ranged && coded.size() < plain.size();
  body.codec = gains ? 1 : 0;
  body.bytes = gains ? std::move(coded) : std::move(plain);
  return body;
}

std::vector<std::byte> encode_columns(std::span<const AatBlock> boundaries, std::size_t first, std::size_t count) {
  return encode_columns(ColumnCoding{}, boundaries, first, count).bytes;
}

Result<std::vector<AatBlock>> decode_columns(std::span<const std::byte> body, const ColumnCoding& coding, std::size_t n,
                                             std::uint8_t codec, std::uint32_t raw_length) {
  const auto layout = internal::find_columns(body, coding, n, codec, raw_length);
  if (!layout) return layout.error();
  std::vector<AatBlock> boundaries;
  for (const Shape& shape : coding.shapes) boundaries.emplace_back(shape, n);
  if (layout->first_boundary == 1) {
    BitReader gaps(layout->gaps);
    std::uint64_t counter = layout->counter - 1;
    std::uint32_t widest = 0;
    for (std::size_t r = 0; r < n; ++r) {
      const std::uint32_t gap = gaps.get(layout->gap_bits);
      if (r == 0 && gap != 0) return error(Errc::Format, "the first gap is {} (the first counter says it all)", gap);
      widest = std::max(widest, gap);
      if (r > 0 && counter + 1 + gap < counter)
        return error(Errc::Format, "generator counters run over at record {}", r);
      counter += std::uint64_t{1} + gap;
      coding.generator->draw(counter, boundaries[0].entries.row(r));
    }
    if (!gaps.padding_is_zero() || static_cast<unsigned>(std::bit_width(widest)) != layout->gap_bits)
      return error(Errc::Format, "gaps of {} bits, the widest is {} (there is one encoding per content)",
                   layout->gap_bits, widest);
  }
  std::vector<Address> addresses;
  std::size_t column = 0, all = layout->first_boundary == 1 ? coding.shapes[0].spaces() : 0;
  for (std::size_t b = layout->first_boundary; b < coding.shapes.size(); ++b) {
    for (std::size_t space = 0; space < coding.shapes[b].spaces(); ++space, ++column, ++all) {
      const auto& place = layout->columns[column];
      const std::uint32_t known = coding.shapes[b].addresses(space);
      addresses.resize(place.present);
      if (place.method == internal::ranged) {
        if (!internal::range_decode(place.data, coding.frequencies[all], addresses))
          return error(Errc::Format, "column {} is no range coding of {} addresses (damaged, or another table)", all,
                       place.present);
      } else {
        BitReader reader(place.data);
        for (Address& address : addresses) {
          const std::uint32_t value = reader.get(address_bits(known));
          if (value >= known)
            return error(Errc::Format, "address {} in space {}, codebook has {} (boundary {}; wrong stream?)", value,
                         space, known, b);
          address = static_cast<Address>(value);
        }
        if (!reader.padding_is_zero()) return error(Errc::Format, "padding bits of a column are not zero");
      }
      BitReader mask(place.mask);
      std::size_t next = 0;
      for (std::size_t r = 0; r < n && next < addresses.size(); ++r)
        if (place.mask.empty() || mask.get(1) != 0) boundaries[b].entries(r, space) = addresses[next++];
    }
  }
  return boundaries;
}

Result<std::vector<AatBlock>> decode_columns(std::span<const std::byte> body, std::span<const Shape> shapes,
                                             std::size_t n) {
  return decode_columns(body, ColumnCoding{.shapes = {shapes.begin(), shapes.end()}}, n, 0,
                        static_cast<std::uint32_t>(body.size()));
}

bool columns_masked(std::span<const std::byte> body) {
  return body.size() >= internal::preamble && std::to_integer<std::uint8_t>(body[3]) != internal::no_mask;
}

bool columns_seeded(std::span<const std::byte> body) {
  return body.size() >= internal::preamble && std::to_integer<std::uint8_t>(body[2]) == 1;
}

}  // namespace assimilaate
