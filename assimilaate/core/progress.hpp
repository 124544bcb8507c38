#pragma once
/// How long work speaks of itself: to a sink, never to a stream.

#include <string_view>

namespace assimilaate {

/// Receives the state of a long computation. Calls come from one thread at a time.
class Progress {
 public:
  virtual ~Progress() = default;
  /// `done` of `total` units of `what` are finished.
  virtual void update(std::string_view what, double done, double total) = 0;
};

}  // namespace assimilaate
