#include "assimilaate/stream/log_reader.hpp"

#include "assimilaate/stream/columns.hpp"

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
Trust segment_trust(const SourceTrust& trust) {
  return trust.verification == Verification::Chain ? Trust::anyone() : trust.who;
}

}  // namespace

LogReader::LogReader(const Carrier& carrier, const StreamId& stream, const SourceTrust& trust)
    : head_(need_head(carrier, stream, trust)),
      signer_(parse_header(carrier.head(stream)).value().key_id),
      scanner_(carrier, {stream, head_.tip.epoch}, segment_trust(trust)) {
  if (trust.verification == Verification::Chain) {
    auto chain = read_chain(carrier, {stream, head_.tip.epoch}, head_.tip);
    if (!chain) fail(chain.error().code(), "{}; {}", chain.error().what(), remedy);
    scanner_.pin(*std::move(chain));
  }
  const Segment segment = take();
  auto setup = parse_setup(segment.body);
  if (!setup) fail(setup.error().code(), "stream {}, segment 0: {}; {}", hex(stream), setup.error().what(), remedy);
  if (setup->stream != stream)
    fail(Errc::Mismatch, "stream {}, segment 0: its descriptor is that of stream {}; {}", hex(stream),
         hex(setup->stream), remedy);
  if (codebooks_digest(setup->descriptor) != head_.codebook || head_.codebook != segment.header.codebook)
    fail(Errc::Mismatch, "stream {}: head, headers and descriptor name different codebooks; {}", hex(stream), remedy);
  descriptor_ = std::move(setup->descriptor);
  shapes_ = descriptor_.shapes();
  setup_bytes_ = segment.header.body_length;
}

Segment LogReader::take() {
  auto segment = scanner_.next();
  if (segment && !*segment)
    segment =
        scanner_.at_next(error(Errc::Integrity, "the log ends here, the head names {} segments", head_.tip.count));
  if (!segment) fail(segment.error().code(), "{}; {}", segment.error().what(), remedy);
  chain_.push_back(scanner_.state().tip);
  return **segment;
}

std::optional<Segment> LogReader::next() {
  while (scanner_.state().count < head_.tip.count) {
    const Segment segment = take();
    if (segment.header.records > 0 && segment.header.kind <= SegmentKind::HeldOut) return segment;
  }
  check_tip();
  return std::nullopt;
}

void LogReader::check_tip() const {
  const LogState& state = scanner_.state();
  if (state.tip != head_.tip.hash || state.bytes != head_.tip.bytes || state.held_out != head_.held_out) {
    const auto reason = scanner_.at_next(
        error(Errc::Integrity, "the chain before it does not end as the head says (tip {})", hex(head_.tip.hash)));
    fail(reason.code(), "{}; {}", reason.what(), remedy);
  }
}

std::vector<AatBlock> LogReader::records(const Segment& segment) const {
  const SegmentHeader& header = segment.header;
  auto records = decode_columns(segment.body, shapes_, header.records);
  if (!records) fail(records.error().code(), "segment {}: {}", header.index, records.error().what());
  if (columns_masked(segment.body) != ((header.flags & segment_flags::Masked) != 0))
    fail(Errc::Format, "segment {}: its header and its body disagree about masks", header.index);
  return *std::move(records);
}

}  // namespace assimilaate
