#include "assimilaate/stream/log_scanner.hpp"

#include <algorithm>

#include "assimilaate/stream/head.hpp"

namespace assimilaate {

std::uint64_t LogState::records(SegmentKind kind) const noexcept {
  if (kind == SegmentKind::Data) return data;
  return kind == SegmentKind::HeldOut ? held_out : 0;
}

void LogState::add(const SegmentHeader& header) {
  ++count;
  bytes += header.segment_length();
  tip = header_hash(header);
  if (header.kind == SegmentKind::Data) data += header.records;
  if (header.kind == SegmentKind::HeldOut) held_out += header.records;
}

Error LogScanner::at_next(const Error& reason) const {
  return error(reason.code(), "stream {} epoch {}, segment {} at offset {}: {}", hex(log_.stream), log_.epoch,
               state_.count, state_.bytes, reason.what());
}

bool LogScanner::withdrawn(std::uint64_t index) const {
  return std::ranges::any_of(withdrawn_,
                             [&](const IndexRange& range) { return index >= range.first && index <= range.last; });
}

std::optional<Error> LogScanner::check_place(const SegmentHeader& header) const {
  if (header.stream != log_.stream || header.epoch != log_.epoch)
    return error(Errc::Integrity, "it belongs to stream {} epoch {} (spliced)", hex(header.stream), header.epoch);
  if (header.index != state_.count) return error(Errc::Integrity, "its index is {} (out of order)", header.index);
  if (header.previous != state_.tip)
    return error(Errc::Integrity, "it follows a header {}, the one before is {} (broken chain)", hex(header.previous),
                 hex(state_.tip));
  if (state_.count > 0 && header.codebook != codebook_)
    return error(Errc::Integrity, "its codebooks are {}, those of segment 0 are {}", hex(header.codebook),
                 hex(codebook_));
  if (state_.count > 0 && header.base_epoch != base_epoch_)
    return error(Errc::Integrity, "it extends epoch {}, segment 0 extends {}", header.base_epoch, base_epoch_);
  if (const auto before = state_.records(header.kind); header.first_record != before && header.records > 0)
    return error(Errc::Integrity, "its first record is {}, {} came before", header.first_record, before);
  if (auto unknown = check_understood(header)) return unknown;
  if (!lies_in_log(header.kind) || (header.kind == SegmentKind::Setup) != (state_.count == 0))
    return error(Errc::Format, "kind 0x{:02x} has no place here (segment 0 is the setup, no other is)",
                 static_cast<unsigned>(header.kind));
  return std::nullopt;
}

Result<std::optional<Segment>> LogScanner::next() {
  HeaderBytes bytes;
  const auto got = carrier_.read_log(log_, state_.bytes, bytes);
  if (got == 0) return std::optional<Segment>{};
  const auto header = parse_header(std::span(bytes).first(got));
  if (!header) return at_next(header.error());
  if (!pinned_.empty() && (state_.count >= pinned_.size() || pinned_[state_.count] != header_hash(*header)))
    return at_next(error(Errc::Integrity, "its header is not the one that the chain led through (altered meanwhile)"));
  if (auto refused = trust_.check(*header)) return at_next(*refused);
  if (auto misplaced = check_place(*header)) return at_next(*misplaced);
  const bool gone = withdrawn(header->index);
  body_.resize(gone ? 0 : header->body_length);
  if (gone && carrier_.log_size(log_) < state_.bytes + header->segment_length())
    return at_next(error(Errc::Integrity, "the log ends inside its body (cut short)"));
  if (const auto body = carrier_.read_log(log_, state_.bytes + bytes.size(), body_); body < body_.size())
    return at_next(error(Errc::Integrity, "{} of the {} bytes of its body (cut short)", body, body_.size()));
  if (auto broken = gone ? std::nullopt : check_body(*header, body_)) return at_next(*broken);
  if (state_.count == 0) {
    codebook_ = header->codebook;
    base_epoch_ = header->base_epoch;
  }
  state_.add(*header);
  return std::optional(Segment{*header, body_});
}

Result<std::vector<Digest>> read_chain(const Carrier& carrier, const LogName& log, const Tip& tip) {
  std::vector<Digest> chain;
  std::uint64_t offset = 0;
  Digest previous{};
  const auto broken = [&](std::string_view why) {
    return error(Errc::Integrity, "stream {} epoch {}, segment {} at offset {}: {}", hex(log.stream), log.epoch,
                 chain.size(), offset, why);
  };
  while (chain.size() < tip.count) {
    HeaderBytes bytes;
    const auto got = carrier.read_log(log, offset, bytes);
    const auto header = parse_header(std::span(bytes).first(got));
    if (!header) return broken(header.error().what());
    if (header->previous != previous) return broken("it does not follow the one before (broken chain)");
    previous = blake2b_256(bytes);
    offset += header->segment_length();
    chain.push_back(previous);
    if (offset > tip.bytes) return broken("the log is longer than its head says");
  }
  if (previous != tip.hash || offset != tip.bytes) return broken("the chain before it does not end in the head's tip");
  return chain;
}

}  // namespace assimilaate
