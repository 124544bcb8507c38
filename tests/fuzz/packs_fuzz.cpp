/// packs.idx, as it comes and with sums that hold: what is taken from it are slices back to back, none too large.

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "assimilaate/carrier/internal/packs.hpp"
#include "assimilaate/core/digest.hpp"

namespace {

void check(std::span<const std::byte> index) {
  using namespace assimilaate::internal;
  std::uint64_t end = 0;
  const auto packs = parse_packs(index);
  if (packs.size() > index.size() / 16) std::abort();
  for (const Pack& pack : packs) {
    if (pack.offset != end || pack.length == 0 || pack.length > pack_bytes) std::abort();
    end = pack.end();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  check(bytes);
  std::vector<std::byte> sound(bytes.begin(), bytes.end());
  for (std::size_t at = 0; at + 16 <= size; at += 16) {
    const auto sum = assimilaate::xxh32(std::span(sound).subspan(at, 12));
    std::memcpy(sound.data() + at + 12, &sum, sizeof sum);
  }
  check(sound);
  return 0;
}
