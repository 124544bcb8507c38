#include "assimilaate/stream/columns.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "assimilaate/core/bytes.hpp"

namespace assimilaate {
namespace {

constexpr std::size_t preamble = 32;  // [B]
constexpr std::uint8_t layout = 1, no_mask = 0, mask_per_record = 2;
constexpr std::size_t least_boundaries = 2, most_boundaries = 64, most_columns = 65'536;

constexpr std::size_t bytes_of(std::size_t bits) { return (bits + 7) / 8; }

/// Appends values of a few bits, least significant bit first.
class BitWriter {
 public:
  explicit BitWriter(std::vector<std::byte>& out) : out_(out) {}
  void put(std::uint32_t value, unsigned bits) {
    pending_ |= std::uint64_t{value} << count_;
    for (count_ += bits; count_ >= 8; count_ -= 8, pending_ >>= 8) out_.push_back(static_cast<std::byte>(pending_));
  }
  void pad() {
    if (count_ > 0) out_.push_back(static_cast<std::byte>(pending_));
    pending_ = 0;
    count_ = 0;
  }

 private:
  std::vector<std::byte>& out_;
  std::uint64_t pending_ = 0;
  unsigned count_ = 0;
};

/// Takes them back; the bytes must be long enough.
class BitReader {
 public:
  explicit BitReader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::uint32_t get(unsigned bits) {
    for (; count_ < bits; count_ += 8) pending_ |= std::to_integer<std::uint64_t>(bytes_[next_++]) << count_;
    const auto value = static_cast<std::uint32_t>(pending_ & ((std::uint64_t{1} << bits) - 1));
    pending_ >>= bits;
    count_ -= bits;
    return value;
  }
  [[nodiscard]] bool padding_is_zero() const { return pending_ == 0; }

