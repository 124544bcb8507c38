#include "assimilaate/stream/stream_writer.hpp"

#include <algorithm>

#include "assimilaate/stream/records.hpp"

namespace assimilaate {
namespace {

/// Records that fill a body of about `target_body` bytes, whatever their entries: with masks, at a bit per entry, it
/// stays below the 112 KiB that every carrier takes, because a space counts for two bits at least.
std::size_t records_per_segment(std::span<const AatBlock> boundaries) {
  std::size_t bits = 0;
  for (const AatBlock& block : boundaries)
    for (std::size_t space = 0; space < block.shape.spaces(); ++space)
      bits += std::max(2U, address_bits(block.shape.addresses(space)));
  return std::clamp<std::size_t>(8 * StreamWriter::target_body / bits, 1, segment_limits::records);
}

/// Rows of `from` behind the first `done`.
void append_rows(AatBlock& to, const AatBlock& from, std::size_t done) {
  const auto before = to.size();
  to.entries.resize_rows(before + from.size() - done);
  std::ranges::copy(from.entries.values().subspan(done * from.shape.spaces()),
                    to.entries.values().subspan(before * to.shape.spaces()).begin());
}

void drop_rows(AatBlock& block, std::size_t count) {
  const auto values = block.entries.values();
  std::ranges::copy(values.subspan(count * block.shape.spaces()), values.begin());
  block.entries.resize_rows(block.size() - count);
}

std::uint32_t next_epoch(const Carrier& carrier, const StreamId& stream) {
  const auto head = read_head(carrier, stream);
  std::uint32_t epoch = head ? head->tip.epoch + 1 : 1;
  while (carrier.log_size({stream, epoch}) > 0) ++epoch;
  return epoch;
}

}  // namespace

StreamWriter::StreamWriter(Carrier& carrier, Descriptor descriptor, std::span<const std::vector<std::byte>> codebooks,
                           std::span<const std::byte> network, std::int64_t time_ms, Signing signing, EpochSetup epoch,
                           EpochStart start)
    : carrier_(carrier), descriptor_(std::move(descriptor)), time_ms_(time_ms) {
  if (codebooks.size() != descriptor_.boundaries.size())
    fail(Errc::Usage, "{} codebooks for {} boundaries, one each is needed", codebooks.size(),
         descriptor_.boundaries.size());
  for (std::size_t b = 0; b < codebooks.size(); ++b) descriptor_.boundaries[b].codebook = blake2b_256(codebooks[b]);
  descriptor_.teacher = network.empty() ? Digest{} : blake2b_256(network);
  check_descriptor(descriptor_);
  for (const auto& codebook : codebooks) carrier_.put_object(ObjectKind::Codebook, codebook);
  if (!network.empty()) carrier_.put_object(ObjectKind::Network, network);
  codebook_ = codebooks_digest(descriptor_);
  log_name_.stream = stream_id(descriptor_);
  const auto newest = start == EpochStart::Resume ? read_head(carrier_, log_name_.stream) : std::nullopt;
  log_name_.epoch = start != EpochStart::Resume ? next_epoch(carrier_, log_name_.stream)
                    : newest                    ? newest->tip.epoch
                                                : 1;
  log_.emplace(carrier_, log_name_, signing);
  if (newest && log_->closed() && newest->tip.count == log_->state().count) {
    ++log_name_.epoch;
    log_.emplace(carrier_, log_name_, signing);
  }
  SegmentHeader setup{.kind = SegmentKind::Setup, .codebook = codebook_, .time_ms = time_ms_};
  if (start == EpochStart::Extension) {
    const auto head = read_head(carrier_, log_name_.stream);
    if (!head) fail(Errc::Usage, "stream '{}' has no epoch yet that could be extended", descriptor_.name);
    setup.base_epoch = head->tip.epoch;
    epoch.base_tip = head->tip.hash;
  }
  const auto body = write_setup(descriptor_, epoch);
  if (log_->state().count > 0) {
    resume(body);
    published_ = newest && newest->tip.epoch == log_name_.epoch ? newest->tip.count : 0;
  } else {
    log_->append(setup, body);
  }
  coding_ = {.shapes = descriptor_.shapes(), .frequencies = epoch.frequencies, .generator = epoch.generator};
  for (const Shape& shape : descriptor_.shapes()) {
    data_.emplace_back(shape, 0);
    held_out_.emplace_back(shape, 0);
  }
}

void StreamWriter::resume(std::span<const std::byte> setup) {
  LogScanner scanner(carrier_, log_name_);
  const auto first = scanner.next().value();
  if (!first || !std::ranges::equal(first->body, setup))
    fail(Errc::Mismatch,
         "stream {}: epoch {} was begun with another setup; teach it as before, or begin a new epoch instead of "
         "resuming",
         hex(id()), log_name_.epoch);
  written_data_ = log_->state().data;
  written_held_out_ = log_->state().held_out;
}

/// Of so many records that are added, those that an earlier writer wrote. @throws Error{Mismatch} for more than it did
/// where it ended the epoch.
std::size_t StreamWriter::skip(SegmentKind kind, std::size_t records) {
  auto& written = kind == SegmentKind::Data ? written_data_ : written_held_out_;
  const auto some = std::min<std::uint64_t>(written, records);
  if (log_->closed() && some < records)
    fail(Errc::Mismatch,
         "stream {}: epoch {} is closed and has {} records less; resume it with the same data, then begin the next one",
         hex(id()), log_name_.epoch, records - some);
  written -= some;
  return some;
}

void StreamWriter::check(std::span<const AatBlock> boundaries) const {
  if (!log_) fail(Errc::Usage, "stream {} is finished, it takes no more records", hex(id()));
  if (boundaries.size() != descriptor_.boundaries.size())
    fail(Errc::Mismatch, "records of {} boundaries, stream '{}' has {}", boundaries.size(), descriptor_.name,
         descriptor_.boundaries.size());
  for (std::size_t b = 0; b < boundaries.size(); ++b) {
    const auto& wanted = descriptor_.boundaries[b];
    if (boundaries[b].shape != wanted.shape)
      fail(Errc::Mismatch, "records of shape {} for boundary '{}' of shape {}", boundaries[b].shape.text(), wanted.name,
           wanted.shape.text());
    if (boundaries[b].size() != boundaries.front().size())
      fail(Errc::Mismatch, "{} records for boundary '{}', {} for the first (one AAT per boundary and record)",
           boundaries[b].size(), wanted.name, boundaries.front().size());
    check_addresses(wanted.shape, boundaries[b].entries.view());
  }
}

void StreamWriter::add(SegmentKind kind, std::span<const AatBlock> boundaries) {
  check(boundaries);
  if (kind == SegmentKind::Data && !counters_.empty()) flush(kind, true, false);
  const auto done = skip(kind, boundaries.front().size());
  for (std::size_t b = 0; b < boundaries.size(); ++b) append_rows(pending(kind)[b], boundaries[b], done);
  flush(kind, false, false);
}

void StreamWriter::add_seeded(std::span<const AatBlock> boundaries, std::span<const std::uint64_t> counters) {
  check(boundaries);
  if (counters.size() != boundaries.front().size())
    fail(Errc::Usage, "{} generator counters for {} records", counters.size(), boundaries.front().size());
  if (counters_.empty()) flush(SegmentKind::Data, true, false);
  const auto done = skip(SegmentKind::Data, counters.size());
  for (std::size_t b = 0; b < boundaries.size(); ++b) append_rows(data_[b], boundaries[b], done);
  counters_.insert(counters_.end(), counters.begin() + static_cast<std::ptrdiff_t>(done), counters.end());
  flush(SegmentKind::Data, false, false);
}

void StreamWriter::flush(SegmentKind kind, bool all, bool last) {
  auto& waiting = pending(kind);
  const std::size_t total = waiting.front().size(), most = records_per_segment(waiting);
  std::size_t done = 0;
  while (total - done > most || (all && done < total)) {
    std::size_t count = std::min(most, total - done);
    std::span<const std::uint64_t> counters;
    if (kind == SegmentKind::Data && !counters_.empty()) {
      counters = std::span(counters_).subspan(done, count);
      // A gap that is too wide for its column begins a new segment.
      const auto wide = std::ranges::adjacent_find(
          counters, [](std::uint64_t a, std::uint64_t b) { return b <= a || b - a > 65'536; });
      if (wide != counters.end()) count = static_cast<std::size_t>(wide - counters.begin()) + 1;
      counters = counters.first(count);
    }
    const auto body = encode_columns(coding_, waiting, done, count, counters);
    done += count;
    SegmentHeader header = header_of(body, count);
    header.kind = kind;
    header.codebook = codebook_;
    header.time_ms = time_ms_;
    if (last && done == total) header.flags |= segment_flags::LastOfEpoch;
    log_->append(header, body.bytes);
  }
  if (kind == SegmentKind::Data && !counters_.empty())
    counters_.erase(counters_.begin(), counters_.begin() + static_cast<std::ptrdiff_t>(done));
  for (AatBlock& block : waiting) drop_rows(block, done);
}

void StreamWriter::publish() {
  if (!log_) fail(Errc::Usage, "stream {} is finished already", hex(id()));
  flush(SegmentKind::HeldOut, true, false);
  flush(SegmentKind::Data, true, false);
  if (log_->state().count == published_) return;
  log_->publish(time_ms_);
  published_ = log_->state().count;
}

void StreamWriter::finish() {
  if (!log_) fail(Errc::Usage, "stream {} is finished already", hex(id()));
  if (written_data_ + written_held_out_ > 0)
    fail(Errc::Mismatch, "stream {}: {} records of epoch {} were written before and not added again (other data?)",
         hex(id()), written_data_ + written_held_out_, log_name_.epoch);
  const bool any_held_out = held_out_.front().size() > 0, any_data = data_.front().size() > 0;
  flush(SegmentKind::Data, true, !any_held_out);
  flush(SegmentKind::HeldOut, true, true);
  if (!any_data && !any_held_out && !log_->closed())  // all was published already
    log_->append(
        {.kind = SegmentKind::End, .flags = segment_flags::LastOfEpoch, .codebook = codebook_, .time_ms = time_ms_},
        {});
  log_->publish(time_ms_);
  log_.reset();
}

}  // namespace assimilaate
