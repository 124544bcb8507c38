#include "assimilaate/fleet/collection.hpp"

#include <algorithm>
#include <chrono>

#include "assimilaate/fleet/internal/schema.hpp"

namespace assimilaate {
namespace {

using internal::capped;
using internal::Database;
using internal::Query;

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::int64_t most_refused = 1000;  // of a device and day that are told apart

/// The name of a table of `kind`; nothing for a kind that does not come up.
std::optional<std::string> table_of(SegmentKind kind) {
  if (kind == SegmentKind::Report) return "reports";
  if (kind == SegmentKind::Health) return "health";
  if (kind == SegmentKind::Novelty) return "novelty";
  return {};
}

std::string insert_reports() {
  std::string text = "INSERT INTO reports VALUES(?,?,?,?,?,?,?,?,?";
  for (std::size_t i = 0; i < internal::report_columns().size(); ++i) text += ",?";
  return text + ")";
}

std::string reason_of(const Error& problem) {
  if (problem.code() == Errc::Mismatch) return "codebook";
  return problem.code() == Errc::Unsupported ? "version" : "schema";
}

}  // namespace

Collected& Collected::operator+=(const Collected& more) {
  reports += more.reports, health += more.health, novelty += more.novelty;
  duplicates += more.duplicates, equivocations += more.equivocations;
  for (const auto& [reason, count] : more.refused) refused[reason] += count;
  return *this;
}

class Collection::Work {
 public:
  Work(const std::filesystem::path& file, CollectionRules rules, std::unique_ptr<KnownStreams> streams)
      : rules_(std::move(rules)),
        streams_(std::move(streams)),
        database_(internal::open_collection(file, Database::Missing::Make)) {
    for (const auto kind : {SegmentKind::Report, SegmentKind::Health, SegmentKind::Novelty})
      stored_.emplace(
          kind, Query(database_, fmt::format("SELECT raw FROM {} WHERE device = ? AND counter = ?", *table_of(kind))));
  }

  Collected take(std::span<const Upload> uploads, std::int64_t now_ms) {
    result_ = {};
    now_ms_ = now_ms;
    internal::Transaction all(database_);
    for (const Upload& upload : uploads) take(upload);
    all.commit();
    return result_;
  }

 private:
  void take(const Upload& upload) {
    const auto segment = parse_segment(upload.segment);
    if (!segment || segment->header.segment_length() != upload.segment.size()) return refuse(upload, "damaged");
    const SegmentHeader& header = segment->header;
    if (!table_of(header.kind)) return refuse(upload, "kind");
    Query& stored = stored_.at(header.kind).with(upload.device, capped(header.index));
    const bool known = stored.step();
    const bool same = known && std::ranges::equal(stored.blob(0), upload.segment);
    stored.reset();
    if (same) {
      ++result_.duplicates;
      return;
    }
    if (Trust().grant({.key = upload.device, .role = Role::Device}).check(header)) return refuse(upload, "forged");
    if (rules_.only && Trust(*rules_.only).at(now_ms_).check(header)) return refuse(upload, "stranger");
    if (known || header.index > INT64_MAX) return refuse(upload, "counter");
    if (header.kind != SegmentKind::Novelty && segment->body.size() > CollectionRules::report_body)
      return refuse(upload, "size");
    if (header.kind == SegmentKind::Report) return take_report(upload);
    if (header.kind == SegmentKind::Health) return take_health(upload);
    take_novelty(upload, header);
  }

  void take_report(const Upload& upload) {
    const auto statement = parse_report(upload.segment, Trust::anyone());  // it was asked above
    if (!statement) return refuse(upload, reason_of(statement.error()));
    const auto& [of, signer, report] = *statement;
    if (report.next_index > 0 && report.tip != decltype(report.tip){} &&
        other_tip_.with(of.stream, std::int64_t{of.epoch}, capped(report.next_index), report.tip).step())
      ++result_.equivocations;
    other_tip_.reset();
    int place = bind_common(add_report_, upload, of);
    add_report_.bind(++place, report.tip);
    add_report_.bind(++place, report.agree_hist);
    for (const auto& column : internal::report_columns()) add_report_.bind(++place, column.of(report));
    add_report_.bind(++place, upload.segment);
    add_report_.change();
    ++result_.reports;
  }

  void take_health(const Upload& upload) {
    const auto statement = parse_health(upload.segment, Trust::anyone());
    if (!statement) return refuse(upload, reason_of(statement.error()));
    const auto& [of, signer, health] = *statement;
    int place = bind_common(add_health_, upload, of);
    for (const std::int64_t value :
         {std::int64_t{health.active_epoch}, std::int64_t{health.stuck_ppm}, std::int64_t{health.drift_pm},
          std::int64_t{health.agree_mean_pm}, std::int64_t{health.uptime_s}, capped(health.energy_mj)})
      add_health_.bind(++place, value);
    add_health_.bind(++place, upload.segment);
    add_health_.change();
    ++result_.health;
  }

