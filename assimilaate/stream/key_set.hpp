#pragma once
/// Key sets: what the offline root keys delegate, k of n of them together. Carried as a segment of kind Keys.

#include "assimilaate/stream/trust.hpp"

namespace assimilaate {

/// The keys that everything else hangs on, and how many of them must agree.
struct Roots {
  std::vector<PublicKey> keys{};
  std::uint32_t threshold = 1;
  bool operator==(const Roots&) const = default;
};

struct KeySet {
  std::uint32_t version = 1;    ///< grows with every set
  std::uint32_t threshold = 1;  ///< root signatures that the next set needs
  std::vector<Grant> keys{};    ///< keys of the role Root replace the roots, all of them
  std::vector<std::uint64_t> revoked{};
  std::int64_t expires_ms = 0;  ///< Unix time [ms]; 0: never
  bool reset_versions = false;  ///< targets forget the head versions and epochs they have seen
  bool operator==(const KeySet&) const = default;
};

/// The whole segment, signed by each of `roots`. @throws Error{Usage} without a root, or for a threshold of 0.
[[nodiscard]] std::vector<std::byte> write_key_set(const KeySet& set, std::span<const SecretKey> roots,
                                                   std::int64_t time_ms = 0);
/// The same set with one more signature, or one made anew. @throws Error for what is no key set.
[[nodiscard]] std::vector<std::byte> sign_key_set(std::span<const std::byte> segment, const SecretKey& root);
/// Key ids of those who signed, whether that holds or not, and the set. Proves nothing: for showing and signing.
struct UncheckedKeySet {
  KeySet set;
  std::vector<std::uint64_t> signers;
};
[[nodiscard]] Result<UncheckedKeySet> peek_key_set(std::span<const std::byte> segment);

/// The set in `bytes`, signed by enough of the roots, and of its own roots where it names some.
/// Errors: those of `open_segment`; Integrity for too few signatures or a set that expired, each with its reason.
[[nodiscard]] Result<KeySet> parse_key_set(std::span<const std::byte> bytes, const Roots& roots, std::int64_t now_ms);

/// The roots that the next set answers to.
[[nodiscard]] Roots next_roots(const Roots& roots, const KeySet& set);
/// Grant and revoke what a checked set says; no grant outlasts the set.
void apply(const KeySet& set, Trust& trust);

}  // namespace assimilaate
