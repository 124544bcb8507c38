#include "assimilaate/stream/statements.hpp"

#include <algorithm>
#include <cstring>

#include "assimilaate/core/sealed_box.hpp"
#include "assimilaate/stream/internal/wire.hpp"

namespace assimilaate {
namespace {

using internal::from_wire;
using internal::to_wire;

// Fields by their numbers in stream.proto; views, so that the public types stay free of the wire.
struct ReportFields {
  Report& r;
  template <typename Visit>
  void fields(Visit v) {
    v(1, r.state), v(2, r.error), v(3, r.active_epoch), v(4, r.tip), v(5, r.next_index), v(6, r.plan_version),
        v(7, r.stale);
    v(8, r.device_class), v(9, r.age_bucket), v(10, r.records), v(11, r.presentations), v(12, r.pulses);
    v(13, r.heldout_n), v(14, r.agree_mean_pm), v(15, r.agree_min_pm), v(16, r.exact_pm), v(17, r.task_pm);
    v(18, r.nmse_pm), v(19, r.margin_p10), v(20, r.margin_p50), v(21, r.slope_pm), v(22, r.gate_s);
    v(23, r.agree_hist), v(24, r.lanes_used), v(25, r.lanes_spare), v(26, r.lanes_retired), v(27, r.stuck_ppm);
    v(28, r.saturated_pm), v(29, r.drift_pm), v(30, r.energy_mj), v(31, r.energy_measured);
    v(32, r.down_by_carrier), v(33, r.up), v(34, r.again), v(35, r.wall_s), v(36, r.duty_s);
    v(37, r.novelty_seen_kept_sent_dropped), v(38, r.repairs), v(39, r.bad_index), v(40, r.duplicates);
    v(41, r.gaps), v(42, r.clock_quality), v(43, r.uptime_s);
  }
};
struct HealthFields {
  Health& h;
  template <typename Visit>
  void fields(Visit v) {
    v(1, h.active_epoch), v(2, h.stuck_ppm), v(3, h.drift_pm), v(4, h.agree_mean_pm), v(5, h.uptime_s);
    v(6, h.energy_mj);
  }
};
struct NoveltyFields {
  Novelty& n;
  template <typename Visit>
  void fields(Visit v) {
    v(1, n.epoch), v(2, n.reason), v(3, n.seen), v(4, n.kept), v(5, n.plan_version), v(6, n.consent);
  }
};
struct CohortFields {
  Cohort& c;
  template <typename Visit>
  void fields(Visit v) {
    v(1, c.salt), v(2, c.from), v(3, c.to), v(4, c.classes), v(5, c.regions);
  }
};
struct PhaseFields {
  Phase& p;
  template <typename Visit>
  void fields(Visit v) {
    v(1, p.permyriad), v(2, p.min_targets), v(3, p.hold_s), v(4, p.pause);
  }
};
struct GateFields {
  Gate& g;
  template <typename Visit>
  void fields(Visit v) {
    v(1, g.converged_pm), v(2, g.agree_p10_pm), v(3, g.abort_pm), v(4, g.stop_agree_pm), v(5, g.min_heldout);
  }
};
struct PlanFields {
  Plan& p;
  Bytes stream, cohort, gate;
  std::vector<Bytes> phases;
  template <typename Visit>
  void fields(Visit v) {
    v(1, stream), v(2, p.target_epoch), v(3, p.fallback_epoch), v(4, cohort), v(5, phases), v(6, p.phase), v(7, gate);
    v(8, p.command), v(9, p.window_from_min), v(10, p.window_to_min), v(11, p.spread_s), v(12, p.timeout_s);
    v(13, p.novelty_quota), v(14, p.novelty_permyriad), v(15, p.expires_ms);
  }
};

Bytes seal(SegmentKind kind, const Statement& of, std::span<const std::byte> body, const SecretKey* key,
           std::uint32_t records = 0, std::uint16_t flags = 0) {
  SegmentHeader header{.kind = kind, .flags = flags, .stream = of.stream, .codebook = of.codebook, .epoch = of.epoch};
  header.index = of.version;
  header.records = records;
  header.time_ms = of.time_ms;
  return seal_segment(header, body, key);
}

/// The one segment in `bytes`, of that kind.
Result<Segment> open(SegmentKind kind, std::span<const std::byte> bytes, const Trust& trust) {
  auto segment = open_segment(bytes, trust);
  if (!segment) return segment;
  const SegmentHeader& header = segment->header;
  if (header.kind != kind)
    return error(Errc::Format, "its kind is 0x{:02x}, not 0x{:02x}", static_cast<unsigned>(header.kind),
                 static_cast<unsigned>(kind));
  if (bytes.size() != header.segment_length()) return error(Errc::Integrity, "bytes behind a statement");
  if (header.previous != Digest{}) return error(Errc::Format, "a statement is no link of a chain");
  if (auto unknown = check_understood(header)) return *std::move(unknown);
  return segment;
}

Statement statement_of(const SegmentHeader& h) { return {h.stream, h.codebook, h.epoch, h.index, h.time_ms}; }

/// A statement whose body is one message of plain fields.
template <typename Body, typename Fields>
Result<Signed<Body>> parse(SegmentKind kind, std::span<const std::byte> bytes, const Trust& trust) {
  const auto segment = open(kind, bytes, trust);
  if (!segment) return segment.error();
  Signed<Body> result{statement_of(segment->header), segment->header.key_id, {}};
  Fields fields{result.body};
  if (!from_wire(segment->body, fields)) return error(Errc::Format, "a statement that is no message of its kind");
  return result;
}

}  // namespace

Bytes write_report(const Statement& of, const Report& report, const SecretKey* key) {
  Report copy = report;
  return seal(SegmentKind::Report, of, to_wire(ReportFields{copy}), key);
}
Result<Signed<Report>> parse_report(std::span<const std::byte> bytes, const Trust& trust) {
  return parse<Report, ReportFields>(SegmentKind::Report, bytes, trust);
}

Bytes write_health(const Statement& of, const Health& health, const SecretKey* key) {
  Health copy = health;
  return seal(SegmentKind::Health, of, to_wire(HealthFields{copy}), key);
}
Result<Signed<Health>> parse_health(std::span<const std::byte> bytes, const Trust& trust) {
  return parse<Health, HealthFields>(SegmentKind::Health, bytes, trust);
}

Bytes write_plan(const Statement& of, const Plan& plan, const SecretKey* key) {
  Plan copy = plan;
  PlanFields fields{copy, {of.stream.begin(), of.stream.end()}, {}, {}, {}};
  fields.cohort = to_wire(CohortFields{copy.cohort});
  fields.gate = to_wire(GateFields{copy.gate});
  for (Phase& phase : copy.phases) fields.phases.push_back(to_wire(PhaseFields{phase}));
  return seal(SegmentKind::Plan, of, to_wire(fields), key);
}

Result<Signed<Plan>> parse_plan(std::span<const std::byte> bytes, const Trust& trust) {
  const auto segment = open(SegmentKind::Plan, bytes, trust);
  if (!segment) return segment.error();
  Signed<Plan> result{statement_of(segment->header), segment->header.key_id, {}};
  Plan& plan = result.body;
  PlanFields fields{plan, {}, {}, {}, {}};
  CohortFields cohort{plan.cohort};
  GateFields gate{plan.gate};
  bool good = from_wire(segment->body, fields) && from_wire(fields.cohort, cohort) && from_wire(fields.gate, gate);
  for (const Bytes& phase : fields.phases) {
    PhaseFields one{plan.phases.emplace_back()};
    good = good && from_wire(phase, one);
  }
  if (!good || fields.stream.size() != plan.stream.size())
    return error(Errc::Format, "plan: not a message of its kind");
  std::ranges::copy(fields.stream, plan.stream.begin());
  if (plan.stream != segment->header.stream)
    return error(Errc::Mismatch, "plan: it is for stream {}, its header for {}", hex(plan.stream),
                 hex(segment->header.stream));
  return result;
}

Bytes write_novelty(const Statement& of, const Novelty& novelty, std::span<const AatBlock> records,
                    const SecretKey* key, const PublicKey* reader) {
  Novelty copy = novelty;
  const auto message = to_wire(NoveltyFields{copy});
  const auto count = records.empty() ? 0 : records.front().size();
  const auto columns = encode_columns(records, 0, count);
  const auto length = static_cast<std::uint32_t>(message.size());
  const auto prefix = std::as_bytes(std::span(&length, 1));
  Bytes body(prefix.begin(), prefix.end());
  body.insert(body.end(), message.begin(), message.end());
  body.insert(body.end(), columns.begin(), columns.end());
  unsigned flags = columns_masked(columns) ? segment_flags::Masked : 0U;
  if (reader != nullptr) {
    body = seal_box(*reader, body);
    flags |= segment_flags::Sealed;
  }
  return seal(SegmentKind::Novelty, of, body, key, static_cast<std::uint32_t>(count),
              static_cast<std::uint16_t>(flags));
}

Result<Signed<NoveltyRecords>> parse_novelty(std::span<const std::byte> bytes, const Trust& trust,
                                             std::span<const Shape> shapes, const ShortDigest& codebook,
                                             const SecretKey* reader) {
  const auto segment = open(SegmentKind::Novelty, bytes, trust);
  if (!segment) return segment.error();
  const SegmentHeader& header = segment->header;
  if (header.codebook != codebook)
    return error(Errc::Mismatch, "novelty: its codebooks are {}, those of the stream are {}", hex(header.codebook),
                 hex(codebook));
  std::span<const std::byte> body = segment->body;
  std::optional<Bytes> opened;
  if ((header.flags & segment_flags::Sealed) != 0) {
    if (reader == nullptr)
      return error(Errc::Unsupported, "novelty: it is sealed, the secret key of its stream's teacher opens it");
    opened = open_box(*reader, body);
    if (!opened)
      return error(Errc::Integrity, "novelty: key {:016x} does not open it (sealed to another, or damaged)",
                   key_id(reader->public_key()));
    body = *opened;
  }
  std::uint32_t length = 0;
  if (body.size() >= sizeof length) std::memcpy(&length, body.data(), sizeof length);
  if (body.size() < sizeof length || length > body.size() - sizeof length)
    return error(Errc::Format, "novelty: its message is longer than its body");
  Signed<NoveltyRecords> result{statement_of(header), header.key_id, {}};
  NoveltyFields fields{result.body.novelty};
  if (!from_wire(body.subspan(sizeof length, length), fields))
    return error(Errc::Format, "novelty: not a message of its kind");
  const auto columns = body.subspan(sizeof length + length);
  auto records = decode_columns(columns, shapes, header.records);
  if (!records) return error(records.error().code(), "novelty: {}", records.error().what());
  if (columns_masked(columns) != ((header.flags & segment_flags::Masked) != 0))
    return error(Errc::Format, "novelty: its header and its body disagree about masks");
  result.body.records = *std::move(records);
  return result;
}

}  // namespace assimilaate
