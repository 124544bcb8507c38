#pragma once
/// The three files of one epoch: `log.aat` (segments back to back), `log.idx` (16 B each: u64 offset, u32 length, u32
/// XXH32 of both) and `log.hdr` (headers only). The last two follow from the first.

#include "assimilaate/carrier/internal/posix_file.hpp"

namespace assimilaate::internal {

class LogFolder {
 public:
  /// Opens for appending; makes folder and files when they are missing. `folder` lies below `root`, which is there.
  LogFolder(const std::filesystem::path& root, const std::filesystem::path& folder);

  /// Add one whole segment; when it cannot be written, the files are as before. @throws Error{Io}
  void append(std::span<const std::byte> segment);
  /// @throws Error{Io}; from then on every call does, until the log is opened anew.
  void sync();
  /// Keep the first `size` bytes, whole segments, and write index and headers anew from them. @throws
  /// Error{Io|Integrity}
  void cut(std::uint64_t size);

 private:
  void add_entry(std::uint64_t offset, std::span<const std::byte> header, std::uint32_t length);
  void need_sound() const;

  PosixFile log_, index_, headers_;
  std::uint64_t size_ = 0, count_ = 0;
  bool failed_ = false;
};

}  // namespace assimilaate::internal
