/// Setups and descriptors: nothing crashes, and what is accepted is read again as it was once it is written.

#include <cstdlib>

#include "assimilaate/stream/setup.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assimilaate;
  const auto body = std::as_bytes(std::span(data, size));
  if (const auto descriptor = parse_descriptor(body);
      descriptor && parse_descriptor(write_descriptor(*descriptor)).value() != *descriptor)
    std::abort();
  const auto setup = parse_setup(body);
  if (!setup) return 0;
  const auto written = write_setup(setup->descriptor, setup->epoch);
  if (write_setup(parse_setup(written)->descriptor, parse_setup(written)->epoch) != written) std::abort();
  return 0;
}
