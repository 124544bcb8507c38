#include "assimilaate/stream/keyring.hpp"

#include <algorithm>
#include <charconv>

#include "assimilaate/core/file.hpp"
#include "assimilaate/stream/key_file.hpp"

namespace assimilaate {
namespace {

namespace fs = std::filesystem;

/// The next word of a line, taken from its front.
std::string_view take_word(std::string_view& line) {
  const auto word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(line.size(), word.size() + 1));
  return word;
}

template <typename Number>
Number number_of(std::string_view text) {
  Number value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) fail(Errc::Format, "'{}' is no whole number", text);
  return value;
}

PublicKey key_of(std::string_view text) {
  const auto key = parse_public_key(text);
  if (!key) fail(Errc::Format, "'{}' is no public key", text);
  return *key;
}

std::vector<StreamId> streams_of(std::string_view text) {
  std::vector<StreamId> streams;
  while (text != "*" && !text.empty()) {
    const auto one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    const auto id = parse_stream_id(one);
    if (!id) fail(Errc::Format, "'{}' is no stream's id", one);
    streams.push_back(*id);
  }
  return streams;
}

}  // namespace

Keyring::Keyring(fs::path folder) : folder_(std::move(folder)) {
  std::error_code none;
  if (const auto file = folder_ / "trusted"; fs::exists(file, none)) {
    const auto bytes = read_file(file);
    std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    for (std::size_t number = 1; !text.empty(); ++number) {
      const auto line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      try {
        parse_line(line);
      } catch (const Error& problem) {
        fail(problem.code(), "{}, line {}: {}", file.string(), number, problem.what());
      }
    }
  }
  if (const auto file = folder_ / "keys"; fs::exists(file, none)) {
    set_bytes_ = read_file(file);
    // Its roots may have been replaced by the set itself: that it was taken once is what counts.
    auto known = peek_key_set(set_bytes_);
    if (!known) fail(known.error().code(), "{}: {} (remove it to begin anew)", file.string(), known.error().what());
    set_ = known->set;
  }
}

void Keyring::parse_line(std::string_view line) {
  if (line.empty() || line.front() == '#') return;
  const auto word = take_word(line);
  if (word == "key") {
    Entry entry;
    entry.grant.key = key_of(take_word(line));
    entry.grant.role = role_of(take_word(line));
    entry.grant.streams = streams_of(take_word(line));
    const auto expiry = take_word(line);
    entry.grant.expires_ms = expiry == "never" ? 0 : number_of<std::int64_t>(expiry);
    entry.name = line;
    entries_.push_back(std::move(entry));
  } else if (word == "root") {
    Entry entry{.grant = {.key = key_of(take_word(line)), .role = Role::Root}, .name = {}};
    entry.name = line;
    entries_.push_back(std::move(entry));
  } else if (word == "threshold") {
    threshold_ = number_of<std::uint32_t>(line);
  } else if (word == "revoked") {
    const auto id = parse_key_id(line);
    if (!id) fail(Errc::Format, "'{}' is no key id", line);
    revoked_.push_back(*id);
  } else {
    fail(Errc::Format, "'{}' is no word of this file", word);
  }
}

Roots Keyring::roots() const {
  Roots roots{.threshold = threshold_};
  for (const Entry& entry : entries_)
    if (entry.grant.role == Role::Root && std::ranges::count(revoked_, key_id(entry.grant.key)) == 0)
      roots.keys.push_back(entry.grant.key);
  return roots;
}

std::uint64_t Keyring::find(std::string_view name) const {
  if (const auto id = parse_key_id(name)) return *id;
  if (std::error_code none; fs::is_regular_file(name, none)) return key_id(read_public_key(name).key);
  for (const Entry& entry : entries_)
    if (entry.name == name) return key_id(entry.grant.key);
  fail(Errc::Usage, "'{}' is no key id, no public key's file and no name of a trusted key (assimilaate key show)",
       name);
}

void Keyring::trust(Entry entry) {
  std::erase(revoked_, key_id(entry.grant.key));
  std::erase_if(entries_, [&](const Entry& old) {
    return old.grant.key == entry.grant.key && old.grant.role == entry.grant.role;
  });
  entries_.push_back(std::move(entry));
}

void Keyring::revoke(std::uint64_t key) {
  if (std::ranges::count(revoked_, key) == 0) revoked_.push_back(key);
  std::erase_if(entries_, [&](const Entry& old) { return key_id(old.grant.key) == key; });
}

void Keyring::set_threshold(std::uint32_t threshold) {
  if (threshold == 0 || threshold > roots().keys.size())
    fail(Errc::Usage, "a threshold of {} among {} root keys", threshold, roots().keys.size());
  threshold_ = threshold;
}

void Keyring::save() const {
  std::string text = "# Keys that are trusted here; assimilaate key trust and key revoke write this file.\n";
  for (const auto& [grant, name] : entries_) {
    if (grant.role == Role::Root) {
      text += fmt::format("root {} {}\n", hex(grant.key), name);
      continue;
    }
    std::string streams;
    for (const StreamId& stream : grant.streams) streams += (streams.empty() ? "" : ",") + hex(stream);
    text += fmt::format("key {} {} {} {} {}\n", hex(grant.key), role_name(grant.role), streams.empty() ? "*" : streams,
                        grant.expires_ms == 0 ? "never" : std::to_string(grant.expires_ms), name);
  }
  if (threshold_ != 1) text += fmt::format("threshold {}\n", threshold_);
  for (const std::uint64_t id : revoked_) text += fmt::format("revoked {:016x}\n", id);
  std::error_code reason;
  fs::create_directories(folder_, reason);
  if (reason) fail(Errc::Io, "{}: cannot make the folder: {}", folder_.string(), reason.message());
  fs::permissions(folder_, fs::perms::owner_all, reason);
  write_file_atomic(folder_ / "trusted", text);
  if (!set_bytes_.empty()) write_file_atomic(folder_ / "keys", set_bytes_);
}

bool Keyring::take(std::span<const std::byte> key_set, std::int64_t now_ms) {
  const Roots trusted = roots();
  if (key_set.empty() || trusted.keys.empty()) return false;
  if (std::ranges::equal(key_set, set_bytes_)) return false;
  const KeySet set = parse_key_set(key_set, trusted, now_ms).value();
  if (set_ && set.version < set_->version)
    fail(Errc::Integrity, "key set {}, {} was seen here before (rolled back)", set.version, set_->version);
  if (set_ && set.version == set_->version && set != *set_)
    fail(Errc::Integrity, "two key sets of version {} that say different things (ask whoever keeps the root keys)",
         set.version);
  const Roots next = next_roots(trusted, set);
  if (next.keys != trusted.keys) {
    std::erase_if(entries_, [](const Entry& entry) { return entry.grant.role == Role::Root; });
    for (const PublicKey& key : next.keys)
      entries_.push_back({{.key = key, .role = Role::Root}, fmt::format("of key set {}", set.version)});
  }
  threshold_ = next.threshold;
  const bool newer = !set_ || set.version > set_->version;
  set_ = set;
  set_bytes_.assign(key_set.begin(), key_set.end());
  return newer;
}

SourceTrust Keyring::ask(std::int64_t now_ms) const {
  SourceTrust source{.who = Trust().at(now_ms)};
  for (const Entry& entry : entries_)
    if (entry.grant.role != Role::Root) source.who.grant(entry.grant);
  for (const std::uint64_t id : revoked_) source.who.revoke(id);
  if (set_) {
    source.keys_version = set_->version;
    source.reset_versions = set_->reset_versions;
    apply(*set_, source.who);
  }
  return source;
}

}  // namespace assimilaate
