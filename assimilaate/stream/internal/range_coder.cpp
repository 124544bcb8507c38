#include "assimilaate/stream/internal/range_coder.hpp"

#include <algorithm>

namespace assimilaate::internal {
namespace {

constexpr std::uint32_t lowest = 1U << 23;  // the state lies in [lowest, 256 lowest)

struct Share {
  std::uint32_t begin, size;
};

Share share_of(std::span<const std::uint16_t> thresholds, std::size_t address) {
  const std::uint32_t begin = address == 0 ? 0 : thresholds[address - 1];
  return {begin, (address < thresholds.size() ? thresholds[address] : 65'536U) - begin};
}

}  // namespace

std::vector<std::byte> range_encode(std::span<const Address> addresses, std::span<const std::uint16_t> thresholds) {
  std::vector<std::byte> reversed;
  std::uint32_t state = lowest;
  for (std::size_t i = addresses.size(); i-- > 0;) {
    const Share share = share_of(thresholds, static_cast<std::size_t>(addresses[i]));
    for (; state >= share.size << 15; state >>= 8) reversed.push_back(static_cast<std::byte>(state));
    state = (state / share.size << 16) + state % share.size + share.begin;
  }
  for (const unsigned shift : {24U, 16U, 8U, 0U}) reversed.push_back(static_cast<std::byte>(state >> shift));
  std::ranges::reverse(reversed);
  return reversed;
}

bool range_decode(std::span<const std::byte> bytes, std::span<const std::uint16_t> thresholds, std::span<Address> out) {
  if (bytes.size() < 4) return false;
  std::uint32_t state = 0;
  for (const unsigned i : {3U, 2U, 1U, 0U}) state = state << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  if (state < lowest || state >= lowest << 8) return false;
  std::size_t next = 4;
  for (Address& address : out) {
    const auto value = static_cast<std::uint16_t>(state);
    address = owner(thresholds, value);
    const Share share = share_of(thresholds, static_cast<std::size_t>(address));
    state = share.size * (state >> 16) + value - share.begin;
    for (; state < lowest; state = state << 8 | std::to_integer<std::uint32_t>(bytes[next++]))
      if (next == bytes.size()) return false;
  }
  return state == lowest && next == bytes.size();
}

}  // namespace assimilaate::internal
