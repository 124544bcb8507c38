/// Files of targets, their checksum made to hold: what is refused is refused with a reason.

#include <cstring>

#include "assimilaate/core/digest.hpp"
#include "assimilaate/target/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assimilaate;
  const auto bytes = std::as_bytes(std::span(data, size));
  std::vector<std::byte> sound(bytes.begin(), bytes.end());
  if (const auto sum = xxh3(bytes.first(size < 8 ? 0 : size - 8)); size >= 8)
    std::memcpy(sound.data() + size - 8, &sum, sizeof sum);
  try {
    static_cast<void>(Target::from_bytes(sound, "fuzz"));
  } catch (const Error&) {
  }
  return 0;
}
