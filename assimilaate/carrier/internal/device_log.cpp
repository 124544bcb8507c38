#include "assimilaate/carrier/internal/device_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "assimilaate/carrier/internal/posix_file.hpp"
#include "assimilaate/carrier/internal/upload.hpp"

namespace assimilaate::internal {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t largest_segment = segment_limits::header + segment_limits::body;  // [B]
constexpr std::size_t most_bytes = 8U << 20;                                              // given at once [B]
constexpr auto look_again = std::chrono::milliseconds(100);

/// The segment at `offset`, if it is there and whole.
std::optional<std::vector<std::byte>> segment_at(const PosixFile& file, std::uint64_t offset) {
  std::vector<std::byte> bytes(segment_limits::header);
  if (file.read_at(offset, bytes) < bytes.size()) return {};
  const auto header = parse_header(bytes);
  if (!header) return {};
  bytes.resize(header->segment_length());
  const auto body = std::span(bytes).subspan(segment_limits::header);
  if (file.read_at(offset + segment_limits::header, body) < body.size() || check_body(*header, body)) return {};
  return bytes;
}

/// Where the segments end that are whole.
std::uint64_t sound_end(const PosixFile& file) {
  std::uint64_t offset = 0;
  while (const auto segment = segment_at(file, offset)) offset += segment->size();
  return offset;
}

class DeviceLog final : public Uplink {
 public:
  DeviceLog(const fs::path& root, const PublicKey& device)
      : folder_(root / "inbox" / device_name(device)), lock_(open_lock()), log_(folder_ / "log.aat", O_RDWR | O_CREAT) {
    sync_folder(folder_);
    size_ = sound_end(log_);
    const auto there = log_.size();
    if (there == size_) return;
    // Segments are synced one by one, so a crash leaves no more than part of one, and none behind it.
    if (there - size_ > largest_segment || segment_behind(size_, there))
      fail(Errc::Integrity,
           "{}: damaged at byte {} of {}; move it away once a collector has taken what lies before, the device goes on "
           "with a new one",
           (folder_ / "log.aat").string(), size_, there);
    log_.truncate(size_);
    log_.sync();
  }

  void send(std::span<const std::byte> segment) override {
    (void)upload_header(segment);
    if (failed_) fail(Errc::Io, "{}: failed to write before; open it anew", (folder_ / "log.aat").string());
    failed_ = true;
    log_.write_at(size_, segment);
    log_.sync();
    failed_ = false;
    size_ += segment.size();
  }

 private:
  PosixFile open_lock() const {
    std::error_code reason;
    if (fs::create_directories(folder_, reason))
      for (auto [above, levels] = std::pair(fs::absolute(folder_), 3); levels > 0; --levels)
        sync_folder(above = above.parent_path());
    if (reason) fail(Errc::Io, "{}: cannot make the folder: {}", folder_.string(), reason.message());
    PosixFile lock(folder_ / "lock", O_RDWR | O_CREAT);
    if (!lock.try_lock())
      fail(Errc::Io, "{}: another process sends as this device; wait for it to end", folder_.string());
    return lock;
  }
  bool segment_behind(std::uint64_t from, std::uint64_t end) const {
    std::vector<std::byte> rest(end - from);
    rest.resize(log_.read_at(from, rest));
    const auto first = static_cast<std::byte>('A');
    for (auto at = std::next(rest.begin()); (at = std::find(at, rest.end(), first)) != rest.end(); ++at)
      if (parse_header({at, rest.end()})) return true;
    return false;
  }

  fs::path folder_;
  PosixFile lock_, log_;
  std::uint64_t size_ = 0;
  bool failed_ = false;
};

class DeviceLogs final : public Inbox {
 public:
  explicit DeviceLogs(fs::path root) : root_(std::move(root)) {
    if (std::error_code none; !fs::is_directory(root_, none))
      fail(Errc::Io, "{}: no such folder; devices send into it by dir:{}", root_.string(), root_.string());
  }

  std::vector<Upload> receive(double seconds) override {
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    for (;;) {
      auto uploads = look();
      if (!uploads.empty() || std::chrono::steady_clock::now() >= until) return uploads;
      std::this_thread::sleep_for(look_again);
    }
  }
  void acknowledge() override {}

 private:
  struct Place {
    ino_t file = 0;
    std::uint64_t offset = 0;  ///< up to where it was given
    std::uint64_t size = 0;    ///< when it was last looked at
  };

  std::vector<Upload> look() {
    std::vector<Upload> uploads;
    std::size_t bytes = 0;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(root_ / "inbox", none)) {
      const auto device = parse_device_name(entry.path().filename().string());
      const auto file = entry.path() / "log.aat";
      struct stat status {};
      if (!device || ::lstat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
      Place& place = places_[*device];
      const auto size = static_cast<std::uint64_t>(status.st_size);
      if (place.file != status.st_ino || size < place.offset) place = {.file = status.st_ino};  // begun anew
      if (size == place.size) continue;
      const PosixFile log(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      while (auto segment = segment_at(log, place.offset)) {
        place.offset += segment->size();
        bytes += segment->size();
        uploads.push_back({*device, std::move(*segment)});
        if (bytes >= most_bytes) return uploads;
      }
      place.size = size;
    }
    return uploads;
  }

  fs::path root_;
  std::map<PublicKey, Place> places_;
};

}  // namespace

std::unique_ptr<Uplink> open_device_log(const fs::path& root, const PublicKey& device) {
  return std::make_unique<DeviceLog>(root, device);
}

std::unique_ptr<Inbox> open_device_logs(const fs::path& root) { return std::make_unique<DeviceLogs>(root); }

}  // namespace assimilaate::internal
