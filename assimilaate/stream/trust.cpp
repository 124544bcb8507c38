#include "assimilaate/stream/trust.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace assimilaate {
namespace {

constexpr std::array<std::string_view, 5> names{"root", "teacher", "head", "rollout", "device"};

/// Whether a role may sign a kind. Unknown kinds are the teacher's: they can only lie in its log.
bool may_sign(Role role, SegmentKind kind) {
  switch (kind) {
    case SegmentKind::Head:
      return role == Role::Teacher || role == Role::Head;
    case SegmentKind::Plan:
      return role == Role::Rollout;
    case SegmentKind::Keys:
      return role == Role::Root;
    case SegmentKind::Report:
    case SegmentKind::Novelty:
    case SegmentKind::Health:
      return role == Role::Device;
    default:
      return role == Role::Teacher;
  }
}

std::string_view kind_words(SegmentKind kind) {
  switch (kind) {
    case SegmentKind::Head:
      return "heads";
    case SegmentKind::Plan:
      return "plans";
    case SegmentKind::Keys:
      return "key sets";
    case SegmentKind::Report:
    case SegmentKind::Novelty:
    case SegmentKind::Health:
      return "what devices say";
    default:
      return "segments";
  }
}

}  // namespace

std::string_view role_name(Role role) { return names.at(static_cast<std::size_t>(role) - 1); }

Role role_of(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    fail(Errc::Usage, "unknown role '{}' (there are: root, teacher, head, rollout, device)", name);
  return static_cast<Role>(found - names.begin() + 1);
}

Trust Trust::anyone() {
  Trust trust;
  trust.asks_ = false;
  return trust;
}

Trust& Trust::grant(Grant grant) {
  grants_.push_back(std::move(grant));
  return *this;
}
Trust& Trust::revoke(std::uint64_t key) {
  revoked_.push_back(key);
  return *this;
}
Trust& Trust::allow_unsigned(bool allow) {
  unsigned_ = allow;
  return *this;
}
Trust& Trust::at(std::int64_t now_ms) {
  now_ms_ = now_ms;
  return *this;
}

bool Trust::revoked(std::uint64_t key) const { return std::ranges::count(revoked_, key) > 0; }

Result<PublicKey> Trust::find_key(const SegmentHeader& h) const {
  if (revoked(h.key_id)) return error(Errc::Integrity, "key {:016x} was revoked", h.key_id);
  // The reason of the grant that came furthest.
  std::optional<Error> reason;
  int furthest = 0;
  const auto refuse = [&](int how_far, const Error& why) {
    if (how_far > furthest) reason = why;
    furthest = std::max(furthest, how_far);
  };
  for (const Grant& grant : grants_) {
    if (key_id(grant.key) != h.key_id) continue;
    if (!may_sign(grant.role, h.kind))
      refuse(1, error(Errc::Integrity, "key {:016x} has the role {}, it may not sign {}", h.key_id,
                      role_name(grant.role), kind_words(h.kind)));
    else if (!grant.streams.empty() && std::ranges::count(grant.streams, h.stream) == 0)
      refuse(2,
             error(Errc::Integrity, "key {:016x} is trusted for other streams, not for {}", h.key_id, hex(h.stream)));
    else if (grant.expires_ms != 0 && now_ms_ > grant.expires_ms)
      refuse(3, error(Errc::Integrity, "key {:016x} expired at {}", h.key_id, time_text(grant.expires_ms)));
    else
      return grant.key;
  }
  if (reason) return *reason;
  return error(Errc::Integrity, "key {:016x} is not trusted here (assimilaate key trust with its public half)",
               h.key_id);
}

std::optional<Error> Trust::check(const SegmentHeader& h) const {
  if (!asks_) return std::nullopt;
  if (h.key_id == 0) {
    if (unsigned_) return std::nullopt;
    return error(Errc::Integrity, "it is unsigned, nobody vouches for it (--unsigned takes it all the same)");
  }
  const auto key = find_key(h);
  if (!key) return key.error();
  if (!verify_signature(*key, signed_bytes(h), h.signature))
    return error(Errc::Integrity, "its signature is not one of key {:016x} (forged or altered)", h.key_id);
  return std::nullopt;
}

Result<Segment> open_segment(std::span<const std::byte> bytes, const Trust& trust) {
  const auto header = parse_header(bytes);
  if (!header) return header.error();
  if (auto refused = trust.check(*header)) return *std::move(refused);
  return parse_segment(bytes);
}

std::string time_text(std::int64_t unix_ms) {
  const auto seconds = static_cast<std::time_t>(unix_ms / 1000);
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr) return fmt::format("{} ms", unix_ms);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min);
}

}  // namespace assimilaate
