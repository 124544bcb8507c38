#pragma once
/// A bridge fills one carrier from another, byte for byte; it holds no key.

#include <functional>

#include "assimilaate/stream/carrier.hpp"

namespace assimilaate {

/// What a bridge moved.
struct Bridged {
  std::uint64_t segments = 0, bytes = 0;
};

/// Bring what `to` lacks of a stream there: codebooks and network, key set, segments, then the head. Whatever is named
/// by the head of `from` is in `to` before its head is. A `to` that lost everything is filled anew.
/// @param progress  called after each segment, when given
/// @throws Error{Io} when `from` has no head; what the carriers throw.
Bridged bridge_stream(const Carrier& from, Carrier& to, const StreamId& stream,
                      const std::function<void(const Bridged&)>& progress = {});

}  // namespace assimilaate
