/// The directory carrier: a folder, no server.
///
///     streams/<stream>/<epoch>/log.aat  segments back to back, with log.idx and log.hdr beside it
///     streams/<stream>/<epoch>/pack-00000.aat  sealed slices of the log, listed in packs.idx
///     streams/<stream>/head             the newest head
///     streams/list                      ids of the streams, for readers that cannot list a folder
///     codebooks/<hash>  network/<hash>  objects by content
///     keys                              the newest key set, where there is one
///     inbox/<device>/log.aat            what a device sends, segments back to back; it holds `lock` beside it
///     writer.lock                       held by the one writer
///
/// Names are lower-case hexadecimal: streams of 32, epochs of 8, objects and devices of 64 digits.

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <optional>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/carrier/internal/device_log.hpp"
#include "assimilaate/carrier/internal/log_folder.hpp"
#include "assimilaate/carrier/internal/packs.hpp"
#include "assimilaate/core/file.hpp"

namespace assimilaate {
namespace {

namespace fs = std::filesystem;

class Directory final : public Carrier {
 public:
  Directory(fs::path root, Access access) : root_(std::move(root)), access_(access) {
    if (access == Access::Write)
      lock();
    else if (std::error_code none; !fs::is_directory(root_, none))
      fail(Errc::Io, "{}: no such folder; teach a stream into it first", root_.string());
  }

  std::vector<StreamId> streams() const override {
    std::vector<StreamId> ids;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(root_ / "streams", none))
      if (const auto id = parse_stream_id(entry.path().filename().string());
          id && fs::exists(entry.path() / "head", none))
        ids.push_back(*id);
    std::ranges::sort(ids);
    return ids;
  }

  std::vector<std::byte> head(const StreamId& stream) const override {
    forget_ahead();  // what lay behind the old head may have been written anew
    return read_statement(stream_folder(stream) / "head");
  }
  void put_head(const StreamId& stream, std::span<const std::byte> segment) override {
    need_write();
    if (writing_ && writing_->name.stream == stream) {
      writing_->files.settle();
      internal::seal_packs(log_folder(writing_->name));
    }
    write_file_atomic(stream_folder(stream) / "head", segment);
    list_streams();
  }

  std::vector<std::byte> keys() const override { return read_statement(root_ / "keys"); }
  void put_keys(std::span<const std::byte> segment) override {
    need_write();
    write_file_atomic(root_ / "keys", segment);
  }

  std::uint64_t log_size(const LogName& log) const override {
    std::error_code none;
    const auto size = fs::file_size(log_folder(log) / "log.aat", none);
    return none ? 0 : size;
  }
  std::size_t read_log(const LogName& log, std::uint64_t offset, std::span<std::byte> out) const override {
    if (!open_for_reading(log)) return 0;
    if (out.size() > read_ahead) return reading_->files.read_at(offset, out);
    const auto there = buffered(offset, out.size());
    std::ranges::copy(there, out.begin());
    return there.size();
  }
  std::span<const std::byte> view_log(const LogName& log, std::uint64_t offset, std::size_t size,
                                      std::vector<std::byte>& scratch) const override {
    if (size > read_ahead) return Carrier::view_log(log, offset, size, scratch);
    return open_for_reading(log) ? buffered(offset, size) : std::span<const std::byte>{};
  }
  void append(const LogName& log, std::span<const std::byte> segment) override { open_log(log).append(segment); }
  void sync(const LogName& log) override { open_log(log).sync(); }
  void cut(const LogName& log, std::uint64_t size) override {
    writing_.reset();
    forget_ahead();
    open_log(log).cut(size);
    internal::cut_packs(log_folder(log), size);
  }

  std::vector<std::byte> object(ObjectKind kind, const Digest& hash) const override {
    return read_file(object_folder(kind) / hex(hash));
  }
  Digest put_object(ObjectKind kind, std::span<const std::byte> bytes) override {
    need_write();
    const Digest hash = blake2b_256(bytes);
    const auto file = object_folder(kind) / hex(hash);
    if (std::error_code none; fs::exists(file, none) && blake2b_256(read_file(file)) == hash) return hash;
    make_folder(file.parent_path());
    write_file_atomic(file, bytes);
    return hash;
  }

 private:
  static constexpr std::uintmax_t largest_statement = 65'536 + 256;  // a head or a key set [B]
  static constexpr std::size_t read_ahead = 256U << 10;              // [B]

  template <typename Files>
  struct Open {
    Open(const LogName& n, Files f) : name(n), files(std::move(f)) {}
    LogName name;
    Files files;
  };

