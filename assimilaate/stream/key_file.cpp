#include "assimilaate/stream/key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

#include "assimilaate/core/digest.hpp"
#include "assimilaate/core/file.hpp"

namespace assimilaate {
namespace {

constexpr std::string_view public_word = "assimilaate-public-key", private_word = "assimilaate-private-key",
                           kind = "ed25519";

/// Wipes a text that held a secret.
struct Wiped {
  std::vector<std::byte>& bytes;
  ~Wiped() { wipe(bytes); }
};

struct Line {
  std::string_view word, kind, digits, name;
};

/// The four words of the first line; names may hold spaces.
Line split(std::span<const std::byte> bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  text = text.substr(0, text.find('\n'));
  const auto next = [&] {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    return word;
  };
  Line line;
  line.word = next();
  line.kind = next();
  line.digits = next();
  line.name = text;
  return line;
}

bool from_hex(std::string_view text, std::span<std::byte> out) {
  if (text.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    unsigned value = 0;
    const auto* begin = text.data() + 2 * i;
    const auto [end, problem] = std::from_chars(begin, begin + 2, value, 16);
    if (problem != std::errc{} || end != begin + 2) return false;
    out[i] = static_cast<std::byte>(value);
  }
  return true;
}

[[noreturn]] void fail_errno(const std::filesystem::path& file, const char* what) {
  fail(Errc::Io, "{}: cannot {}: {}", file.string(), what, std::generic_category().message(errno));
}

}  // namespace

void write_private_key(const std::filesystem::path& file, const SecretKey& key, std::string_view name) {
  auto seed = key.seed();
  auto text = fmt::format("{} {} {} {}\n", private_word, kind, hex(seed), name);
  wipe(seed);
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0 && errno == EEXIST)
    fail(Errc::Usage, "{}: is there already; a private key is never replaced (name another)", file.string());
  if (descriptor < 0) fail_errno(file, "make the file");
  const bool written =
      ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
  wipe(std::as_writable_bytes(std::span(text)));
  ::close(descriptor);
  if (!written) {
    ::unlink(file.c_str());
    fail_errno(file, "write");
  }
}

SecretKey read_private_key(const std::filesystem::path& file) {
  struct stat status;
  if (::stat(file.c_str(), &status) != 0) fail_errno(file, "read");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    fail(Errc::Io, "{}: others may read this private key (mode {:o}); chmod 600 it, and replace it if they did",
         file.string(), status.st_mode & 0777U);
  auto bytes = read_file(file);
  const Wiped wiped{bytes};
  const Line line = split(bytes);
  SecretKey::Seed seed;
  if (line.word != private_word || line.kind != kind || !from_hex(line.digits, seed))
    fail(Errc::Format, "{}: is no private key (assimilaate key new makes one)", file.string());
  SecretKey key(seed);
  wipe(seed);
  return key;
}

void write_public_key(const std::filesystem::path& file, const PublicKey& key, std::string_view name) {
  write_file_atomic(file, fmt::format("{} {} {} {}\n", public_word, kind, hex(key), name));
}

NamedPublicKey read_public_key(const std::filesystem::path& file) {
  auto bytes = read_file(file);
  const Wiped wiped{bytes};
  const Line line = split(bytes);
  if (line.word == private_word)
    fail(Errc::Usage, "{}: is a private key; its public half is wanted (*.pub beside it)", file.string());
  NamedPublicKey result{{}, std::string(line.name)};
  if (line.word != public_word || line.kind != kind || !from_hex(line.digits, result.key))
    fail(Errc::Format, "{}: is no public key (a *.pub that assimilaate key new has made)", file.string());
  return result;
}

std::optional<std::uint64_t> parse_key_id(std::string_view text) {
  std::uint64_t id = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), id, 16);
  if (text.size() != 16 || problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return id;
}

std::optional<PublicKey> parse_public_key(std::string_view text) {
  PublicKey key;
  if (!from_hex(text, key)) return std::nullopt;
  return key;
}

}  // namespace assimilaate