 private:
  std::span<const std::byte> bytes_;
  std::size_t next_ = 0;
  std::uint64_t pending_ = 0;
  unsigned count_ = 0;
};

bool any_none(std::span<const AatBlock> boundaries, std::size_t first, std::size_t count) {
  return std::ranges::any_of(boundaries, [&](const AatBlock& block) {
    const auto rows = block.entries.slice(first, count);
    return std::ranges::count(std::span(rows.data(), rows.size()), None) > 0;
  });
}

void check_encodable(std::span<const AatBlock> boundaries, std::size_t first, std::size_t count) {
  std::size_t columns = 0;
  for (const AatBlock& block : boundaries) {
    columns += block.shape.spaces();
    if (block.size() < first + count)
      fail(Errc::Mismatch, "a boundary has {} records, {} are to be written (one AAT per boundary and record)",
           block.size(), first + count);
    check_addresses(block.shape, block.entries.slice(first, count));
  }
  if (boundaries.size() < least_boundaries || boundaries.size() > most_boundaries || columns > most_columns)
    fail(Errc::Usage, "{} boundaries with {} spaces, a stream has 2..64 and at most 65536", boundaries.size(), columns);
}

std::optional<Error> check_preamble(std::span<const std::byte> body, std::span<const Shape> shapes) {
  if (body.size() < preamble)
    return error(Errc::Format, "{} bytes of records, their preamble alone is {}", body.size(), preamble);
  const auto byte = [&](std::size_t i) { return std::to_integer<unsigned>(body[i]); };
  if (byte(0) != layout) return error(Errc::Unsupported, "column layout {}, this build reads layout 1", byte(0));
  if (byte(2) != 0) return error(Errc::Unsupported, "input mode {}, this build reads explicit inputs only", byte(2));
  if (byte(3) != no_mask && byte(3) != mask_per_record)
    return error(Errc::Unsupported, "mask mode {}, this build reads modes 0 and 2", byte(3));
  std::size_t columns = 0;
  for (const Shape& shape : shapes) columns += shape.spaces();
  std::uint32_t named;
  std::memcpy(&named, body.data() + 4, sizeof named);
  if (byte(1) != shapes.size() || named != columns)
    return error(Errc::Format, "{} boundaries with {} spaces, the descriptor has {} with {} (wrong stream?)", byte(1),
                 named, shapes.size(), columns);
  if (std::ranges::any_of(body.subspan(8, preamble - 8), [](std::byte b) { return b != std::byte{0}; }))
    return error(Errc::Format, "generator fields or reserved bytes are not zero beside explicit inputs");
  return std::nullopt;
}

/// Why the body of unmasked or masked columns cannot be as long as it is, or nothing. Counts presence bits, copies
/// nothing.
std::optional<Error> check_lengths(std::span<const std::byte> body, std::span<const Shape> shapes, std::size_t n,
                                   bool masked) {
  std::size_t used = preamble;
  for (const Shape& shape : shapes) {
    for (std::size_t space = 0; space < shape.spaces(); ++space) {
      std::size_t present = n;
      if (masked) {
        if (body.size() - used < bytes_of(n)) return error(Errc::Format, "the records end inside a mask");
        BitReader mask(body.subspan(used, bytes_of(n)));
        present = 0;
        for (std::size_t r = 0; r < n; ++r) present += mask.get(1);
        used += bytes_of(n);
      }
      const std::size_t length = bytes_of(present * address_bits(shape.addresses(space)));
      if (body.size() - used < length)
        return error(Errc::Format, "the columns of {} records need more than the {} bytes there are", n, body.size());
      used += length;
    }
  }
  if (used != body.size())
    return error(Errc::Format, "the columns of {} records take {} bytes, there are {}", n, used, body.size());
  return std::nullopt;
}

}  // namespace

std::vector<std::byte> encode_columns(std::span<const AatBlock> boundaries, std::size_t first, std::size_t count) {
  check_encodable(boundaries, first, count);
  const bool masked = any_none(boundaries, first, count);
  std::uint32_t columns = 0;
  for (const AatBlock& block : boundaries) columns += static_cast<std::uint32_t>(block.shape.spaces());
  ByteWriter head;
  head.put(layout);
  head.put(static_cast<std::uint8_t>(boundaries.size()));
  head.put(std::uint8_t{0});
  head.put(masked ? mask_per_record : no_mask);
  head.put(columns);
  auto body = std::move(head).take();
  body.resize(preamble);
  BitWriter writer(body);
  for (const AatBlock& block : boundaries) {
    for (std::size_t space = 0; space < block.shape.spaces(); ++space) {
      if (masked) {
        for (std::size_t r = first; r < first + count; ++r) writer.put(block.entries(r, space) != None ? 1U : 0U, 1);
        writer.pad();
      }
      const unsigned bits = address_bits(block.shape.addresses(space));
      for (std::size_t r = first; r < first + count; ++r)
        if (const Address a = block.entries(r, space); a != None) writer.put(static_cast<std::uint32_t>(a), bits);
      writer.pad();
    }
  }
  return body;
}

Result<std::vector<AatBlock>> decode_columns(std::span<const std::byte> body, std::span<const Shape> shapes,
                                             std::size_t n) {
  if (auto broken = check_preamble(body, shapes)) return *std::move(broken);
  const bool masked = columns_masked(body);
  if (auto broken = check_lengths(body, shapes, n, masked)) return *std::move(broken);
  std::vector<AatBlock> boundaries;
  std::size_t absent = 0;
  auto rest = body.subspan(preamble);
  for (std::size_t b = 0; b < shapes.size(); ++b) {
    const Shape& shape = shapes[b];
    AatBlock& block = boundaries.emplace_back(shape, n);
    for (std::size_t space = 0; space < shape.spaces(); ++space) {
      std::size_t present = n;
      if (masked) {
        BitReader mask(rest.first(bytes_of(n)));
        for (std::size_t r = 0; r < n; ++r) {
          if (mask.get(1) != 0)
            block.entries(r, space) = 0;
          else
            --present;
        }
        if (!mask.padding_is_zero()) return error(Errc::Format, "padding bits of a mask are not zero");
        rest = rest.subspan(bytes_of(n));
        absent += n - present;
      }
      const unsigned bits = address_bits(shape.addresses(space));
      BitReader column(rest.first(bytes_of(present * bits)));
      for (std::size_t r = 0; r < n; ++r) {
        if (masked && block.entries(r, space) == None) continue;
        const std::uint32_t address = column.get(bits);
        if (address >= shape.addresses(space))
          return error(Errc::Format, "address {} in space {}, codebook has {} (boundary {}; wrong stream?)", address,
                       space, shape.addresses(space), b);
        block.entries(r, space) = static_cast<Address>(address);
      }
      if (!column.padding_is_zero()) return error(Errc::Format, "padding bits of a column are not zero");
      rest = rest.subspan(bytes_of(present * bits));
    }
  }
  if (masked && absent == 0)
    return error(Errc::Format, "a mask that hides nothing (there is one encoding per content)");
  return boundaries;
}

bool columns_masked(std::span<const std::byte> body) {
  return body.size() >= preamble && std::to_integer<std::uint8_t>(body[3]) != no_mask;
}

}  // namespace assimilaate