  static std::vector<std::byte> read_statement(const fs::path& file) {
    std::error_code none;
    if (!fs::exists(file, none)) return {};
    if (const auto size = fs::file_size(file, none); !none && size > largest_statement)
      fail(Errc::Integrity, "{}: {} bytes, a head or a key set has at most {} (damaged)", file.string(), size,
           largest_statement);
    return read_file(file);
  }

  fs::path stream_folder(const StreamId& stream) const { return root_ / "streams" / hex(stream); }
  fs::path log_folder(const LogName& log) const { return stream_folder(log.stream) / fmt::format("{:08x}", log.epoch); }
  fs::path object_folder(ObjectKind kind) const {
    return root_ / (kind == ObjectKind::Codebook ? "codebooks" : "network");
  }

  static void make_folder(const fs::path& folder) {
    std::error_code reason;
    if (fs::create_directories(folder, reason)) internal::sync_folder(fs::absolute(folder).parent_path());
    if (reason) fail(Errc::Io, "{}: cannot make the folder: {}", folder.string(), reason.message());
  }
  void lock() {
    make_folder(root_);
    lock_ = internal::PosixFile(root_ / "writer.lock", O_RDWR | O_CREAT);
    if (!lock_.try_lock())
      fail(Errc::Io, "{}: another writer holds writer.lock; wait for it to end, or write elsewhere", root_.string());
  }
  void list_streams() const {
    std::string list;
    for (const StreamId& id : streams()) list += hex(id) + '\n';
    const auto file = root_ / "streams" / "list";
    std::error_code none;
    if (const auto bytes = std::as_bytes(std::span(list));
        !fs::exists(file, none) || !std::ranges::equal(read_file(file), bytes))
      write_file_atomic(file, bytes);
  }
  void need_write() const {
    if (access_ != Access::Write) fail(Errc::Usage, "{}: opened for reading", root_.string());
  }
  bool open_for_reading(const LogName& log) const {
    if (reading_ && reading_->name == log) return true;
    forget_ahead();
    reading_.reset();
    if (log_size(log) == 0) return false;
    reading_.emplace(log, internal::PosixFile(log_folder(log) / "log.aat", O_RDONLY));
    return true;
  }
  void forget_ahead() const { ahead_size_ = 0; }
  /// The bytes at `offset`, fewer only at the end of the log. What is buffered of them already is kept.
  std::span<const std::byte> buffered(std::uint64_t offset, std::size_t size) const {
    if (ahead_.empty()) ahead_.resize(read_ahead);
    if (offset < ahead_from_ || offset + size > ahead_from_ + ahead_size_) {
      const bool kept = offset >= ahead_from_ && offset < ahead_from_ + ahead_size_;
      const std::size_t keep = kept ? ahead_from_ + ahead_size_ - offset : 0;
      std::memmove(ahead_.data(), ahead_.data() + (ahead_size_ - keep), keep);
      ahead_from_ = offset;
      ahead_size_ = keep;
      ahead_size_ += reading_->files.read_at(offset + keep, std::span(ahead_).subspan(keep));
    }
    const auto there = std::span<const std::byte>(ahead_).first(ahead_size_).subspan(offset - ahead_from_);
    return there.first(std::min(there.size(), size));
  }
  internal::LogFolder& open_log(const LogName& log) {
    need_write();
    if (!writing_ || writing_->name != log) writing_.emplace(log, internal::LogFolder(root_, log_folder(log)));
    return writing_->files;
  }

  fs::path root_;
  Access access_;
  internal::PosixFile lock_;
  std::optional<Open<internal::LogFolder>> writing_;
  mutable std::optional<Open<internal::PosixFile>> reading_;
  mutable std::vector<std::byte> ahead_;  // of the log that is read, the first `ahead_size_` bytes
  mutable std::size_t ahead_size_ = 0;
  mutable std::uint64_t ahead_from_ = 0;
};

fs::path folder_of(std::string_view url) { return url.substr(url.find(':') + 1); }

std::unique_ptr<Carrier> open(std::string_view url, Access access) {
  return std::make_unique<Directory>(folder_of(url), access);
}
std::unique_ptr<Uplink> open_up(std::string_view url, const PublicKey& device) {
  return internal::open_device_log(folder_of(url), device);
}
std::unique_ptr<Inbox> open_in(std::string_view url) { return internal::open_device_logs(folder_of(url)); }

}  // namespace

extern const CarrierKind directory_carrier{
    .name = "dir",
    .secure_name = "",
    .about = "a folder on a disk that can be read while it is written",
    .reference = "docs/stream-format.md",
    .open = open,
    .open_uplink = open_up,
    .open_inbox = open_in,
};

}  // namespace assimilaate
