#pragma once
/// What a target has fetched and not yet forgotten: its own copy of the log, from which it learns, replays and repairs
/// without asking anybody again. Lies in a folder, laid out as every directory carrier.

#include <filesystem>
#include <memory>

#include "assimilaate/stream/stream_reader.hpp"

namespace assimilaate {

/// A head that was accepted, as published.
using HeadBytes = std::vector<std::byte>;

class Spool {
 public:
  /// Opens or makes the folder and locks it; cuts what a kill left half written.
  /// @throws Error{Io} also when another process uses it.
  explicit Spool(const std::filesystem::path& folder);

  /// Copy what is missing of the epoch that `head` names, and of those it extends, and stop behind `bytes` of it.
  /// @param head   accepted by the caller
  /// @param trust  who may have signed segments
  /// @return bytes that moved; 0 when all is there. @throws Error{Io} when the carrier has less than the head says,
  /// Error{Integrity|Format|Unsupported} for damage and for what nobody trusted signed, what the carrier throws: what
  /// has moved stays.
  std::uint64_t fetch(const Carrier& from, const StreamId& stream, const HeadBytes& head, const Trust& trust,
                      std::uint64_t bytes);

  /// What is there of the epoch that `head` names. @throws as `StreamReader` does, Error{Io} when nothing is.
  [[nodiscard]] StreamReader read(const StreamId& stream, const HeadBytes& head, const SourceTrust& trust) const;
  /// Bytes of the epoch that are there; grows with `fetch`.
  [[nodiscard]] std::uint64_t size(const LogName& log) const;

  /// Drop one epoch, because it does not hold, say, and what is damaged of the others. @return its bytes.
  std::uint64_t forget(const LogName& log);
  /// Drop every epoch of the stream that neither these heads name nor the epochs they name extend.
  void keep_only(const StreamId& stream, std::span<const HeadBytes> heads);

 private:
  std::uint64_t fetch_log(const Carrier& from, const LogName& log, const Digest& tip, std::uint64_t count,
                          const Trust& trust, std::uint64_t bytes);
  std::uint64_t fetch_objects(const Carrier& from, const Descriptor& descriptor);
  [[nodiscard]] bool lacks_objects(const Descriptor& descriptor) const;
  [[nodiscard]] std::filesystem::path log_folder(const LogName& log) const;
  [[nodiscard]] std::vector<LogName> logs() const;
  void open();
  void recover();
  void drop(const LogName& log);
  template <typename Write>
  void own(const Write& write);

  std::filesystem::path folder_;
  std::unique_ptr<Carrier> carrier_;
  std::vector<std::byte> segment_;
};

}  // namespace assimilaate
