#pragma once
/// Walks one epoch's log from its start and lets nothing pass that does not hold together.

#include "assimilaate/stream/tombstone.hpp"

namespace assimilaate {

/// Where a log ends, so far.
struct LogState {
  std::uint64_t count = 0;     ///< segments
  std::uint64_t bytes = 0;     ///< [B]
  Digest tip{};                ///< hash of the last header; zero before the first
  std::uint64_t data = 0;      ///< records
  std::uint64_t held_out = 0;  ///< records

  /// Records of that kind so far: what the next segment of the kind names as its first.
  [[nodiscard]] std::uint64_t records(SegmentKind kind) const noexcept;
  /// Take in the header of the next segment.
  void add(const SegmentHeader& header);
};

class LogScanner {
 public:
  /// @param carrier  must outlive the scanner
  /// @param trust    who may have signed its segments
  LogScanner(const Carrier& carrier, LogName log, Trust trust = Trust::anyone())
      : carrier_(carrier), log_(log), trust_(std::move(trust)) {}

  /// Insist that the segments to come have these headers, by hash and in order.
  void pin(std::vector<Digest> chain) { pinned_ = std::move(chain); }

  /// Leave the bodies of these segments alone: they come back empty.
  void withdraw(std::vector<IndexRange> ranges) { withdrawn_ = std::move(ranges); }
  [[nodiscard]] bool withdrawn(std::uint64_t index) const;

  /// The next segment; its body is looked at until the next call. Nothing at the exact end of the log. An error names
  /// segment, offset and reason (Integrity or Format when bytes are damaged, Unsupported or Mismatch when they are
  /// sound but not for us); the scanner then stays where it is.
  [[nodiscard]] Result<std::optional<Segment>> next();
  [[nodiscard]] const LogState& state() const noexcept { return state_; }
  /// An error of `reason` that names the next segment and its offset.
  [[nodiscard]] Error at_next(const Error& reason) const;

 private:
  [[nodiscard]] std::optional<Error> check_place(const SegmentHeader& header) const;

  const Carrier& carrier_;
  LogName log_;
  Trust trust_;
  LogState state_;
  ShortDigest codebook_{};
  std::vector<std::byte> body_;
  std::vector<Digest> pinned_;
  std::vector<IndexRange> withdrawn_;
  std::uint32_t base_epoch_ = 0;
};

struct Tip;
/// Hashes of all headers up to a tip, read without bodies; they lead up to the tip's own.
[[nodiscard]] Result<std::vector<Digest>> read_chain(const Carrier& carrier, const LogName& log, const Tip& tip);

}  // namespace assimilaate
