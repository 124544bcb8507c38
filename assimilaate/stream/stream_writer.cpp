#include "assimilaate/stream/stream_writer.hpp"

#include <algorithm>

#include "assimilaate/stream/columns.hpp"

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

void append_rows(AatBlock& to, const AatBlock& from) {
  const auto before = to.size();
  to.entries.resize_rows(before + from.size());
  std::ranges::copy(from.entries.values(), to.entries.slice(before, from.size()).data());
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
                           std::span<const std::byte> network, std::int64_t time_ms, Signing signing)
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
  log_name_.epoch = next_epoch(carrier_, log_name_.stream);
  log_.emplace(carrier_, log_name_, std::move(signing));
  log_->append(SegmentKind::Setup, write_setup(descriptor_), 0, codebook_, 0, time_ms_);
  for (const Shape& shape : descriptor_.shapes()) {
    data_.emplace_back(shape, 0);
    held_out_.emplace_back(shape, 0);
  }
}

void StreamWriter::add(SegmentKind kind, std::span<const AatBlock> boundaries) {
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
  for (std::size_t b = 0; b < boundaries.size(); ++b) append_rows(pending(kind)[b], boundaries[b]);
  flush(kind, false, false);
}

void StreamWriter::flush(SegmentKind kind, bool all, bool last) {
  auto& waiting = pending(kind);
  const std::size_t total = waiting.front().size(), most = records_per_segment(waiting);
  std::size_t done = 0;
  while (total - done > most || (all && done < total)) {
    const std::size_t count = std::min(most, total - done);
    const auto body = encode_columns(waiting, done, count);
    done += count;
    std::uint16_t flags = columns_masked(body) ? segment_flags::Masked : 0;
    if (last && done == total) flags |= segment_flags::LastOfEpoch;
    log_->append(kind, body, static_cast<std::uint32_t>(count), codebook_, flags, time_ms_);
  }
  for (AatBlock& block : waiting) drop_rows(block, done);
}

void StreamWriter::finish() {
  if (!log_) fail(Errc::Usage, "stream {} is finished already", hex(id()));
  const bool any_held_out = held_out_.front().size() > 0;
  flush(SegmentKind::Data, true, !any_held_out);
  flush(SegmentKind::HeldOut, true, true);
  log_->publish(time_ms_);
  log_.reset();
}

}  // namespace assimilaate
