#pragma once
/// Segments in, records out: everything the newest head of a stream vouches for, and the epochs that its own extends.

#include <memory>

#include "assimilaate/stream/chain.hpp"
#include "assimilaate/stream/log_reader.hpp"
#include "assimilaate/stream/seen.hpp"

namespace assimilaate {

/// What moved, in bits as carried: bytes times eight.
struct StreamBits {
  std::uint64_t data = 0, held_out = 0;  ///< bodies of examples
  std::uint64_t setup = 0;               ///< body of the setup
  std::uint64_t headers = 0;             ///< segment headers, and the whole head
  std::uint64_t codebooks = 0;           ///< codec files, each once
  std::uint64_t network = 0;             ///< the stripped network's file
  /// Everything but codebooks and network.
  [[nodiscard]] std::uint64_t stream() const noexcept { return data + held_out + setup + headers; }
};

/// Reads and checks a whole stream on opening, then answers from memory. Immutable, hence safe to use from many
/// threads.
class StreamReader {
 public:
  /// @param stream  which one; nothing takes the only one there is
  /// @param trust   who must have signed it; nothing said asks nobody, for teacher and target in one process
  /// @param extent  of the newest epoch; those that it extends are read whole
  /// @throws Error{Io} when there is none or nothing was published, Error{Usage} when there are several to choose from,
  /// Error{Integrity|Format|Unsupported} naming segment, offset and reason, Error{Mismatch} for a codebook or network
  /// whose hash is not the descriptor's.
  explicit StreamReader(const Carrier& carrier, std::optional<StreamId> stream = std::nullopt,
                        const SourceTrust& trust = {}, Extent extent = Extent::Whole);

  [[nodiscard]] const StreamId& id() const noexcept { return id_; }
  [[nodiscard]] std::uint32_t epoch() const noexcept { return epoch_; }
  [[nodiscard]] std::uint64_t segments() const noexcept { return segments_; }
  /// True when all that the head vouches for was read.
  [[nodiscard]] bool whole() const noexcept { return whole_; }
  /// True when it is whole and the epoch ends there: the teacher adds nothing more to it.
  [[nodiscard]] bool closed() const noexcept { return closed_; }
  /// The key that signed the head, by its id; 0: it is unsigned.
  [[nodiscard]] std::uint64_t signer() const noexcept { return signer_; }
  /// What a target that has seen `before` remembers of this, or why it must not take it in (see `take_in`; also
  /// Integrity where an epoch's beginning is another than before). A reader of what is there so far only looks at that
  /// beginning: it has seen nothing new.
  [[nodiscard]] Result<Seen> seen_after(const Seen& before) const;
  [[nodiscard]] const Descriptor& descriptor() const noexcept { return data_.descriptor; }
  [[nodiscard]] const StreamBits& bits() const noexcept { return bits_; }
  /// The codec file of a boundary; its hash is the descriptor's.
  [[nodiscard]] std::span<const std::byte> codebook(std::size_t boundary) const { return codebooks_.at(boundary); }
  /// The stripped network's file; empty when the stream carries none.
  [[nodiscard]] std::span<const std::byte> network() const noexcept { return network_; }

  [[nodiscard]] std::size_t size() const noexcept { return data_.size(); }               ///< data records
  [[nodiscard]] std::size_t held_out_size() const noexcept { return held_out_.size(); }  ///< held-out records

  /// All data records, a block per boundary.
  [[nodiscard]] const ChainRecords& records() const noexcept { return data_; }
  [[nodiscard]] const std::vector<AatBlock>& boundaries() const noexcept { return data_.boundaries; }
  /// The first `limit` examples of a transform.
  [[nodiscard]] std::unique_ptr<ExampleSource> examples(std::size_t transform, std::size_t limit = SIZE_MAX) const;
  /// The held-out examples of a transform.
  [[nodiscard]] HeldOut held_out(std::size_t transform) const;
  /// Held-out examples between any two boundaries: the whole chain is held_out_between(0, last).
  [[nodiscard]] HeldOut held_out_between(std::uint32_t input, std::uint32_t output) const;

 private:
  void read_objects(const Carrier& carrier);

  StreamId id_{};
  std::uint32_t epoch_ = 0;
  std::uint64_t signer_ = 0;
  Seen seen_;
  std::int64_t expires_ms_ = 0;
  bool reset_versions_ = false, whole_ = true, closed_ = false;
  std::vector<Digest> chain_;  // hashes of the headers
  std::uint64_t segments_ = 0;
  ChainRecords data_, held_out_;
  std::vector<std::vector<std::byte>> codebooks_;
  std::vector<std::byte> network_;
  StreamBits bits_;
};

}  // namespace assimilaate
