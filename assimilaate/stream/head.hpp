#pragma once
/// The statement of a stream's tip: what readers may rely on. Carried as a segment of kind Head.

#include <optional>
#include <string>

#include "assimilaate/stream/trust.hpp"

namespace assimilaate {

/// Where an epoch's log ends.
struct Tip {
  std::uint32_t epoch = 1;
  std::uint64_t count = 0;      ///< segments
  Digest hash{};                ///< of the last of their headers
  std::uint64_t bytes = 0;      ///< of the log up to there [B]
  std::uint64_t min_index = 0;  ///< first segment that is still offered
  bool operator==(const Tip&) const = default;
};

struct Head {
  std::uint64_t version = 0;  ///< grows with every head of a stream
  std::int64_t time_ms = 0;   ///< Unix time [ms]
  ShortDigest codebook{};     ///< as in every header of the epoch
  Tip tip;
  std::optional<Tip> previous;       ///< of the epoch before
  std::uint64_t held_out = 0;        ///< held-out records in the epoch
  std::int64_t expires_ms = 0;       ///< Unix time [ms] after which it says nothing any more; 0: never
  std::uint32_t keys_version = 0;    ///< of the key set under which it was signed; 0: none
  std::vector<std::string> bases{};  ///< where the stream can be fetched, best first
  bool no_mqtt = false;              ///< some segment is too large for MQTT
  bool operator==(const Head&) const = default;
};

/// The whole segment.
[[nodiscard]] std::vector<std::byte> write_head(const StreamId& stream, const Head& head,
                                                const SecretKey* key = nullptr);

/// The head in `bytes`, which it must use up. Errors: those of `open_segment`; Mismatch for another stream's head.
[[nodiscard]] Result<Head> parse_head(const StreamId& stream, std::span<const std::byte> bytes,
                                      const Trust& trust = Trust::anyone());

/// Why a head says nothing any more (Integrity: it expired, or its key set is not the one at hand), or nothing.
/// @param keys_version  of the newest key set that is trusted; 0: none
[[nodiscard]] std::optional<Error> check_current(const Head& head, const Trust& trust, std::uint32_t keys_version);

}  // namespace assimilaate
