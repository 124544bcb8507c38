#include "assimilaate/carrier/internal/log_folder.hpp"

#include <fcntl.h>

#include <array>
#include <cstring>
#include <vector>

#include "assimilaate/core/bytes.hpp"
#include "assimilaate/core/digest.hpp"

namespace assimilaate::internal {
namespace {

constexpr std::size_t header_length = 256, body_length_at = 80, entry_length = 16;  // [B], the same in every version

void make_folders(const std::filesystem::path& root, const std::filesystem::path& folder) {
  if (folder == root || std::filesystem::is_directory(folder)) return;
  make_folders(root, folder.parent_path());
  std::error_code reason;
  std::filesystem::create_directory(folder, reason);
  if (reason) fail(Errc::Io, "{}: cannot make the folder: {}", folder.string(), reason.message());
  sync_folder(folder.parent_path());
}

}  // namespace

LogFolder::LogFolder(const std::filesystem::path& root, const std::filesystem::path& folder) {
  make_folders(root, folder);
  log_ = PosixFile(folder / "log.aat", O_RDWR | O_CREAT);
  index_ = PosixFile(folder / "log.idx", O_RDWR | O_CREAT);
  headers_ = PosixFile(folder / "log.hdr", O_RDWR | O_CREAT);
  sync_folder(folder);
  size_ = log_.size();
  count_ = index_.size() / entry_length;
}

void LogFolder::need_sound() const {
  if (failed_) fail(Errc::Io, "this log failed to write before; open it anew to recover it");
}

void LogFolder::add_entry(std::uint64_t offset, std::span<const std::byte> header, std::uint32_t length) {
  ByteWriter entry;
  entry.put(offset);
  entry.put(length);
  entry.put(xxh32(entry.bytes()));
  index_.write_at(count_ * entry_length, entry.bytes());
  headers_.write_at(count_ * header_length, header);
}

void LogFolder::append(std::span<const std::byte> segment) {
  need_sound();
  try {
    log_.write_at(size_, segment);
    add_entry(size_, segment.first(header_length), static_cast<std::uint32_t>(segment.size()));
  } catch (const Error&) {
    failed_ = true;
    log_.truncate(size_);
    index_.truncate(count_ * entry_length);
    headers_.truncate(count_ * header_length);
    failed_ = false;
    throw;
  }
  size_ += segment.size();
  ++count_;
}

void LogFolder::sync() {
  need_sound();
  failed_ = true;
  log_.sync();
  index_.sync();
  headers_.sync();
  failed_ = false;
}

void LogFolder::cut(std::uint64_t size) {
  need_sound();
  failed_ = true;
  index_.truncate(0);
  headers_.truncate(0);
  count_ = 0;
  for (std::uint64_t offset = 0; offset < size; ++count_) {
    std::array<std::byte, header_length> header;
    std::uint32_t body = 0;
    const bool whole = log_.read_at(offset, header) == header.size();
    std::memcpy(&body, header.data() + body_length_at, sizeof body);
    if (!whole || offset + header_length + body > size)
      fail(Errc::Integrity, "a cut at byte {} would go through segment {}", size, count_);
    add_entry(offset, header, static_cast<std::uint32_t>(header_length + body));
    offset += header_length + body;
  }
  log_.truncate(size);
  size_ = size;
  failed_ = false;
  sync();
}

}  // namespace assimilaate::internal
