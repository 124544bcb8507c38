#pragma once
/// One open file, with errors that name it.

#include <cstdint>
#include <filesystem>
#include <span>

namespace assimilaate::internal {

/// Owns a descriptor. Every call throws Error{Io} naming the file and the reason.
class PosixFile {
 public:
  PosixFile() = default;
  /// @param flags  as `open(2)` takes them; new files get the mode 0666 less the umask
  PosixFile(std::filesystem::path path, int flags);
  PosixFile(PosixFile&& other) noexcept;
  PosixFile& operator=(PosixFile&& other) noexcept;
  ~PosixFile();

  [[nodiscard]] std::uint64_t size() const;
  /// The number of bytes that were there; fewer than asked for only at the end of the file.
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<std::byte> out) const;
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  void truncate(std::uint64_t size);
  void sync();
  /// True when this open file now holds the write lock of the whole file (an open-file-description lock).
  [[nodiscard]] bool try_lock();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

/// Make a new entry of a folder survive a power cut.
void sync_folder(const std::filesystem::path& folder);

}  // namespace assimilaate::internal
