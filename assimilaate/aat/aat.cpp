#include "assimilaate/aat/aat.hpp"

#include <algorithm>
#include <bit>
#include <charconv>

namespace assimilaate {

Shape::Shape(std::vector<std::uint32_t> addresses) : addresses_(std::move(addresses)) {
  if (addresses_.empty() || addresses_.size() > max_spaces)
    fail(Errc::Usage, "a shape of {} spaces (1 to {} are possible)", addresses_.size(), max_spaces);
  for (std::size_t m = 0; m < addresses_.size(); ++m)
    if (addresses_[m] < 2 || addresses_[m] > max_addresses)
      fail(Errc::Usage, "space {} has {} addresses (2 to {} are possible)", m, addresses_[m], max_addresses);
}

Shape::Shape(std::size_t spaces, std::uint32_t addresses)
    : Shape(std::vector<std::uint32_t>(std::min(spaces, max_spaces + 1), addresses)) {}

Shape Shape::parse(std::string_view text) {
  std::vector<std::uint32_t> addresses;
  const auto refuse = [&]() {
    fail(Errc::Usage, "'{}' is not a shape: write spaces x addresses, as 64x16 or 64x16,1x10", text);
  };
  for (std::string_view rest = text; !rest.empty();) {
    const auto comma = rest.find(',');
    const auto run = rest.substr(0, comma);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    if (comma != std::string_view::npos && rest.empty()) refuse();
    std::uint32_t spaces = 0, size = 0;
    const char* end = run.data() + run.size();
    const auto first = std::from_chars(run.data(), end, spaces);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != 'x') refuse();
    const auto second = std::from_chars(first.ptr + 1, end, size);
    if (second.ec != std::errc{} || second.ptr != end || spaces == 0 || spaces > max_spaces) refuse();
    addresses.insert(addresses.end(), spaces, size);
    if (addresses.size() > max_spaces) refuse();
  }
  if (addresses.empty()) refuse();
  return Shape(std::move(addresses));
}

unsigned address_bits(std::uint32_t addresses) { return static_cast<unsigned>(std::bit_width(addresses - 1)); }

std::size_t Shape::bits() const {
  std::size_t sum = 0;
  for (const auto s : addresses_) sum += address_bits(s);
  return sum;
}

std::string Shape::text() const {
  std::string text;
  for (std::size_t m = 0; m < addresses_.size();) {
    std::size_t run = 1;
    while (m + run < addresses_.size() && addresses_[m + run] == addresses_[m]) ++run;
    text += fmt::format("{}{}x{}", text.empty() ? "" : ",", run, addresses_[m]);
    m += run;
  }
  return text;
}

void check_addresses(const Shape& shape, MatrixView<const Address> entries) {
  if (entries.cols() != shape.spaces())
    fail(Errc::Mismatch, "tuples have {} entries, the shape {} has {} spaces", entries.cols(), shape.text(),
         shape.spaces());
  for (std::size_t i = 0; i < entries.rows(); ++i) {
    const auto aat = entries.row(i);
    for (std::size_t m = 0; m < aat.size(); ++m)
      if (aat[m] != None && (aat[m] < 0 || static_cast<std::uint32_t>(aat[m]) >= shape.addresses(m)))
        fail(Errc::Format, "tuple {}: address {} in space {}, codebook has {} (wrong stream?)", i, aat[m], m,
             shape.addresses(m));
  }
}

}  // namespace assimilaate
