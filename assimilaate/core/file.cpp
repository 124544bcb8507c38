#include "assimilaate/core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>

namespace assimilaate {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, std::string_view doing, int code) {
  if (code == ENOSPC || code == EDQUOT)
    fail(Errc::Io, "{}: cannot {}: the disk is full (free some space and try again)", file.string(), doing);
  fail(Errc::Io, "{}: cannot {}: {}", file.string(), doing, std::generic_category().message(code));
}

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const noexcept { return number_; }
  /// The error number of closing, 0 when all went well.
  [[nodiscard]] int close() {
    const int result = ::close(number_);
    number_ = -1;
    return result == 0 ? 0 : errno;
  }

 private:
  int number_;
};

/// A new file beside another, gone with its owner unless it took the other's place.
class Beside {
 public:
  explicit Beside(const std::filesystem::path& file) {
    static std::atomic<unsigned> counter = 0;
    do {
      path_ = file;
      path_ += fmt::format(".{}-{}.part", ::getpid(), counter++);
      number_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (number_ < 0 && errno == EEXIST);
    if (number_ < 0) refuse(file, "create", errno);
  }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;
  ~Beside() {
    if (!kept_) ::unlink(path_.c_str());
  }
  [[nodiscard]] int number() const noexcept { return number_; }
  void replace(const std::filesystem::path& file) {
    if (::rename(path_.c_str(), file.c_str()) != 0) refuse(file, "rename into place", errno);
    kept_ = true;
  }

 private:
  std::filesystem::path path_;
  int number_ = -1;
  bool kept_ = false;
};

void write_all(int number, std::span<const std::byte> bytes, const std::filesystem::path& file) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(number, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) refuse(file, "write", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

}  // namespace

std::vector<std::byte> read_file(const std::filesystem::path& file) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.number() < 0) refuse(file, "open", errno);
  struct stat status {};
  if (::fstat(in.number(), &status) != 0) refuse(file, "read", errno);
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.st_size) + 1);  // one more: to meet the end
  std::size_t have = 0;
  for (;;) {
    const ssize_t got = ::read(in.number(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse(file, "read", errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
    if (have == bytes.size()) bytes.resize(2 * have + 4096);  // a pipe or device, whose size is not known before
  }
  bytes.resize(have);
  return bytes;
}

void write_file_atomic(const std::filesystem::path& file, std::span<const std::byte> bytes) {
  struct stat status {};
  const bool replaces = ::stat(file.c_str(), &status) == 0;
  if (replaces && S_ISDIR(status.st_mode)) refuse(file, "write", EISDIR);
  if (replaces && !S_ISREG(status.st_mode)) {  // a pipe or device is written to, not replaced
    const Descriptor device(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (device.number() < 0) refuse(file, "open", errno);
    return write_all(device.number(), bytes, file);
  }

  Beside beside(file);
  Descriptor out(beside.number());
  write_all(out.number(), bytes, file);
  if (replaces && ::fchmod(out.number(), status.st_mode & 07777U) != 0) refuse(file, "set the permissions", errno);
  if (::fsync(out.number()) != 0) refuse(file, "sync", errno);
  if (const int code = out.close(); code != 0) refuse(file, "close", code);
  beside.replace(file);
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.number() >= 0) ::fsync(parent.number());  // not every file system can; the new file is whole either way
}

void write_file_atomic(const std::filesystem::path& file, std::string_view text) {
  write_file_atomic(file, std::as_bytes(std::span(text.data(), text.size())));
}

}  // namespace assimilaate
