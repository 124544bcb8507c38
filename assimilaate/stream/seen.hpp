#pragma once
/// What a target remembers of a stream, so that nobody can lead it back: numbers that only grow.

#include <cstdint>

#include "assimilaate/core/digest.hpp"
#include "assimilaate/core/error.hpp"

namespace assimilaate {

struct Seen {
  std::uint32_t keys_version = 0;  ///< 0: no key set
  std::uint64_t head_version = 0;
  std::uint32_t epoch = 0;   ///< 0: nothing was seen yet
  std::uint64_t count = 0;   ///< segments of that epoch
  Digest tip{};              ///< hash of the last of their headers
  std::int64_t time_ms = 0;  ///< latest signed time, Unix [ms]: a lower bound where there is no clock
  bool operator==(const Seen&) const = default;
};

/// What a target has seen after `now`, too. Every refusal is an Error{Integrity} with a reason of its own: an older key
/// set, an older head, an older epoch, two heads of one version, fewer segments, an expired head.
/// @param expires_ms  of the head at hand [ms]; 0: never
/// @param reset       its key set, when it is newer, makes head versions and epochs begin anew
[[nodiscard]] Result<Seen> take_in(const Seen& before, const Seen& now, std::int64_t expires_ms, bool reset);

}  // namespace assimilaate
