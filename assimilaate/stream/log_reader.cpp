#include "assimilaate/stream/log_reader.hpp"

#include "assimilaate/stream/records.hpp"

namespace assimilaate {
namespace {

constexpr const char* remedy = "restore the stream from another carrier or teach it again";

Head need_head(const Carrier& carrier, const StreamId& stream, const SourceTrust& trust) {
  auto head = read_head(carrier, stream, trust.who);
  if (!head) fail(Errc::Io, "stream {} has no head: nothing of it was published yet; finish teaching it", hex(stream));
  if (auto old = check_current(*head, trust.who, trust.keys_version))
    fail(old->code(), "stream {}: {}", hex(stream), old->what());
  return *head;
}

/// Only the chain is checked then, against a tip that the head vouches for.
Trust segment_trust(const SourceTrust& trust, Extent extent = Extent::Whole) {
  return trust.verification == Verification::Chain && extent == Extent::Whole ? Trust::anyone() : trust.who;
}

}  // namespace

LogReader::LogReader(const Carrier& carrier, const StreamId& stream, const SourceTrust& trust, Extent extent)
    : head_(need_head(carrier, stream, trust)),
      signer_(parse_header(carrier.head(stream)).value().key_id),
      scanner_(carrier, {stream, head_.tip.epoch}, segment_trust(trust, extent)),
      extent_(extent) {
  if (trust.verification == Verification::Chain && extent == Extent::Whole) {
    auto chain = read_chain(carrier, {stream, head_.tip.epoch}, head_.tip);
    if (!chain) fail(chain.error().code(), "{}; {}", chain.error().what(), remedy);
    scanner_.pin(*std::move(chain));
  }
  scanner_.withdraw(find_withdrawn(carrier, {stream, head_.tip.epoch}, head_.tip.count, segment_trust(trust, extent)));
  begin(stream);
}

LogReader::LogReader(const Carrier& carrier, const LogName& log, const Digest& tip, const SourceTrust& trust)
    : scanner_(carrier, log, segment_trust(trust)), newest_(false) {
  head_.tip.epoch = log.epoch;
  head_.tip.hash = tip;
  scanner_.withdraw(find_withdrawn(carrier, log, UINT64_MAX, segment_trust(trust)));
  begin(log.stream);
}

void LogReader::begin(const StreamId& stream) {
  const auto first = take();
  if (!first) fail(Errc::Io, "stream {}: nothing of epoch {} is here yet", hex(stream), head_.tip.epoch);
  const Segment& segment = *first;
  auto setup = parse_setup(segment.body);
  if (!setup) fail(setup.error().code(), "stream {}, segment 0: {}; {}", hex(stream), setup.error().what(), remedy);
  if (setup->stream != stream)
    fail(Errc::Mismatch, "stream {}, segment 0: its descriptor is that of stream {}; {}", hex(stream),
         hex(setup->stream), remedy);
  if (const auto named = newest_ ? head_.codebook : segment.header.codebook;
      codebooks_digest(setup->descriptor) != named || named != segment.header.codebook)
    fail(Errc::Mismatch, "stream {}: head, headers and descriptor name different codebooks; {}", hex(stream), remedy);
  base_epoch_ = segment.header.base_epoch;
  if ((base_epoch_ != 0) != setup->epoch.base_tip.has_value())
    fail(Errc::Format, "stream {}, segment 0: header and setup disagree about the epoch it extends; {}", hex(stream),
         remedy);
  coding_ = setup->coding();
  setup_ = std::move(setup->epoch);
  descriptor_ = std::move(setup->descriptor);
  setup_bytes_ = segment.header.body_length;
}

bool LogReader::at_end() const {
  return newest_ ? scanner_.state().count >= head_.tip.count : scanner_.state().tip == head_.tip.hash;
}

std::optional<Segment> LogReader::take() {
  auto segment = scanner_.next();
  if (segment && !*segment && extent_ == Extent::SoFar) return std::nullopt;
  if (segment && !*segment)
    segment = scanner_.at_next(
        newest_ ? error(Errc::Integrity, "the log ends here, the head names {} segments", head_.tip.count)
                : error(Errc::Integrity, "the log ends here, before the tip that a later epoch names"));
  if (!segment) fail(segment.error().code(), "{}; {}", segment.error().what(), remedy);
  chain_.push_back(scanner_.state().tip);
  closed_ = closed_ || ((*segment)->header.flags & segment_flags::LastOfEpoch) != 0;
  return **segment;
}

std::optional<Segment> LogReader::next() {
  while (!at_end()) {
    const auto segment = take();
    if (!segment) return std::nullopt;
    if (segment->header.records > 0 && segment->header.kind <= SegmentKind::HeldOut &&
        !scanner_.withdrawn(segment->header.index))
      return segment;
  }
  check_tip();
  return std::nullopt;
}

void LogReader::check_tip() const {
  if (!newest_) return;
  const LogState& state = scanner_.state();
  if (state.tip != head_.tip.hash || state.bytes != head_.tip.bytes || state.held_out != head_.held_out) {
    const auto reason = scanner_.at_next(
        error(Errc::Integrity, "the chain before it does not end as the head says (tip {})", hex(head_.tip.hash)));
    fail(reason.code(), "{}; {}", reason.what(), remedy);
  }
}

std::vector<AatBlock> LogReader::records(const Segment& segment) const {
  const SegmentHeader& header = segment.header;
  auto records = decode_records(segment, coding_);
  if (!records) fail(records.error().code(), "segment {}: {}", header.index, records.error().what());
  return *std::move(records);
}

}  // namespace assimilaate
