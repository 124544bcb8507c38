#include "assimilaate/cli/user_keys.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>

#include "assimilaate/stream/key_file.hpp"

namespace assimilaate::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* default_name = "default";

std::optional<fs::path> folder_if_any() {
  const auto set = [](const char* name) -> std::optional<fs::path> {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
  if (const auto own = set("ASSIMILAATE_KEYS")) return own;
  if (const auto config = set("XDG_CONFIG_HOME")) return *config / "assimilaate" / "keys";
  if (const auto home = set("HOME")) return *home / ".config" / "assimilaate" / "keys";
  return std::nullopt;
}

/// One word that is a file's name and nothing else.
void check_name(const std::string& name) {
  if (name.empty() || name.size() > 64 || name.front() == '.' || name.find_first_of("/ \t\n") != std::string::npos)
    fail(Errc::Usage, "'{}' is no name for a key (one word, at most 64 bytes, no slash)", name);
}

void make_folder(const fs::path& folder) {
  std::error_code reason;
  fs::create_directories(folder, reason);
  if (reason)
    fail(Errc::Io, "{}: cannot make the folder for keys: {} (ASSIMILAATE_KEYS names another; --unsigned needs none)",
         folder.string(), reason.message());
  fs::permissions(folder, fs::perms::owner_all, reason);
}

}  // namespace

fs::path key_folder() {
  if (auto folder = folder_if_any()) return *folder;
  fail(Errc::Usage, "there is no place for keys: neither ASSIMILAATE_KEYS nor HOME is set (--unsigned needs none)");
}

Keyring user_keyring() { return Keyring(folder_if_any().value_or(fs::path())); }

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

fs::path private_key_file(const std::string& name) {
  if (std::error_code none; name.find('/') != std::string::npos || fs::is_regular_file(name, none)) return name;
  check_name(name);
  const auto file = key_folder() / (name + ".key");
  if (std::error_code none; !fs::exists(file, none))
    fail(Errc::Io, "{}: there is no such key (assimilaate key new {} makes one)", file.string(), name);
  return file;
}

SecretKey make_key(const std::string& name) {
  check_name(name);
  const auto folder = key_folder();
  make_folder(folder);
  const auto key = SecretKey::generate();
  write_private_key(folder / (name + ".key"), key, name);
  write_public_key(folder / (name + ".pub"), key.public_key(), name);
  return key;
}

Signing sign_with(const std::string& key) {
  const std::string name = key.empty() ? default_name : key;
  if (std::error_code none; key.empty() && !fs::exists(key_folder() / (name + ".key"), none)) {
    const auto made = make_key(name);
    Keyring keyring = user_keyring();
    keyring.trust({.grant = {.key = made.public_key()}, .name = name});
    keyring.save();
    if (isatty(STDERR_FILENO) != 0)
      fmt::print(stderr, "made a key to sign streams with: {} (id {:016x}); it is trusted here\n",
                 (key_folder() / (name + ".key")).string(), key_id(made.public_key()));
    return {.key = made};
  }
  const auto known = read_private_key(private_key_file(name));
  if (const Keyring keyring = user_keyring();
      std::ranges::find(keyring.revoked(), key_id(known.public_key())) != keyring.revoked().end())
    fail(Errc::Usage, "key {} (id {:016x}) is revoked here: name another with --key, or trust it again", name,
         key_id(known.public_key()));
  return {.key = known};
}

Signing sign_if_possible() {
  if (!folder_if_any()) return {};
  try {
    return sign_with({});
  } catch (const Error& problem) {
    if (problem.code() != Errc::Io) throw;
    fmt::print(stderr, "the run's stream stays unsigned: {}\n", problem.what());
    return {};
  }
}

std::int64_t parse_expiry(const std::string& text) {
  if (text == "never") return 0;
  std::int64_t count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string unit(end, text.data() + text.size());
  const std::int64_t milliseconds = unit == "d" ? 86'400'000 : unit == "h" ? 3'600'000 : unit == "m" ? 60'000 : 0;
  if (problem != std::errc{} || milliseconds == 0 || count <= 0 || count > 36'500)
    fail(Errc::Usage, "'{}' is no time to expire in (30d, 12h, 45m or never)", text);
  return now_ms() + count * milliseconds;
}

}  // namespace assimilaate::cli
