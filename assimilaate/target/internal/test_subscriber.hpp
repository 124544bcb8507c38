#pragma once
/// Subscribers, streams and uplinks for tests of what lives on a stream.

#include <gtest/gtest.h>

#include "assimilaate/core/file.hpp"
#include "assimilaate/stream/statements.hpp"
#include "assimilaate/target/internal/test_stream.hpp"
#include "assimilaate/target/subscriber.hpp"

namespace assimilaate::internal {

/// Takes reports in, or refuses to.
class Reports final : public Uplink {
 public:
  bool broken = false;
  std::vector<Bytes> all{};
  void send(std::span<const std::byte> segment) override {
    if (broken) fail(Errc::Io, "nobody there");
    all.emplace_back(segment.begin(), segment.end());
  }
  [[nodiscard]] Report last(const PublicKey& device) const {
    return parse_report(all.back(), Trust().grant({.key = device, .role = Role::Device})).value().body;
  }
};

inline SubscriberOptions small(const std::string& profile = "mss") {
  return {.profile = test_profile(profile), .group = 16, .passes = 4, .tolerance = 0.1};
}

/// 64 examples in four groups, published as they come.
inline TestStream live(std::uint64_t weights = 5) {
  TestStream made;
  made.seed = weights;
  made.examples = 64;
  made.live = 16;
  static const auto codecs = TestStream{.examples = 64}.fitted();
  made.codecs = codecs;
  return made;
}

/// Turns until there is nothing to do; what happened last before that.
inline Turn settle(Subscriber& target, const Carrier* from, Uplink* up = nullptr, const SourceTrust& trust = {}) {
  Turn last;
  for (int turns = 0; turns < 100; ++turns) {
    if (up != nullptr) target.send(*up);
    const Turn turn = target.turn(from, trust);
    if (turn.kind == Turn::Kind::Idle) return last;
    last = turn;
  }
  ADD_FAILURE() << "it goes on for ever: " << last.reason;
  return last;
}

/// The memristors and the cursor of the bank that serves.
inline Bytes served_by(const std::filesystem::path& folder) { return read_file(Subscriber::serving_file(folder)); }

}  // namespace assimilaate::internal
