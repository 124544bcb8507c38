#include "assimilaate/stream/internal/column_layout.hpp"

#include <algorithm>
#include <cstring>

#include "assimilaate/stream/internal/bits.hpp"
#include "assimilaate/stream/segment.hpp"

namespace assimilaate::internal {
namespace {

struct Preamble {
  std::uint8_t layout, boundaries, input_mode, mask_mode;
  std::uint32_t columns;
  std::uint64_t counter;
  std::uint8_t gap_bits, reserved[15];
};
static_assert(sizeof(Preamble) == preamble);

std::size_t count_columns(std::span<const Shape> shapes) {
  std::size_t columns = 0;
  for (const Shape& shape : shapes) columns += shape.spaces();
  return columns;
}

std::optional<Error> check_preamble(const Preamble& p, const ColumnCoding& coding) {
  if (p.layout != layout_version)
    return error(Errc::Unsupported, "column layout {}, this build reads layout 1", p.layout);
  if (p.input_mode > 1) return error(Errc::Unsupported, "input mode {}, this build reads modes 0 and 1", p.input_mode);
  if (p.mask_mode > mask_per_record)
    return error(Errc::Unsupported, "mask mode {}, this build reads modes 0, 1 and 2", p.mask_mode);
  const bool seeded = p.input_mode == 1;
  if (seeded && !coding.generator)
    return error(Errc::Format, "its inputs are drawn from a seed, the setup has no generator (wrong stream?)");
  const std::size_t columns = count_columns(std::span(coding.shapes).subspan(seeded ? 1 : 0));
  if (p.boundaries != coding.shapes.size() || p.columns != columns)
    return error(Errc::Format, "{} boundaries with {} spaces, the descriptor has {} with {} (wrong stream?)",
                 p.boundaries, p.columns, coding.shapes.size(), columns);
  if ((!seeded && (p.counter != 0 || p.gap_bits != 0)) ||
      std::ranges::any_of(p.reserved, [](std::uint8_t b) { return b != 0; }))
    return error(Errc::Format, "generator fields or reserved bytes are not zero beside explicit inputs");
  if (p.gap_bits > most_gap_bits)
    return error(Errc::Format, "gaps of {} bits, at most {} are allowed", p.gap_bits, most_gap_bits);
  return std::nullopt;
}

/// Takes bytes from the front of a body.
class Cutter {
 public:
  explicit Cutter(std::span<const std::byte> rest) : rest_(rest) {}
  [[nodiscard]] bool take(std::size_t count, std::span<const std::byte>& part) {
    if (count > rest_.size()) return false;
    part = rest_.first(count);
    rest_ = rest_.subspan(count);
    return true;
  }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

