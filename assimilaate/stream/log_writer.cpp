#include "assimilaate/stream/log_writer.hpp"

namespace assimilaate {
namespace {

constexpr std::uint64_t largest_group = LogWriter::sync_group * (segment_limits::header + segment_limits::body);  // [B]

/// What a writer takes up again: what its own key signed, or anything where it does not sign.
Trust own_trust(const Signing& signing) {
  if (!signing.key) return Trust::anyone();
  return Trust().grant({.key = signing.key->public_key(), .role = Role::Teacher});
}

}  // namespace

std::optional<Head> read_head(const Carrier& carrier, const StreamId& stream, const Trust& trust) {
  const auto bytes = carrier.head(stream);
  if (bytes.empty()) return std::nullopt;
  auto head = parse_head(stream, bytes);
  if (!head)
    fail(head.error().code(), "stream {}: {}; restore it from another carrier", hex(stream), head.error().what());
  if (const auto trusted = parse_head(stream, bytes, trust); !trusted)
    fail(trusted.error().code(), "stream {}: {}", hex(stream), trusted.error().what());
  return *std::move(head);
}

LogWriter::LogWriter(Carrier& carrier, LogName log, Signing signing)
    : carrier_(carrier), log_(log), signing_(std::move(signing)), head_(read_head(carrier, log.stream)) {
  if (head_) head_is_ours_ = parse_head(log.stream, carrier.head(log.stream), own_trust(signing_)).has_value();
  if (head_ && head_->tip.epoch > log.epoch)
    fail(Errc::Usage, "stream {}: epoch {} is closed, the head is at epoch {}", hex(log.stream), log.epoch,
         head_->tip.epoch);
  recover();
}

void LogWriter::recover() {
  const auto size = carrier_.log_size(log_);
  const bool headed = head_ && head_->tip.epoch == log_.epoch;
  const std::uint64_t promised = headed ? head_->tip.count : 0;
  constexpr const char* remedy = "the log was kept as it is; restore it from another carrier or a backup";
  LogScanner scanner(carrier_, log_, own_trust(signing_));
  scanner.withdraw(find_withdrawn(carrier_, log_, UINT64_MAX, own_trust(signing_)));
  const auto refuse = [&](const Error& reason) {
    const auto named = scanner.at_next(reason);
    fail(named.code(), "{} ({} of the {} segments the head names are sound); {}", named.what(), scanner.state().count,
         promised, remedy);
  };
  while (true) {
    if (headed && scanner.state().count == promised && scanner.state().tip != head_->tip.hash)
      refuse(error(Errc::Integrity, "the chain before it does not end in the head's tip {}", hex(head_->tip.hash)));
    auto segment = scanner.next();
    if (!segment) {
      const Error& reason = segment.error();
      const bool damaged = reason.code() == Errc::Integrity || reason.code() == Errc::Format;
      if (!damaged || scanner.state().count < promised || size - scanner.state().bytes > largest_group)
        fail(reason.code(), "{}; {}", reason.what(), remedy);
      break;
    }
    if (!*segment) break;
    codebook_ = (*segment)->header.codebook;
    base_epoch_ = (*segment)->header.base_epoch;
    closed_ = closed_ || ((*segment)->header.flags & segment_flags::LastOfEpoch) != 0;
  }
  state_ = scanner.state();
  if (state_.count < promised) refuse(error(Errc::Integrity, "the log ends here"));
  cut_bytes_ = size - state_.bytes;
  carrier_.cut(log_, state_.bytes);
}

void LogWriter::append(SegmentKind kind, std::span<const std::byte> body, std::uint32_t records,
                       const ShortDigest& codebook, std::uint16_t flags, std::int64_t time_ms) {
  append({.kind = kind, .flags = flags, .codebook = codebook, .records = records, .time_ms = time_ms}, body);
}

void LogWriter::withdraw(const Tombstone& tombstone, std::int64_t time_ms) {
  const auto body = write_tombstone(tombstone);
  if (auto refused = parse_tombstone(body, state_.count)) {
    append({.kind = SegmentKind::Tombstone, .codebook = codebook_, .time_ms = time_ms}, body);
  } else {
    fail(Errc::Usage, "{}", refused.error().what());
  }
}

void LogWriter::append(SegmentHeader header, std::span<const std::byte> body) {
  if (body.size() > segment_limits::body)
    fail(Errc::Usage, "a segment of {} bytes, at most {} are allowed", body.size(), segment_limits::body);
  if (state_.count == 0) {
    base_epoch_ = header.base_epoch;
    codebook_ = header.codebook;
  }
  header.stream = log_.stream;
  header.epoch = log_.epoch;
  header.base_epoch = base_epoch_;
  header.index = state_.count;
  header.first_record = state_.records(header.kind);
  header.previous = state_.tip;
  const auto bytes = seal_segment(header, body, signing_.signer());
  carrier_.append(log_, bytes);
  closed_ = closed_ || (header.flags & segment_flags::LastOfEpoch) != 0;
  state_.add(parse_header(bytes).value());
  if (++unsynced_ < sync_group) return;
  carrier_.sync(log_);
  unsynced_ = 0;
}

void LogWriter::publish(std::int64_t time_ms) {
  if (state_.count == 0) fail(Errc::Usage, "stream {}: a head needs a segment to name", hex(log_.stream));
  carrier_.sync(log_);
  unsynced_ = 0;
  Head head;
  head.version = head_ ? head_->version + 1 : 0;
  head.time_ms = time_ms;
  head.codebook = codebook_;
  head.tip = {log_.epoch, state_.count, state_.tip, state_.bytes, 0};
  // We vouch for the epoch before only where our own key did.
  if (head_ && head_is_ours_) head.previous = head_->tip.epoch == log_.epoch ? head_->previous : head_->tip;
  head.held_out = state_.held_out;
  head.expires_ms = signing_.expires_ms;
  head.keys_version = signing_.keys_version;
  carrier_.put_head(log_.stream, write_head(log_.stream, head, signing_.signer()));
  head_ = head;
  head_is_ours_ = true;
}

}  // namespace assimilaate
