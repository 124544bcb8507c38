#pragma once
/// The segments a head vouches for, in order.

#include "assimilaate/stream/log_writer.hpp"
#include "assimilaate/stream/setup.hpp"
#include "assimilaate/stream/source_trust.hpp"

namespace assimilaate {

/// How far a reader goes.
enum class Extent {
  Whole,  ///< all that the head vouches for
  SoFar   ///< what of it is there: a log that is still being fetched. Every signature is then checked.
};

/// Reads [0, head.count) of the newest epoch; bytes behind that are not yet published and not looked at. Never changes
/// the log.
class LogReader {
 public:
  /// Checks the head and reads the setup.
  /// @param carrier  must outlive the reader
  /// @throws Error{Io} without a head, Error{Integrity|Format|Mismatch|Unsupported} when head or setup do not hold
  /// together or nobody who is trusted vouches for them.
  LogReader(const Carrier& carrier, const StreamId& stream, const SourceTrust& trust = {},
            Extent extent = Extent::Whole);

  /// One that reads an epoch that another one extends, up to where that says it ends.
  LogReader(const Carrier& carrier, const LogName& log, const Digest& tip, const SourceTrust& trust = {});

  /// Of the newest epoch; of another one, only its tip's epoch and hash.
  [[nodiscard]] const Head& head() const noexcept { return head_; }
  [[nodiscard]] const EpochSetup& setup() const noexcept { return setup_; }
  [[nodiscard]] std::uint32_t base_epoch() const noexcept { return base_epoch_; }  ///< that it extends; 0: none
  [[nodiscard]] const LogState& state() const noexcept { return scanner_.state(); }
  [[nodiscard]] const Descriptor& descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] std::uint64_t setup_bytes() const noexcept { return setup_bytes_; }  ///< body of the setup [B]

  /// The key id that the head is signed with; 0: unsigned.
  [[nodiscard]] std::uint64_t signer() const noexcept { return signer_; }
  /// True once the segment that ends the epoch was read.
  [[nodiscard]] bool closed() const noexcept { return closed_; }
  /// Hashes of the headers read so far, in order.
  [[nodiscard]] const std::vector<Digest>& chain() const noexcept { return chain_; }

  /// The next segment after the setup, ancillary, withdrawn ones and tombstones left out; nothing at the head's count,
  /// where the chain ended in its tip, or at the end of what is there so far.
  /// @throws Error naming segment, offset, reason and remedy.
  [[nodiscard]] std::optional<Segment> next();
  /// The records of a segment that `next` gave, a block per boundary. @throws Error{Format|Unsupported} naming the
  /// segment.
  [[nodiscard]] std::vector<AatBlock> records(const Segment& segment) const;

 private:
  void begin(const StreamId& stream);
  [[nodiscard]] std::optional<Segment> take();
  [[nodiscard]] bool at_end() const;
  void check_tip() const;

  Head head_;
  std::uint64_t signer_ = 0;
  std::vector<Digest> chain_;
  LogScanner scanner_;
  bool newest_ = true, closed_ = false;
  Extent extent_ = Extent::Whole;
  Descriptor descriptor_;
  EpochSetup setup_;
  std::uint32_t base_epoch_ = 0;
  ColumnCoding coding_;
  std::uint64_t setup_bytes_ = 0;
};

}  // namespace assimilaate
