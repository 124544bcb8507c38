#pragma once
/// Steps through a log by its structure alone: no key, no trust. What moves logs uses it.

#include "assimilaate/stream/carrier.hpp"
#include "assimilaate/stream/segment.hpp"

namespace assimilaate::internal {

/// A place between two segments.
struct LogPlace {
  std::uint64_t count = 0, offset = 0;  ///< segments and bytes before it
  Digest tip{};                         ///< hash of the header before it; zero at the start
  bool operator==(const LogPlace&) const = default;
};

class LogWalk {
 public:
  /// @param carrier  must outlive the walk
  /// @param from     where it starts
  LogWalk(const Carrier& carrier, const LogName& log, const LogPlace& from = {})
      : carrier_(carrier), log_(log), place_(from) {}

  [[nodiscard]] const LogPlace& place() const noexcept { return place_; }

  /// Go on behind the next segment, whose header is checked: it holds together, it is of this log, it follows.
  /// @throws Error{Integrity|Format|Unsupported} naming stream, epoch, segment, offset and reason
  const SegmentHeader& skip();
  /// The same; the bytes of the whole segment, until the next call. The body is not looked at.
  std::span<const std::byte> take();
  /// Why the body of the segment that `take` gave is not the one its header names, or nothing.
  [[nodiscard]] std::optional<Error> check_body() const;

  /// Whether the next segment is one of this log and follows `place`.
  [[nodiscard]] bool goes_on() const;

 private:
  [[nodiscard]] std::optional<Error> read_header(SegmentHeader& header, Digest& hash) const;
  [[noreturn]] void fail_here(const Error& reason) const;

  const Carrier& carrier_;
  LogName log_;
  LogPlace place_;
  SegmentHeader header_{};
  std::span<const std::byte> segment_{};  // that `take` gave
  mutable std::vector<std::byte> scratch_{};
};

}  // namespace assimilaate::internal
