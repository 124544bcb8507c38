#include "assimilaate/stream/key_set.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "assimilaate/stream/internal/message.hpp"
#include "assimilaate/stream/stream.pb.h"

namespace assimilaate {
namespace {

using internal::as_bytes;
using internal::as_string;

constexpr std::string_view context = "assimilaate keys";  // so that these signatures are good for nothing else
constexpr std::size_t entry_length = 8 + 64;              // [B], key id and signature

std::vector<std::byte> signed_text(std::string_view set) {
  const auto text = std::string(context).append(set);
  const auto bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

std::string sign_entry(std::string_view set, const SecretKey& root) {
  const std::uint64_t id = key_id(root.public_key());
  return as_string(std::as_bytes(std::span(&id, 1))) + as_string(root.sign(signed_text(set)));
}

std::uint64_t entry_id(const std::string& entry) {
  std::uint64_t id;
  std::memcpy(&id, entry.data(), sizeof id);
  return id;
}

std::vector<std::byte> seal(const proto::Keys& message, std::uint32_t version, std::int64_t time_ms,
                            const SecretKey& root) {
  SegmentHeader header;
  header.kind = SegmentKind::Keys;
  header.index = version;
  header.time_ms = time_ms;
  return seal_segment(header, internal::to_bytes(message), &root);
}

KeySet set_of(const proto::KeySet& message) {
  KeySet set{.version = message.version(),
             .threshold = message.threshold(),
             .expires_ms = message.expires_ms(),
             .reset_versions = message.reset_versions()};
  for (const auto& key : message.keys()) {
    if (key.role() < 1 || key.role() > 5) continue;  // a role of a later version
    Grant grant{.role = static_cast<Role>(key.role()), .expires_ms = key.expires_ms()};
    if (!internal::take_hash(key.pub(), grant.key))
      fail(Errc::Format, "key set: a public key has {} bytes, not 32", key.pub().size());
    for (const auto& stream : key.streams())
      if (!internal::take_hash(stream, grant.streams.emplace_back()))
        fail(Errc::Format, "key set: a stream id has {} bytes, not 16", stream.size());
    set.keys.push_back(std::move(grant));
  }
  for (const auto& id : message.revoked()) {
    if (id.size() != 8) fail(Errc::Format, "key set: a revoked key id has {} bytes, not 8", id.size());
    set.revoked.push_back(entry_id(id));
  }
  if (set.version == 0 || set.threshold == 0) fail(Errc::Format, "key set: version and threshold count from 1");
  return set;
}

struct Opened {
  SegmentHeader header;
  proto::Keys message;
  KeySet set;
};

Opened open(std::span<const std::byte> bytes, const Trust& trust) {
  const auto segment = open_segment(bytes, trust).value();
  if (segment.header.kind != SegmentKind::Keys) fail(Errc::Format, "this is no key set");
  if (segment.header.segment_length() != bytes.size()) fail(Errc::Integrity, "key set: bytes too many");
  if (auto unknown = check_understood(segment.header)) throw *unknown;
  Opened opened{segment.header, {}, {}};
  proto::KeySet message;
  if (!internal::from_bytes(segment.body, opened.message) ||
      !internal::from_bytes(as_bytes(opened.message.key_set()), message))
    fail(Errc::Format, "key set: not a message of its kind");
  for (const auto& entry : opened.message.sigs())
    if (entry.size() != entry_length)
      fail(Errc::Format, "key set: a signature has {} bytes, not {}", entry.size(), entry_length);
  opened.set = set_of(message);
  if (opened.set.version != segment.header.index) fail(Errc::Format, "key set: header and body name other versions");
  return opened;
}

/// How many of these roots signed.
std::size_t signatures(const proto::Keys& message, std::span<const PublicKey> roots) {
  const auto text = signed_text(message.key_set());
  std::set<PublicKey> good;
  for (const auto& entry : message.sigs()) {
    Signature signature;
    std::memcpy(signature.data(), entry.data() + 8, signature.size());
    for (const PublicKey& root : roots)
      if (key_id(root) == entry_id(entry) && verify_signature(root, text, signature)) good.insert(root);
  }
  return good.size();
}

std::vector<PublicKey> roots_in(const KeySet& set) {
  std::vector<PublicKey> roots;
  for (const Grant& grant : set.keys)
    if (grant.role == Role::Root) roots.push_back(grant.key);
  return roots;
}

}  // namespace

std::vector<std::byte> write_key_set(const KeySet& set, std::span<const SecretKey> roots, std::int64_t time_ms) {
  if (roots.empty()) fail(Errc::Usage, "a key set is signed by a root key at least");
  if (set.version == 0 || set.threshold == 0) fail(Errc::Usage, "key set: version and threshold count from 1");
  proto::KeySet message;
  message.set_version(set.version);
  message.set_threshold(set.threshold);
  for (const Grant& grant : set.keys) {
    auto& key = *message.add_keys();
    key.set_pub(as_string(grant.key));
    key.set_role(static_cast<std::uint32_t>(grant.role));
    for (const StreamId& stream : grant.streams) key.add_streams(as_string(stream));
    key.set_expires_ms(grant.expires_ms);
  }
  for (const std::uint64_t id : set.revoked) message.add_revoked(as_string(std::as_bytes(std::span(&id, 1))));
  message.set_expires_ms(set.expires_ms);
  message.set_reset_versions(set.reset_versions);
  proto::Keys keys;
  keys.set_key_set(as_string(internal::to_bytes(message)));
  for (const SecretKey& root : roots) keys.add_sigs(sign_entry(keys.key_set(), root));
  return seal(keys, set.version, time_ms, roots.front());
}

std::vector<std::byte> sign_key_set(std::span<const std::byte> segment, const SecretKey& root) {
  Opened opened = open(segment, Trust::anyone());
  const auto entry = sign_entry(opened.message.key_set(), root);
  auto& entries = *opened.message.mutable_sigs();
  const auto mine = std::ranges::find(entries, entry_id(entry), entry_id);
  if (mine != entries.end())
    *mine = entry;
  else
    opened.message.add_sigs(entry);
  return seal(opened.message, opened.set.version, opened.header.time_ms, root);
}

Result<UncheckedKeySet> peek_key_set(std::span<const std::byte> segment) {
  try {
    const Opened opened = open(segment, Trust::anyone());
    UncheckedKeySet result{opened.set, {}};
    for (const auto& entry : opened.message.sigs()) result.signers.push_back(entry_id(entry));
    return result;
  } catch (const Error& problem) {
    return problem;
  }
}

Result<KeySet> parse_key_set(std::span<const std::byte> bytes, const Roots& roots, std::int64_t now_ms) {
  try {
    const Opened opened = open(bytes, Trust::anyone());
    const KeySet& set = opened.set;
    // The envelope is signed by whoever completed the set, which may be a root that it names.
    Trust trust;
    for (const PublicKey& root : roots.keys) trust.grant({.key = root, .role = Role::Root});
    for (const PublicKey& root : roots_in(set)) trust.grant({.key = root, .role = Role::Root});
    if (auto refused = trust.check(opened.header))
      return error(refused->code(), "key set {}: {}", set.version, refused->what());
    if (const auto found = signatures(opened.message, roots.keys); found < roots.threshold)
      return error(Errc::Integrity, "key set {}: {} root keys signed it, {} must", set.version, found, roots.threshold);
    if (const auto own = roots_in(set); !own.empty() && signatures(opened.message, own) < set.threshold)
      return error(Errc::Integrity, "key set {}: {} of its own {} root keys signed it, {} must", set.version,
                   signatures(opened.message, own), own.size(), set.threshold);
    if (set.expires_ms != 0 && now_ms > set.expires_ms)
      return error(Errc::Integrity, "key set {}: it expired at {} (frozen: fetch a newer one)", set.version,
                   time_text(set.expires_ms));
    return set;
  } catch (const Error& problem) {
    return problem;
  }
}

Roots next_roots(const Roots& roots, const KeySet& set) {
  auto own = roots_in(set);
  return {own.empty() ? roots.keys : std::move(own), set.threshold};
}

void apply(const KeySet& set, Trust& trust) {
  for (Grant grant : set.keys) {
    if (grant.role == Role::Root) continue;
    if (set.expires_ms != 0 && (grant.expires_ms == 0 || grant.expires_ms > set.expires_ms))
      grant.expires_ms = set.expires_ms;
    trust.grant(std::move(grant));
  }
  for (const std::uint64_t id : set.revoked) trust.revoke(id);
}

}  // namespace assimilaate
