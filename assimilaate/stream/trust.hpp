#pragma once
/// Who may sign what, and whether a header was signed by one of them: the one verifier of everything that is carried.

#include <optional>
#include <string_view>
#include <vector>

#include "assimilaate/stream/segment.hpp"

namespace assimilaate {

/// What a key is for. A key is accepted for its role and its streams only.
enum class Role : std::uint8_t {
  Root = 1,     ///< signs key sets, offline
  Teacher = 2,  ///< signs segments and heads
  Head = 3,     ///< signs heads again while the teacher's key is offline
  Rollout = 4,  ///< signs plans
  Device = 5    ///< signs reports, novelty and health
};
[[nodiscard]] std::string_view role_name(Role role);
/// @throws Error{Usage} listing the names there are.
[[nodiscard]] Role role_of(std::string_view name);

/// A key and what it may do.
struct Grant {
  PublicKey key{};
  Role role = Role::Teacher;
  std::vector<StreamId> streams{};  ///< empty: all
  std::int64_t expires_ms = 0;      ///< Unix time [ms]; 0: never
  bool operator==(const Grant&) const = default;
};

/// A set of grants and revocations. Every refusal is an Error{Integrity} with a reason of its own.
class Trust {
 public:
  /// Trusts nobody until it is told to.
  Trust() = default;
  /// Asks nobody: signatures are not looked at, hashes and chain are. For a teacher and a target in one process.
  [[nodiscard]] static Trust anyone();

  Trust& grant(Grant grant);
  /// No grant of that key holds any longer, whenever it was given.
  Trust& revoke(std::uint64_t key);
  /// Take what is not signed at all, too.
  Trust& allow_unsigned(bool allow = true);
  /// Unix time [ms] that expiry is measured against; 0, the beginning, where nobody sets a clock.
  Trust& at(std::int64_t now_ms);

  [[nodiscard]] bool asks() const noexcept { return asks_; }
  [[nodiscard]] bool unsigned_allowed() const noexcept { return unsigned_; }
  [[nodiscard]] std::int64_t now_ms() const noexcept { return now_ms_; }
  [[nodiscard]] const std::vector<Grant>& grants() const noexcept { return grants_; }
  [[nodiscard]] bool revoked(std::uint64_t key) const;

  /// Why nobody who is trusted signed this header, or nothing when somebody did.
  [[nodiscard]] std::optional<Error> check(const SegmentHeader& header) const;
  /// The same without the signature: the key is known, not revoked, of the right role and stream, and not expired.
  [[nodiscard]] Result<PublicKey> find_key(const SegmentHeader& header) const;

 private:
  bool asks_ = true, unsigned_ = false;
  std::int64_t now_ms_ = 0;
  std::vector<Grant> grants_;
  std::vector<std::uint64_t> revoked_;
};

/// The segment at the front of `bytes`, as `parse_segment` finds it, once somebody who is trusted signed its header.
[[nodiscard]] Result<Segment> open_segment(std::span<const std::byte> bytes, const Trust& trust);

/// "2026-11-27 16:40 UTC", for messages.
[[nodiscard]] std::string time_text(std::int64_t unix_ms);

}  // namespace assimilaate
