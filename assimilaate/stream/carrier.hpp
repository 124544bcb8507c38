#pragma once
/// What moves segments, heads and content-addressed objects, without changing or judging them.

#include <span>
#include <vector>

#include "assimilaate/core/error.hpp"
#include "assimilaate/stream/stream_id.hpp"

namespace assimilaate {

/// The log of one epoch of one stream.
struct LogName {
  StreamId stream{};
  std::uint32_t epoch = 1;
  bool operator==(const LogName&) const = default;
};

enum class ObjectKind { Codebook, Network };

/// Every call throws Error{Io} naming place and reason when the carrier fails; writing calls throw Error{Usage} when it
/// was opened for reading. After a failed append or sync the log's state is unknown: recover it with a new `LogWriter`.
/// One writer at a time; calls come from one thread.
class Carrier {
 public:
  virtual ~Carrier() = default;

  /// All streams with a head, in the order of their ids.
  [[nodiscard]] virtual std::vector<StreamId> streams() const = 0;

  /// The newest head as published; empty when there is none.
  [[nodiscard]] virtual std::vector<std::byte> head(const StreamId& stream) const = 0;
  /// Replace the head in one step, durably.
  virtual void put_head(const StreamId& stream, std::span<const std::byte> segment) = 0;

  /// The newest key set as published; empty when there is none.
  [[nodiscard]] virtual std::vector<std::byte> keys() const { return {}; }
  /// Replace the key set in one step, durably.
  virtual void put_keys(std::span<const std::byte>) { fail(Errc::Unsupported, "this carrier takes no key sets"); }

  /// Bytes in a log; 0 when there is none.
  [[nodiscard]] virtual std::uint64_t log_size(const LogName& log) const = 0;
  /// Fill `out` from `offset` on; the number of bytes that were there.
  [[nodiscard]] virtual std::size_t read_log(const LogName& log, std::uint64_t offset,
                                             std::span<std::byte> out) const = 0;
  /// The same without a copy where the carrier can: bytes that it holds, or `scratch` filled; valid until its next
  /// call.
  [[nodiscard]] virtual std::span<const std::byte> view_log(const LogName& log, std::uint64_t offset, std::size_t size,
                                                            std::vector<std::byte>& scratch) const {
    scratch.resize(size);
    return std::span(scratch).first(read_log(log, offset, scratch));
  }
  /// Add one whole segment; on failure nothing of it stays.
  virtual void append(const LogName& log, std::span<const std::byte> segment) = 0;
  /// Return once all that was appended survives a power cut.
  virtual void sync(const LogName& log) = 0;
  /// Keep the first `size` bytes of a log, whole segments, and put in order what is derived from it. Makes the log if
  /// need be.
  virtual void cut(const LogName& log, std::uint64_t size) = 0;

  /// The object of that BLAKE2b-256, as it lies there: the caller compares its hash. @throws Error{Io} when it is
  /// missing.
  [[nodiscard]] virtual std::vector<std::byte> object(ObjectKind kind, const Digest& hash) const = 0;
  /// Keep an object under its hash, durably; the hash.
  virtual Digest put_object(ObjectKind kind, std::span<const std::byte> bytes) = 0;
};

}  // namespace assimilaate
