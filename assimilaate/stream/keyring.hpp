#pragma once
/// What one person or device trusts, kept in a folder: the file `trusted`, a line each, and the newest key set.
///
///     key <public key> <role> <streams, comma between them, or *> <expiry, Unix ms, or never> <name>
///     root <public key> <name>
///     threshold <n>                 root signatures that a key set needs
///     revoked <key id>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "assimilaate/stream/carrier.hpp"
#include "assimilaate/stream/key_set.hpp"
#include "assimilaate/stream/source_trust.hpp"

namespace assimilaate {

class Keyring {
 public:
  struct Entry {
    Grant grant;  ///< role Root: a root key
    std::string name;
    bool operator==(const Entry&) const = default;
  };

  /// Reads what is there; a folder that is missing trusts nobody.
  /// @throws Error{Format} naming file and line, Error{Io}, Error{Integrity} when the stored key set does not hold.
  explicit Keyring(std::filesystem::path folder);

  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }
  [[nodiscard]] const std::vector<std::uint64_t>& revoked() const noexcept { return revoked_; }
  [[nodiscard]] const std::optional<KeySet>& key_set() const noexcept { return set_; }
  [[nodiscard]] Roots roots() const;

  /// The key id that a name, an id or a public key's file stands for. @throws Error{Usage} when there is none.
  [[nodiscard]] std::uint64_t find(std::string_view name) const;

  /// Trust a key from now on, also when it was revoked. Call `save` afterwards, as after all that changes.
  void trust(Entry entry);
  /// Never trust it again, whoever names it.
  void revoke(std::uint64_t key);
  /// @throws Error{Usage} for 0 or more than there are roots.
  void set_threshold(std::uint32_t threshold);
  /// Durably and in one step. @throws Error{Io}.
  void save() const;

  /// Take in a key set, if a root is trusted here.
  /// @return true when it is newer than the one that was known: `save` it. @throws Error{Integrity} naming the reason.
  bool take(std::span<const std::byte> key_set, std::int64_t now_ms);
  /// What to ask of streams: these keys, and those of the newest key set as long as it has not expired.
  [[nodiscard]] SourceTrust ask(std::int64_t now_ms) const;

 private:
  void parse_line(std::string_view line);

  std::filesystem::path folder_;
  std::vector<Entry> entries_;
  std::vector<std::uint64_t> revoked_;
  std::uint32_t threshold_ = 1;
  std::optional<KeySet> set_;
  std::vector<std::byte> set_bytes_;
};

}  // namespace assimilaate
