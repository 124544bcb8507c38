#pragma once
/// What fleets say beside their streams: rollout plans down, reports, health and novelty up. Each is a segment of its
/// own, signed like every other; integers only, `_pm` per mille. What the numbers mean: docs/stream-format.md.

#include "assimilaate/stream/columns.hpp"
#include "assimilaate/stream/report_words.hpp"
#include "assimilaate/stream/trust.hpp"

namespace assimilaate {

using Bytes = std::vector<std::byte>;
using Counts = std::vector<std::uint32_t>;

/// Which targets a plan is for.
struct Cohort {
  Bytes salt{};
  std::uint32_t from = 0, to = 0;  ///< permyriad
  Counts classes{};                ///< of devices; empty: all
  std::vector<Bytes> regions{};    ///< names; empty: all
  bool operator==(const Cohort&) const = default;
};
struct Phase {
  std::uint32_t permyriad = 0, min_targets = 0, hold_s = 0;
  bool pause = false;
  bool operator==(const Phase&) const = default;
};
struct Gate {
  std::uint32_t converged_pm = 0, agree_p10_pm = 0, abort_pm = 0, stop_agree_pm = 0, min_heldout = 0;
  bool operator==(const Gate&) const = default;
};
struct Plan {
  StreamId stream{};
  std::uint32_t target_epoch = 0, fallback_epoch = 0;
  Cohort cohort{};
  std::vector<Phase> phases{};
  std::uint32_t phase = 0;
  Gate gate{};
  std::uint32_t command = 0, window_from_min = 0, window_to_min = 0, spread_s = 0, timeout_s = 0;
  std::uint32_t novelty_quota = 0, novelty_permyriad = 0;
  std::int64_t expires_ms = 0;
  bool operator==(const Plan&) const = default;
};

struct Report {
  ReportState state = ReportState::Unset;
  ReportError error = ReportError::Unset;
  std::uint32_t active_epoch = 0;
  std::array<std::byte, 4> tip{};  ///< first bytes of the tip's hash
  std::uint64_t next_index = 0;
  std::uint32_t plan_version = 0;
  bool stale = false;
  std::uint32_t device_class = 0, age_bucket = 0;
  std::uint64_t records = 0, presentations = 0, pulses = 0;
  std::uint32_t heldout_n = 0, agree_mean_pm = 0, agree_min_pm = 0, exact_pm = 0, task_pm = 0, nmse_pm = 0;
  std::uint32_t margin_p10 = 0, margin_p50 = 0;
  std::int32_t slope_pm = 0;
  std::uint32_t gate_s = 0;
  Bytes agree_hist{};  ///< 8 bins
  std::uint32_t lanes_used = 0, lanes_spare = 0, lanes_retired = 0, stuck_ppm = 0, saturated_pm = 0;
  std::int32_t drift_pm = 0;
  std::uint64_t energy_mj = 0;
  bool energy_measured = false;
  std::vector<std::uint64_t> down_by_carrier{};
  std::uint64_t up = 0, again = 0;
  std::uint32_t wall_s = 0, duty_s = 0;
  Counts novelty_seen_kept_sent_dropped{};
  std::uint32_t repairs = 0;
  std::uint64_t bad_index = 0;
  std::uint32_t duplicates = 0, gaps = 0, clock_quality = 0, uptime_s = 0;
  bool operator==(const Report&) const = default;
};

struct Health {
  std::uint32_t active_epoch = 0, stuck_ppm = 0;
  std::int32_t drift_pm = 0;
  std::uint32_t agree_mean_pm = 0, uptime_s = 0;
  std::uint64_t energy_mj = 0;
  bool operator==(const Health&) const = default;
};

struct Novelty {
  std::uint32_t epoch = 0;
  NoveltyReason reason = NoveltyReason::Unset;
  std::uint32_t seen = 0, kept = 0, plan_version = 0, consent = 0;
  bool operator==(const Novelty&) const = default;
};

/// Of whom and when a statement is.
struct Statement {
  StreamId stream{};
  ShortDigest codebook{};
  std::uint32_t epoch = 1;
  std::uint64_t version = 0;  ///< or counter, growing with every statement of that signer and kind
  std::int64_t time_ms = 0;
  bool operator==(const Statement&) const = default;
};

[[nodiscard]] Bytes write_plan(const Statement& of, const Plan& plan, const SecretKey* key);
[[nodiscard]] Bytes write_report(const Statement& of, const Report& report, const SecretKey* key);
[[nodiscard]] Bytes write_health(const Statement& of, const Health& health, const SecretKey* key);
/// @param records  of the boundaries of the stream, explicit and packed
/// @param reader   the teacher's key, where nobody else may read the body
[[nodiscard]] Bytes write_novelty(const Statement& of, const Novelty& novelty, std::span<const AatBlock> records,
                                  const SecretKey* key, const PublicKey* reader = nullptr);

template <typename Body>
struct Signed {
  Statement of;
  std::uint64_t signer = 0;  ///< key id; 0: unsigned
  Body body;
};
/// The statement that `bytes` are, signed by who may. Errors: those of `open_segment`; Format for another kind, or a
/// body that is no message; Mismatch for a plan of another stream than its header's.
[[nodiscard]] Result<Signed<Plan>> parse_plan(std::span<const std::byte> bytes, const Trust& trust);
[[nodiscard]] Result<Signed<Report>> parse_report(std::span<const std::byte> bytes, const Trust& trust);
[[nodiscard]] Result<Signed<Health>> parse_health(std::span<const std::byte> bytes, const Trust& trust);
struct NoveltyRecords {
  Novelty novelty;
  std::vector<AatBlock> records;
};
/// @param shapes    of the boundaries of the stream
/// @param codebook  of the stream: hostile input is not decoded by another one (Mismatch)
/// @param reader    opens what is sealed to it (Integrity when it was to another); without, that is Unsupported
[[nodiscard]] Result<Signed<NoveltyRecords>> parse_novelty(std::span<const std::byte> bytes, const Trust& trust,
                                                           std::span<const Shape> shapes, const ShortDigest& codebook,
                                                           const SecretKey* reader = nullptr);

}  // namespace assimilaate
