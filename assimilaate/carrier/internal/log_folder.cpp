#include "assimilaate/carrier/internal/log_folder.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "assimilaate/core/digest.hpp"

namespace assimilaate::internal {
namespace {

constexpr std::size_t header_length = 256, body_length_at = 80, entry_length = 16;  // [B], the same in every version
constexpr std::size_t most_pending = 1U << 20;  // of headers that are not written yet [B]

void make_folders(const std::filesystem::path& root, const std::filesystem::path& folder) {
  if (folder == root || std::filesystem::is_directory(folder)) return;
  make_folders(root, folder.parent_path());
  std::error_code reason;
  std::filesystem::create_directory(folder, reason);
  if (reason) fail(Errc::Io, "{}: cannot make the folder: {}", folder.string(), reason.message());
  sync_folder(folder.parent_path());
}

/// Halves of packs that a killed writer left; the writer's lock keeps others away.
void remove_parts(const std::filesystem::path& folder) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none))
    if (entry.path().extension() == ".part") std::filesystem::remove(entry.path(), none);
}

}  // namespace

LogFolder::LogFolder(const std::filesystem::path& root, const std::filesystem::path& folder) {
  make_folders(root, folder);
  remove_parts(folder);
  log_ = PosixFile(folder / "log.aat", O_RDWR | O_CREAT);
  index_ = PosixFile(folder / "log.idx", O_RDWR | O_CREAT);
  headers_ = PosixFile(folder / "log.hdr", O_RDWR | O_CREAT);
  sync_folder(folder);
  size_ = log_.size();
  count_ = written_ = index_.size() / entry_length;
  if (!derived_hold()) (void)derive(size_);
}

void LogFolder::need_sound() const {
  if (failed_) fail(Errc::Io, "this log failed to write before; open it anew to recover it");
}

/// Whether index and headers are those of the log, as far as they tell by themselves and by its length. A log that ends
/// inside a segment has none that are: it is for its writer to cut.
bool LogFolder::derived_hold() const {
  if (index_.size() != count_ * entry_length || headers_.size() != count_ * header_length) return false;
  constexpr std::size_t block = 4096;  // entries
  std::vector<std::byte> entries(block * entry_length), headers(block * header_length);
  std::uint64_t end = 0;
  for (std::uint64_t first = 0; first < count_; first += block) {
    const auto count = std::min<std::uint64_t>(block, count_ - first);
    const auto index_part = std::span(entries).first(count * entry_length);
    const auto header_part = std::span(headers).first(count * header_length);
    if (index_.read_at(first * entry_length, index_part) != index_part.size() ||
        headers_.read_at(first * header_length, header_part) != header_part.size())
      return false;
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto bytes = index_part.subspan(i * entry_length, entry_length);
      ByteReader entry(bytes, "log.idx");
      const auto offset = entry.get<std::uint64_t>();
      const auto length = entry.get<std::uint32_t>();
      std::uint32_t body = 0;
      std::memcpy(&body, header_part.data() + i * header_length + body_length_at, sizeof body);
      if (offset != end || length != header_length + body ||
          entry.get<std::uint32_t>() != xxh32(bytes.first(entry_length - 4)))
        return false;
      end += length;
    }
  }
  return end == size_;
}

void LogFolder::add_entry(std::uint64_t offset, std::span<const std::byte> header, std::uint32_t length) {
  entries_.put(offset);
  entries_.put(length);
  entries_.put(xxh32(std::span(entries_.bytes()).last(entry_length - 4)));
  copies_.put_bytes(header);
  ++count_;
}

void LogFolder::write_derived() {
  if (entries_.bytes().empty()) return;
  index_.write_at(written_ * entry_length, entries_.bytes());
  headers_.write_at(written_ * header_length, copies_.bytes());
  written_ = count_;
  entries_ = {};
  copies_ = {};
}

void LogFolder::append(std::span<const std::byte> segment) {
  need_sound();
  failed_ = true;
  try {
    log_.write_at(size_, segment);
  } catch (const Error&) {
    log_.truncate(size_);
    failed_ = false;
    throw;
  }
  add_entry(size_, segment.first(header_length), static_cast<std::uint32_t>(segment.size()));
  size_ += segment.size();
  failed_ = false;
}

void LogFolder::sync() {
  need_sound();
  failed_ = true;
  log_.sync();
  write_derived();
  failed_ = false;
}

void LogFolder::settle() {
  sync();
  failed_ = true;
  index_.sync();
  headers_.sync();
  failed_ = false;
}

/// Index and headers of the whole segments among the first `size` bytes; where the last of them ends.
std::uint64_t LogFolder::derive(std::uint64_t size) {
  index_.truncate(0);
  headers_.truncate(0);
  count_ = written_ = 0;
  entries_ = {};
  copies_ = {};
  std::array<std::byte, header_length> header;
  std::uint64_t offset = 0;
  while (offset < size) {
    std::uint32_t body = 0;
    const bool whole = log_.read_at(offset, header) == header.size();
    std::memcpy(&body, header.data() + body_length_at, sizeof body);
    if (!whole || offset + header_length + body > size) break;
    add_entry(offset, header, static_cast<std::uint32_t>(header_length + body));
    offset += header_length + body;
    if (copies_.bytes().size() >= most_pending) write_derived();
  }
  write_derived();
  return offset;
}

void LogFolder::cut(std::uint64_t size) {
  need_sound();
  failed_ = true;
  if (derive(size) != size) fail(Errc::Integrity, "a cut at byte {} would go through segment {}", size, count_);
  log_.truncate(size);
  size_ = size;
  failed_ = false;
  settle();
}

}  // namespace assimilaate::internal
