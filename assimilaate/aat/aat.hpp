#pragma once
/// Activation address tuples: what goes into a transform and what comes out of it.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assimilaate/core/matrix.hpp"

namespace assimilaate {

/// One entry of a tuple: an address in [0, S) of its space, or `None` (the space stays silent).
using Address = std::int32_t;
inline constexpr Address None = -1;

/// The number of addresses of each space. Written `64x16`: 64 spaces of 16 addresses; runs are joined by commas,
/// `64x16,1x10`.
class Shape {
 public:
  static constexpr std::uint32_t max_addresses = 65'536;
  static constexpr std::size_t max_spaces = 65'536;

  Shape() = default;
  /// @throws Error{Usage} for a space of fewer than 2 or more than 65 536 addresses, or too many spaces.
  explicit Shape(std::vector<std::uint32_t> addresses);
  Shape(std::size_t spaces, std::uint32_t addresses);
  /// @throws Error{Usage} when the text is not `MxS[,MxS...]`.
  [[nodiscard]] static Shape parse(std::string_view text);

  [[nodiscard]] std::size_t spaces() const noexcept { return addresses_.size(); }
  [[nodiscard]] std::uint32_t addresses(std::size_t space) const { return addresses_[space]; }
  /// Bits of one packed tuple: the sum of ceil(log2 S_m).
  [[nodiscard]] std::size_t bits() const;
  [[nodiscard]] std::string text() const;
  bool operator==(const Shape&) const = default;

 private:
  std::vector<std::uint32_t> addresses_;
};

/// Bits of one packed address of a space: ceil(log2 addresses).
[[nodiscard]] unsigned address_bits(std::uint32_t addresses);

/// One tuple: an entry per space.
using Aat = std::span<const Address>;

/// Many tuples of one shape, one per row.
struct AatBlock {
  Shape shape;
  Matrix<Address> entries;

  AatBlock() = default;
  AatBlock(Shape s, std::size_t count) : shape(std::move(s)), entries(count, shape.spaces(), None) {}
  [[nodiscard]] std::size_t size() const noexcept { return entries.rows(); }
  [[nodiscard]] Aat operator[](std::size_t i) const { return entries.row(i); }
};

/// Check every entry against its space.
/// @throws Error{Format} naming the tuple, the space, the address and the size of its codebook.
void check_addresses(const Shape& shape, MatrixView<const Address> entries);

}  // namespace assimilaate