  void take_novelty(const Upload& upload, const SegmentHeader& header) {
    const KnownStream* stream = streams_ ? streams_->find(header.stream) : nullptr;
    NoveltyReason reason{};
    if (auto unknown = check_understood(header)) return refuse(upload, reason_of(*unknown));
    if (stream) {
      const auto statement = parse_novelty(upload.segment, Trust::anyone(), stream->shapes, stream->codebook);
      if (!statement) return refuse(upload, reason_of(statement.error()));
      if (statement->body.novelty.consent == 0) return refuse(upload, "consent");
      reason = statement->body.novelty.reason;
    }
    if (refused_as(upload, "quota")) {  // of a day that is over: it stays out
      ++result_.duplicates;
      return;
    }
    used_.with(upload.device, now_ms_ / day_ms).step();
    const auto used = static_cast<std::uint64_t>(used_.integer(0));
    used_.reset();
    if (used + upload.segment.size() > rules_.novelty_quota) return refuse(upload, "quota");
    const Statement of{header.stream, header.codebook, header.epoch, header.index, header.time_ms};
    int place = bind_common(add_novelty_, upload, of);
    add_novelty_.bind(++place, now_ms_ / day_ms);
    add_novelty_.bind(++place, std::string_view(stream ? "checked" : "unchecked"));
    add_novelty_.bind(++place, static_cast<std::int64_t>(reason));
    add_novelty_.bind(++place, std::int64_t{header.records});
    add_novelty_.bind(++place, capped(upload.segment.size()));
    add_novelty_.bind(++place, upload.segment);
    add_novelty_.change();
    ++result_.novelty;
  }

  int bind_common(Query& query, const Upload& upload, const Statement& of) const {
    query.with(upload.device, capped(of.version), of.stream, std::int64_t{of.epoch}, of.time_ms, now_ms_);
    return 6;
  }

  /// Whether the same bytes were refused before, for that reason or for any.
  bool refused_as(const Upload& upload, std::string_view reason) {
    const bool before = refused_before_.with(upload.device, blake2b_128(upload.segment)).step();
    const bool same = before && (reason.empty() || refused_before_.text(0) == reason);
    refused_before_.reset();
    return same;
  }

  /// Counted once, however often it comes.
  void refuse(const Upload& upload, const std::string& reason) {
    if (refused_as(upload, {})) {
      ++result_.duplicates;
      return;
    }
    const auto day = now_ms_ / day_ms;
    refused_today_.with(upload.device, day).step();
    const bool many = refused_today_.integer(0) >= most_refused;
    refused_today_.reset();
    const auto hash = blake2b_128(upload.segment);
    const auto rest = std::as_bytes(std::span(&day, 1));
    const std::int64_t kind = upload.segment.size() > 8 ? std::to_integer<int>(upload.segment[8]) : 0;
    add_refused_
        .with(upload.device, many ? rest : std::span<const std::byte>(hash), day, kind,
              std::string_view(many ? "many" : reason), capped(upload.segment.size()))
        .change();
    ++result_.refused[reason];
  }

  CollectionRules rules_;
  std::unique_ptr<KnownStreams> streams_;
  Database database_;
  std::map<SegmentKind, Query> stored_;
  Query add_report_{database_, insert_reports()};
  Query other_tip_{database_,
                   "SELECT 1 FROM reports WHERE stream = ? AND epoch = ? AND next_index = ? AND tip <> ? "
                   "AND tip <> x'00000000' LIMIT 1"};
  Query add_health_{database_, "INSERT INTO health VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)"};
  Query add_novelty_{database_, "INSERT INTO novelty VALUES(?,?,?,?,?,?,?,?,?,?,?,?)"};
  Query used_{database_, "SELECT coalesce(sum(bytes), 0) FROM novelty WHERE device = ? AND day = ?"};
  Query refused_before_{database_, "SELECT reason FROM refused WHERE device = ? AND segment = ?"};
  Query refused_today_{database_, "SELECT count(*) FROM refused WHERE device = ? AND day = ?"};
  Query add_refused_{database_,
                     "INSERT INTO refused VALUES(?,?,?,?,?,?,1) ON CONFLICT DO UPDATE SET count = count + 1, "
                     "bytes = bytes + excluded.bytes"};
  std::int64_t now_ms_ = 0;
  Collected result_;
};

Collection::Collection(const std::filesystem::path& file, CollectionRules rules, std::unique_ptr<KnownStreams> streams)
    : work_(std::make_unique<Work>(file, std::move(rules), std::move(streams))) {}
Collection::~Collection() = default;
Collection::Collection(Collection&&) noexcept = default;

Collected Collection::take(std::span<const Upload> uploads, std::int64_t now_ms) {
  return work_->take(uploads, now_ms);
}

void collect(Inbox& inbox, Collection& collection, double rest, const std::function<bool(const Collected&)>& go_on) {
  for (Collected brought;; brought = {}) {
    const auto uploads = inbox.receive(rest);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    if (!uploads.empty()) {
      brought = collection.take(uploads, std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
      inbox.acknowledge();
    }
    if (!go_on(brought)) return;
  }
}

}  // namespace assimilaate