 private:
  std::span<const std::byte> rest_;
};

std::size_t count_bits(std::span<const std::byte> bits, std::size_t n) {
  BitReader reader(bits);
  std::size_t ones = 0;
  for (std::size_t i = 0; i < n; ++i) ones += reader.get(1);
  return ones;
}

bool padded_with_zeros(std::span<const std::byte> bits, std::size_t n) {
  BitReader reader(bits);
  for (std::size_t i = 0; i < n; ++i) reader.get(1);
  return reader.padding_is_zero();
}

}  // namespace

Result<ColumnLayout> find_columns(std::span<const std::byte> body, const ColumnCoding& coding, std::size_t n,
                                  std::uint8_t codec, std::uint32_t raw_length) {
  if (codec > 1) return error(Errc::Unsupported, "codec 0x{:02x}, this build reads codecs 0 and 1", codec);
  if (body.size() < preamble)
    return error(Errc::Format, "{} bytes of records, their preamble alone is {}", body.size(), preamble);
  Preamble p;
  std::memcpy(&p, body.data(), sizeof p);
  if (auto broken = check_preamble(p, coding)) return *std::move(broken);
  ColumnLayout layout{.mask_mode = p.mask_mode,
                      .first_boundary = p.input_mode == 1 ? 1U : 0U,
                      .counter = p.counter,
                      .gap_bits = p.gap_bits};
  const std::size_t drawn = layout.first_boundary == 1 ? coding.shapes[0].spaces() : 0;
  if (n > most_entries / (p.columns + drawn))
    return error(Errc::Format, "columns of {} records with {} addresses each, at most {} together are allowed", n,
                 p.columns + drawn, most_entries);
  Cutter rest(body.subspan(preamble));
  std::span<const std::byte> there;
  if (p.mask_mode == mask_per_segment) {
    if (!rest.take(bytes_of(p.columns), there)) return error(Errc::Format, "the records end inside a mask");
    if (!padded_with_zeros(there, p.columns)) return error(Errc::Format, "padding bits of a mask are not zero");
  }
  if (!rest.take(bytes_of(n * p.gap_bits), layout.gaps)) return error(Errc::Format, "the records end inside the gaps");
  std::size_t raw = body.size() - rest.left();
  BitReader columns_there(there);
  bool any_ranged = false, all_or_nothing = true;
  layout.columns.reserve(std::min<std::size_t>(p.columns, body.size()));
  std::size_t column = drawn;
  for (std::size_t b = layout.first_boundary; b < coding.shapes.size(); ++b) {
    for (std::size_t space = 0; space < coding.shapes[b].spaces(); ++space, ++column) {
      ColumnPlace place{.mask = {}, .data = {}, .present = n};
      if (p.mask_mode == mask_per_segment && columns_there.get(1) == 0) {
        layout.absent += n;
        place.present = 0;
        layout.columns.push_back(place);
        continue;
      }
      if (p.mask_mode == mask_per_record) {
        if (!rest.take(bytes_of(n), place.mask)) return error(Errc::Format, "the records end inside a mask");
        if (!padded_with_zeros(place.mask, n)) return error(Errc::Format, "padding bits of a mask are not zero");
        place.present = count_bits(place.mask, n);
        layout.absent += n - place.present;
        all_or_nothing = all_or_nothing && (place.present == 0 || place.present == n);
        raw += bytes_of(n);
      }
      const std::size_t plain = bytes_of(place.present * address_bits(coding.shapes[b].addresses(space)));
      std::size_t length = plain;
      if (codec == 1) {
        std::span<const std::byte> head;
        if (!rest.take(4, head)) return error(Errc::Format, "the records end before a column");
        place.method = std::to_integer<std::uint8_t>(head[0]);
        length = std::to_integer<std::size_t>(head[1]) | std::to_integer<std::size_t>(head[2]) << 8U |
                 std::to_integer<std::size_t>(head[3]) << 16U;
        if (place.method > ranged) return error(Errc::Unsupported, "column method {}, there are 0 and 1", place.method);
        if (place.method == packed ? length != plain : length >= plain)
          return error(Errc::Format, "a column of {} bytes in method {}, packed it has {}", length, place.method,
                       plain);
        if (place.method == ranged && (coding.frequencies.size() <= column || coding.frequencies[column].empty()))
          return error(Errc::Format, "column {} is range coded, the setup has no table for it (wrong stream?)", column);
        any_ranged = any_ranged || place.method == ranged;
      }
      if (!rest.take(length, place.data))
        return error(Errc::Format, "the columns of {} records need more than the {} bytes there are", n, body.size());
      raw += plain;
      layout.columns.push_back(place);
    }
  }
  if (rest.left() > 0)
    return error(Errc::Format, "the columns of {} records take {} bytes, there are {}", n, body.size() - rest.left(),
                 body.size());
  if (codec == 1 && !any_ranged)
    return error(Errc::Format, "codec 1 without a range coded column (there is one encoding per content)");
  if (raw != raw_length)
    return error(Errc::Format, "decoded the records have {} bytes, their header says {}", raw, raw_length);
  if (p.mask_mode != no_mask && layout.absent == 0)
    return error(Errc::Format, "a mask that hides nothing (there is one encoding per content)");
  if (p.mask_mode == mask_per_record && all_or_nothing)
    return error(Errc::Format, "a mask per record that hides whole columns (there is one encoding per content)");
  return layout;
}

}  // namespace assimilaate::internal
