#pragma once
/// The three files of one epoch: `log.aat` (segments back to back), `log.idx` (16 B each: u64 offset, u32 length, u32
/// XXH32 of both) and `log.hdr` (headers only). The last two follow from the first: they are written at every sync and
/// reach the disk at every `settle`; a writer that opens them after a crash makes them anew where they do not hold.

#include "assimilaate/carrier/internal/posix_file.hpp"
#include "assimilaate/core/bytes.hpp"

namespace assimilaate::internal {

class LogFolder {
 public:
  /// Opens for appending; makes folder and files when they are missing. `folder` lies below `root`, which is there.
  LogFolder(const std::filesystem::path& root, const std::filesystem::path& folder);

  /// Add one whole segment; when it cannot be written, the files are as before. @throws Error{Io}
  void append(std::span<const std::byte> segment);
  /// The segments survive a power cut. @throws Error{Io}; from then on every call does, until the log is opened anew.
  void sync();
  /// Index and headers do, too. Throws as `sync` does.
  void settle();
  /// Keep the first `size` bytes, whole segments, and write index and headers anew from them. @throws
  /// Error{Io|Integrity}
  void cut(std::uint64_t size);

 private:
  void add_entry(std::uint64_t offset, std::span<const std::byte> header, std::uint32_t length);
  void write_derived();
  [[nodiscard]] bool derived_hold() const;
  [[nodiscard]] std::uint64_t derive(std::uint64_t size);
  void need_sound() const;

  PosixFile log_, index_, headers_;
  std::uint64_t size_ = 0, count_ = 0;  // of the log [B], segments in it
  ByteWriter entries_{}, copies_{};     // of index and headers, not written yet
  std::uint64_t written_ = 0;           // segments that both hold
  bool failed_ = false;
};

}  // namespace assimilaate::internal
