#pragma once
/// The end of a log where segments are added: sync, then head.

#include "assimilaate/stream/head.hpp"
#include "assimilaate/stream/log_scanner.hpp"
#include "assimilaate/stream/signing.hpp"

namespace assimilaate {

/// Opens a log of an epoch, new or begun, for appending.
///
/// Recovery on opening: the log is scanned; at the first segment that fails it is cut, if that segment's index is not
/// below the head's count (no reader was promised it) and at most one sync group is lost. Anything else was durable, so
/// it is corruption: Error{Integrity} names segment, offset, reason and remedy, and the log stays as it is.
class LogWriter {
 public:
  static constexpr std::uint64_t sync_group = 256;  ///< segments between two syncs

  /// @param carrier  must outlive the writer
  /// @param signing  a log that is begun is gone on with by the same key only: nobody vouches for what another wrote
  LogWriter(Carrier& carrier, LogName log, Signing signing = {});

  /// Add a segment; its place in the chain is filled in here.
  /// @throws Error{Usage} for a body over 1 MiB; what the carrier throws. The segment is not visible to readers before
  /// `publish`.
  void append(SegmentKind kind, std::span<const std::byte> body, std::uint32_t records, const ShortDigest& codebook,
              std::uint16_t flags = 0, std::int64_t time_ms = 0);
  /// The same with all that the caller knows of a header: kind, codec and raw length, flags, codebook, records, time,
  /// and for segment 0 the base epoch.
  void append(SegmentHeader header, std::span<const std::byte> body);
  /// Take back segments that were written: readers leave them out as soon as this is published.
  /// @throws Error{Usage} for ranges that are not behind the setup and before the log's end.
  void withdraw(const Tombstone& tombstone, std::int64_t time_ms = 0);
  /// Sync, then state the tip in a head of the next version: from now on readers see all that was appended.
  void publish(std::int64_t time_ms = 0);

  [[nodiscard]] const LogState& state() const noexcept { return state_; }
  /// True when a segment ended the epoch.
  [[nodiscard]] bool closed() const noexcept { return closed_; }
  /// Bytes of a torn tail that were cut on opening.
  [[nodiscard]] std::uint64_t cut_bytes() const noexcept { return cut_bytes_; }

 private:
  void recover();

  Carrier& carrier_;
  LogName log_;
  Signing signing_;
  std::optional<Head> head_;
  bool head_is_ours_ = true;  // it was signed as we sign
  bool closed_ = false;
  LogState state_;
  ShortDigest codebook_{};
  std::uint32_t base_epoch_ = 0;
  std::uint64_t unsynced_ = 0;  // segments
  std::uint64_t cut_bytes_ = 0;
};

/// The newest head of a stream; nothing when it has none. @throws what `parse_head` finds.
[[nodiscard]] std::optional<Head> read_head(const Carrier& carrier, const StreamId& stream,
                                            const Trust& trust = Trust::anyone());

}  // namespace assimilaate
