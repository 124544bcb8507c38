#pragma once
/// Brings the streams of one place to another, once or as they grow.

#include <string>

#include "assimilaate/carrier/bridge.hpp"

namespace assimilaate {

struct PublishOptions {
  std::vector<StreamId> streams{};  ///< none: all that there are, and those that come
  bool follow = false;              ///< go on until `stop`
  double poll = 0.25;               ///< between two looks for what is new [s]
  double rate = 0;                  ///< at most so many segments a second [1/s]; 0: as fast as it goes
  bool roll_back = false;           ///< take heads that are older than those that are there
  std::stop_token stop{};
  /// After each segment: of which stream, what is done and what is to do.
  std::function<void(const StreamId& stream, const Bridged& done, const Bridged& all)> progress{};
  /// What went wrong and will be tried again, in words.
  std::function<void(const std::string& what)> trouble{};
};

struct Published {
  std::uint64_t segments = 0, bytes = 0;  ///< moved
  std::vector<StreamId> streams{};        ///< that are there now, in the order of their ids
  bool keys = false;                      ///< a key set was moved
};

/// Bring streams and key set from one carrier to another, each as `bridge_stream` does. A connection that is lost is
/// made anew, with full-jitter back-off, and what the place lost meanwhile is brought again; so is a disk that was
/// full. Without `follow` five times at
/// most, and only as long as each attempt moves something. A stream that is damaged holds up no other one;
/// when followed, it is looked at again as soon as its head changes.
/// @param from, to  URLs, as `open_carrier` takes them; both must answer at first
/// @throws Error of the first stream that could not be published, after all others were (not when followed); Error{Io}
/// when there is nothing to publish or a place cannot be reached; Error{Interrupted} when stopped before the end (not
/// when followed).
Published publish_streams(const std::string& from, const std::string& to, const PublishOptions& options = {});

}  // namespace assimilaate
