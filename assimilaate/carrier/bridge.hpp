#pragma once
/// A bridge fills one carrier from another, byte for byte; it holds no key.

#include <functional>
#include <stop_token>

#include "assimilaate/stream/carrier.hpp"

namespace assimilaate {

/// What a bridge moved.
struct Bridged {
  std::uint64_t segments = 0, bytes = 0;
  bool whole = false;  ///< `to` has the newest head; false when it was stopped before
};

struct BridgeOptions {
  double rate = 0;         ///< at most so many segments a second [1/s]; 0: as fast as it goes
  std::stop_token stop{};  ///< ends the call between two segments; what was moved is kept, no head is put
  bool roll_back = false;  ///< take a head that is older than the one in `to`
  /// Called after each segment with what is done and what this call has to do.
  std::function<void(const Bridged& done, const Bridged& all)> progress{};
};

/// Bring what `to` lacks of a stream there: codebooks and network, key set, the logs of the newest epoch and of those
/// it extends, then the head. Whatever is named by the head of `from` is in `to`, and synced, before its head is; what
/// lies behind the head of `from` stays there. A `to` that was cut short anywhere is gone on with, one that holds
/// another log or lost everything is filled anew, one that lacks nothing is not written to: call it again and again.
/// All that is to be moved is read and checked first, by its structure and hashes, so that nothing of a damaged stream
/// is published.
/// @throws Error{Io} when `from` has no head; Error{Integrity|Format|Mismatch|Unsupported} for damage in `from`, naming
/// place and reason; Error{Mismatch} when the head in `to` is newer than that of `from`; what the carriers throw.
Bridged bridge_stream(const Carrier& from, Carrier& to, const StreamId& stream, const BridgeOptions& options = {});

/// Bring the key set there, if `from` has one and `to` has none or another that is not newer. Whether it did.
/// @throws Error{Integrity|Format|…} for a set that is damaged.
bool bridge_keys(const Carrier& from, Carrier& to);

}  // namespace assimilaate
