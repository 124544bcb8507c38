#include "assimilaate/stream/stream_reader.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "assimilaate/stream/log_reader.hpp"

namespace assimilaate {
namespace {

StreamId choose_stream(const Carrier& carrier) {
  const auto streams = carrier.streams();
  if (streams.empty()) fail(Errc::Io, "no stream here; teach one into this place first");
  if (streams.size() == 1) return streams.front();
  std::string known;
  for (const StreamId& id : streams) known += (known.empty() ? "" : ", ") + hex(id);
  fail(Errc::Usage, "several streams here, name one: {}", known);
}

std::vector<std::byte> read_object(const Carrier& carrier, ObjectKind kind, const Digest& hash,
                                   const std::string& what) {
  auto bytes = carrier.object(kind, hash);
  if (const auto found = blake2b_256(bytes); found != hash)
    fail(Errc::Mismatch, "{} has the hash {}, the stream was taught with {}; restore it or teach the stream again",
         what, hex(found), hex(hash));
  return bytes;
}

constexpr std::size_t most_increments = 64;

/// The segments' records, one after the other in one block per boundary.
void append_records(std::vector<AatBlock>& to, const std::vector<AatBlock>& from) {
  for (std::size_t b = 0; b < to.size(); ++b) {
    const auto before = to[b].size();
    to[b].entries.resize_rows(before + from[b].size());
    std::ranges::copy(from[b].entries.values(), to[b].entries.slice(before, from[b].size()).data());
  }
}

}  // namespace

StreamReader::StreamReader(const Carrier& carrier, std::optional<StreamId> stream, const SourceTrust& trust,
                           Extent extent)
    : id_(stream ? *stream : choose_stream(carrier)) {
  // The newest epoch first, then what it extends, down to a complete one.
  std::vector<std::unique_ptr<LogReader>> logs;
  logs.push_back(std::make_unique<LogReader>(carrier, id_, trust, extent));
  LogReader& log = *logs.front();
  while (const auto base = logs.back()->base_epoch()) {
    if (logs.size() > most_increments)
      fail(Errc::Unsupported, "stream {}: more than {} epochs, each on top of another (ask for a complete one)",
           hex(id_), most_increments);
    logs.push_back(std::make_unique<LogReader>(carrier, LogName{id_, base}, *logs.back()->setup().base_tip, trust));
  }
  epoch_ = log.head().tip.epoch;
  data_.descriptor = held_out_.descriptor = log.descriptor();
  for (const auto& boundary : log.descriptor().boundaries) {
    data_.boundaries.emplace_back(boundary.shape, 0);
    held_out_.boundaries.emplace_back(boundary.shape, 0);
  }
  read_objects(carrier);
  for (std::size_t i = logs.size(); i-- > 0;) {
    bool first_held_out = true;  // held-out records are those of the newest epoch that has some
    while (const auto segment = logs[i]->next()) {
      const bool data = segment->header.kind == SegmentKind::Data;
      if (!data && std::exchange(first_held_out, false))
        for (AatBlock& block : held_out_.boundaries) block.entries.resize_rows(0);
      append_records((data ? data_ : held_out_).boundaries, logs[i]->records(*segment));
      (data ? bits_.data : bits_.held_out) += 8ULL * segment->header.body_length;
    }
    segments_ += logs[i]->state().count;
    bits_.setup += 8 * logs[i]->setup_bytes();
  }
  signer_ = log.signer();
  chain_ = log.chain();
  const Head& head = log.head();
  whole_ = log.state().count == head.tip.count;
  closed_ = whole_ && log.closed();
  expires_ms_ = head.expires_ms;
  reset_versions_ = trust.reset_versions;
  seen_ = {.keys_version = trust.keys_version,
           .head_version = head.version,
           .epoch = head.tip.epoch,
           .count = head.tip.count,
           .tip = head.tip.hash,
           .time_ms = head.time_ms};
  bits_.headers = 8 * (segments_ * segment_limits::header + carrier.head(id_).size());
}

Result<Seen> StreamReader::seen_after(const Seen& before) const {
  auto after = whole_ ? take_in(before, seen_, expires_ms_, reset_versions_) : before;
  const bool reset = reset_versions_ && seen_.keys_version > before.keys_version;
  if (after && !reset && before.count > 0 && before.epoch == epoch_ && before.count <= chain_.size() &&
      chain_[before.count - 1] != before.tip)
    return error(
        Errc::Integrity,
        "segment {} of epoch {} is not the one seen before (two logs of one name: keep both and ask the teacher)",
        before.count - 1, epoch_);
  return after;
}

void StreamReader::read_objects(const Carrier& carrier) {
  const Descriptor& about = data_.descriptor;
  std::set<Digest> counted;
  for (const auto& boundary : about.boundaries) {
    const auto& bytes = codebooks_.emplace_back(read_object(carrier, ObjectKind::Codebook, boundary.codebook,
                                                            fmt::format("codebook of boundary '{}'", boundary.name)));
    if (counted.insert(boundary.codebook).second) bits_.codebooks += 8 * bytes.size();
  }
  if (about.teacher == Digest{}) return;
  network_ =
      read_object(carrier, ObjectKind::Network, about.teacher, fmt::format("network of stream '{}'", about.name));
  bits_.network = 8 * network_.size();
}

std::unique_ptr<ExampleSource> StreamReader::examples(std::size_t transform, std::size_t limit) const {
  return std::make_unique<StoredExamples>(chain_examples(data_, transform, 0, limit));
}

HeldOut StreamReader::held_out(std::size_t transform) const {
  return HeldOut(chain_examples(held_out_, transform, 0, SIZE_MAX));
}

HeldOut StreamReader::held_out_between(std::uint32_t input, std::uint32_t output) const {
  const std::array inputs{input};
  return HeldOut(boundary_examples(held_out_.boundaries, inputs, output, 0, SIZE_MAX));
}

}  // namespace assimilaate
