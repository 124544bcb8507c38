#pragma once
/// Records in, segments out: a complete epoch of one stream.

#include "assimilaate/stream/chain.hpp"
#include "assimilaate/stream/log_writer.hpp"

namespace assimilaate {

/// What a writer begins.
enum class EpochStart {
  Complete,   ///< a teaching set of its own
  Extension,  ///< more for the newest epoch, which must be this stream's and published
  Resume      ///< the complete epoch that an earlier writer has begun and not finished; a new one where there is none
};

/// Writes an epoch. Nothing of it is visible to readers before `publish` or `finish`; a writer that is dropped leaves
/// the newest head as it was.
class StreamWriter {
 public:
  /// Segments are filled up to about this many bytes of body.
  static constexpr std::size_t target_body = 65'536;

  /// @param carrier     must outlive the writer and be open for writing
  /// @param descriptor  hashes in it are filled in from the bytes that follow
  /// @param codebooks   the codec file of every boundary, in order
  /// @param network     the stripped network's file; empty when there is none
  /// @param time_ms     Unix time to write into headers [ms]; 0 makes equal content equal bytes
  /// @param signing     who signs segments and heads
  /// @param epoch       tables and generator; the base's tip is filled in
  /// @param start       when it resumes, add all records again, from the first: those that are written are left out
  /// @throws Error{Usage} for a descriptor that breaks a limit, Error{Mismatch} when an epoch with another setup was
  /// begun, Error{Io} when the carrier fails.
  StreamWriter(Carrier& carrier, Descriptor descriptor, std::span<const std::vector<std::byte>> codebooks,
               std::span<const std::byte> network = {}, std::int64_t time_ms = 0, Signing signing = {},
               EpochSetup epoch = {}, EpochStart start = EpochStart::Complete);

  [[nodiscard]] const StreamId& id() const noexcept { return log_name_.stream; }
  [[nodiscard]] std::uint32_t epoch() const noexcept { return log_name_.epoch; }
  [[nodiscard]] const Descriptor& descriptor() const noexcept { return descriptor_; }

  /// Add records, a block per boundary.
  /// @throws Error{Mismatch} when number, shapes or sizes of blocks are not the descriptor's; Error{Format} for an
  /// address outside its space; Error{Io}.
  void add(std::span<const AatBlock> boundaries) { add(SegmentKind::Data, boundaries); }
  /// Add records whose inputs are drawn: boundary 0 is not carried.
  /// @param counters  of the generator, one a record, growing over all calls
  /// @throws as `add`; Error{Usage} without a generator, Error{Format} for an input that is not the one drawn.
  void add_seeded(std::span<const AatBlock> boundaries, std::span<const std::uint64_t> counters);
  /// Add records that are kept apart for validation.
  void add_held_out(std::span<const AatBlock> boundaries) { add(SegmentKind::HeldOut, boundaries); }
  /// Let readers see all that was added so far; more may follow.
  void publish();
  /// Write what is left, sync, publish the head. The writer takes no more records.
  void finish();

 private:
  void resume(std::span<const std::byte> setup);
  [[nodiscard]] std::size_t skip(SegmentKind kind, std::size_t records);
  void add(SegmentKind kind, std::span<const AatBlock> boundaries);
  void check(std::span<const AatBlock> boundaries) const;
  void flush(SegmentKind kind, bool all, bool last);
  [[nodiscard]] std::vector<AatBlock>& pending(SegmentKind kind) {
    return kind == SegmentKind::Data ? data_ : held_out_;
  }

  Carrier& carrier_;
  Descriptor descriptor_;
  LogName log_name_;
  ShortDigest codebook_{};
  std::int64_t time_ms_;
  std::optional<LogWriter> log_;  // nothing once finished
  std::vector<AatBlock> data_, held_out_;
  std::vector<std::uint64_t> counters_;  // of data_, where its inputs are drawn; else empty
  ColumnCoding coding_;
  std::uint64_t written_data_ = 0, written_held_out_ = 0;  // records that an earlier writer wrote, still to be added
  std::uint64_t published_ = 0;                            // segments
};

}  // namespace assimilaate
