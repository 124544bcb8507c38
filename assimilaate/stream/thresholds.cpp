#include "assimilaate/stream/thresholds.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assimilaate/core/random.hpp"

namespace assimilaate {
namespace {

constexpr std::uint32_t whole = 65'536;

void put(std::vector<std::byte>& out, std::span<const std::uint16_t> table) {
  for (const std::uint16_t t : table) {
    out.push_back(static_cast<std::byte>(t & 0xffU));
    out.push_back(static_cast<std::byte>(t >> 8U));
  }
}

/// A table of K - 1 from the front of `bytes`; nothing when they are too few or no thresholds.
std::optional<Thresholds> take(std::span<const std::byte>& bytes, std::uint32_t addresses) {
  const std::size_t count = addresses - 1;
  if (bytes.size() < 2 * count) return std::nullopt;
  Thresholds table(count);
  for (std::size_t i = 0; i < count; ++i)
    table[i] = static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[2 * i]) |
                                          std::to_integer<unsigned>(bytes[2 * i + 1]) << 8U);
  bytes = bytes.subspan(2 * count);
  if (!are_thresholds(table)) return std::nullopt;
  return table;
}

}  // namespace

bool are_thresholds(std::span<const std::uint16_t> thresholds) {
  return !thresholds.empty() && thresholds.front() > 0 &&
         std::ranges::adjacent_find(thresholds, std::greater_equal<>()) == thresholds.end();
}

Thresholds thresholds_of(std::span<const std::uint64_t> counts) {
  const auto k = static_cast<std::uint32_t>(counts.size());
  const auto total = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  ASSIMILAATE_EXPECTS(total < std::uint64_t{1} << 47);
  // One for each address, the rest by share, cumulated so that rounding never adds up.
  const std::uint64_t rest = whole - k;
  Thresholds thresholds(k - 1);
  std::uint64_t before = 0;
  for (std::uint32_t a = 0; a + 1 < k; ++a) {
    before += counts[a];
    const auto share = total == 0 ? rest * (a + 1) / k : rest * before / total;
    thresholds[a] = static_cast<std::uint16_t>(a + 1 + share);
  }
  return thresholds;
}

Address owner(std::span<const std::uint16_t> thresholds, std::uint16_t value) {
  return static_cast<Address>(std::ranges::upper_bound(thresholds, value) - thresholds.begin());
}

double coded_bits(std::span<const std::uint64_t> counts, std::span<const std::uint16_t> thresholds) {
  double bits = 0;
  for (std::size_t a = 0; a < counts.size(); ++a) {
    const double low = a == 0 ? 0 : thresholds[a - 1], high = a + 1 < counts.size() ? thresholds[a] : whole;
    if (counts[a] > 0) bits += static_cast<double>(counts[a]) * std::log2(whole / (high - low));
  }
  return bits;
}

std::vector<Thresholds> fit_frequencies(std::span<const AatBlock> sample, std::size_t records) {
  std::vector<Thresholds> tables;
  for (const AatBlock& block : sample) {
    for (std::size_t space = 0; space < block.shape.spaces(); ++space) {
      Thresholds& table = tables.emplace_back();
      const std::uint32_t addresses = block.shape.addresses(space);
      std::vector<std::uint64_t> counts(addresses);
      std::uint64_t present = 0;
      for (std::size_t r = 0; r < block.size(); ++r)
        if (const Address a = block.entries(r, space); a != None) ++counts[static_cast<std::size_t>(a)], ++present;
      if (present == 0) continue;
      auto fitted = thresholds_of(counts);
      const double packed = static_cast<double>(present) * address_bits(addresses);
      const double gain = packed - coded_bits(counts, fitted);
      const double all = static_cast<double>(records) / static_cast<double>(block.size());
      if (gain > 0.04 * packed && gain * all > 16.0 * (addresses - 1)) table = std::move(fitted);
    }
  }
  if (std::ranges::all_of(tables, [](const Thresholds& table) { return table.empty(); })) tables.clear();
  return tables;
}

void InputGenerator::draw(std::uint64_t record, std::span<Address> out) const {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  for (std::size_t first = 0; first < marginals.size(); first += 8) {
    const auto words = philox({low(seed), low(seed >> 32)}, {low(record), low(record >> 32), low(first / 8), 0});
    for (std::size_t s = first; s < std::min(first + 8, marginals.size()); ++s) {
      const std::uint32_t word = words[(s - first) / 2];
      out[s] = owner(marginals[s], static_cast<std::uint16_t>((s - first) % 2 == 0 ? word : word >> 16));
    }
  }
}

std::vector<std::byte> write_marginals(std::span<const Thresholds> tables) {
  std::vector<std::byte> bytes;
  for (const Thresholds& table : tables) put(bytes, table);
  return bytes;
}

std::optional<std::vector<Thresholds>> parse_marginals(std::span<const std::byte> bytes, const Shape& shape) {
  std::vector<Thresholds> tables;
  for (std::size_t space = 0; space < shape.spaces(); ++space) {
    auto table = take(bytes, shape.addresses(space));
    if (!table) return std::nullopt;
    tables.push_back(*std::move(table));
  }
  if (!bytes.empty()) return std::nullopt;
  return tables;
}

std::vector<std::byte> write_frequencies(std::span<const Thresholds> tables) {
  std::vector<std::byte> bytes;
  for (const Thresholds& table : tables) {
    bytes.push_back(static_cast<std::byte>(!table.empty()));
    put(bytes, table);
  }
  return bytes;
}

std::optional<std::vector<Thresholds>> parse_frequencies(std::span<const std::byte> bytes,
                                                         std::span<const Shape> shapes) {
  std::vector<Thresholds> tables;
  for (const Shape& shape : shapes) {
    for (std::size_t space = 0; space < shape.spaces(); ++space) {
      if (bytes.empty() || bytes.front() > std::byte{1}) return std::nullopt;
      const bool there = bytes.front() == std::byte{1};
      bytes = bytes.subspan(1);
      Thresholds table;
      if (there) {
        auto found = take(bytes, shape.addresses(space));
        if (!found) return std::nullopt;
        table = *std::move(found);
      }
      tables.push_back(std::move(table));
    }
  }
  if (!bytes.empty()) return std::nullopt;
  return tables;
}

}  // namespace assimilaate
