#pragma once
/// The statement of a stream's tip: what readers may rely on. Carried as a segment of kind Head.

#include <optional>

#include "assimilaate/stream/segment.hpp"

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
  std::optional<Tip> previous;  ///< of the epoch before
  std::uint64_t held_out = 0;   ///< held-out records in the epoch
  bool operator==(const Head&) const = default;
};

/// The whole segment.
[[nodiscard]] std::vector<std::byte> write_head(const StreamId& stream, const Head& head);

/// The head in `bytes`, which it must use up. Errors: those of `parse_segment`; Mismatch for another stream's head.
[[nodiscard]] Result<Head> parse_head(const StreamId& stream, std::span<const std::byte> bytes);

}  // namespace assimilaate
