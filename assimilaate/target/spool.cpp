#include "assimilaate/target/spool.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/target/internal/as_of.hpp"

namespace assimilaate {
namespace {

namespace fs = std::filesystem;

/// The header at a place, or nothing where none is. @throws Error{Integrity|Format|Unsupported} for what is no header
/// of this log.
std::optional<SegmentHeader> header_at(const Carrier& from, const LogName& log, std::uint64_t offset) {
  HeaderBytes bytes;
  const auto got = from.read_log(log, offset, bytes);
  if (got == 0) return std::nullopt;
  const auto header = parse_header(std::span(bytes).first(got));
  const auto named = [&](Errc code, std::string_view why) {
    return Error(code, fmt::format("stream {} epoch {}, byte {}: {}", hex(log.stream), log.epoch, offset, why));
  };
  if (!header) throw named(header.error().code(), header.error().what());
  if (header->stream != log.stream || header->epoch != log.epoch)
    throw named(Errc::Integrity, "a segment of another log");
  return *header;
}

/// The whole segment at a place. @throws as above, and when its body is not there or not the one it names
std::vector<std::byte> segment_at(const Carrier& from, const LogName& log, std::uint64_t offset) {
  const auto header = header_at(from, log, offset);
  if (!header)
    fail(Errc::Io, "stream {} epoch {}: nothing at byte {} yet, which the head names", hex(log.stream), log.epoch,
         offset);
  std::vector<std::byte> segment(header->segment_length());
  const auto got = from.read_log(log, offset, segment);
  if (const auto whole = parse_segment(std::span(segment).first(got)); !whole)
    fail(got < segment.size() ? Errc::Io : whole.error().code(), "stream {} epoch {}, segment {}: {}", hex(log.stream),
         log.epoch, header->index, whole.error().what());
  return segment;
}

/// The epoch that a log extends; 0: none, or nothing of it is there.
std::uint32_t base_of(const Carrier& carrier, const LogName& log) {
  const auto header = header_at(carrier, log, 0);
  return header ? header->base_epoch : 0;
}

}  // namespace

Spool::Spool(const fs::path& folder) : folder_(folder) {
  open();
  for (const LogName& log : logs()) {
    LogScanner scanner(*carrier_, log);
    scanner.withdraw(find_withdrawn(*carrier_, log, UINT64_MAX, Trust::anyone()));
    auto segment = scanner.next();
    while (segment && *segment) segment = scanner.next();
    if (scanner.state().bytes < carrier_->log_size(log)) carrier_->cut(log, scanner.state().bytes);
  }
}

void Spool::open() {
  carrier_.reset();  // lets go of the lock
  carrier_ = open_carrier("dir:" + folder_.string(), Access::Write);
}

std::uint64_t Spool::fetch(const Carrier& from, const StreamId& stream, const HeadBytes& head, std::uint64_t bytes) {
  const Tip tip = parse_head(stream, head).value().tip;
  std::uint64_t moved = 0;
  // What an epoch extends comes first, else a reader would miss it.
  std::vector<std::pair<LogName, Digest>> logs{{{stream, tip.epoch}, tip.hash}};
  const auto setup_of = [&](const LogName& log) {
    return segment_at(carrier_->log_size(log) > 0 ? static_cast<const Carrier&>(*carrier_) : from, log, 0);
  };
  for (auto setup = setup_of(logs.front().first);;) {
    const auto first = parse_segment(setup).value();
    const auto said = parse_setup(first.body).value();
    if (logs.size() == 1 && lacks_objects(said.descriptor)) moved += fetch_objects(from, said.descriptor);
    if (first.header.base_epoch == 0) break;
    if (first.header.base_epoch >= logs.back().first.epoch || !said.epoch.base_tip)
      fail(Errc::Format, "stream {} epoch {}: it extends epoch {}, which is no earlier one", hex(stream),
           logs.back().first.epoch, first.header.base_epoch);
    logs.push_back({{stream, first.header.base_epoch}, *said.epoch.base_tip});
    setup = setup_of(logs.back().first);
  }
  for (auto log = logs.rbegin(); log != logs.rend() && moved < bytes; ++log)
    moved += fetch_log(from, log->first, log->second, bytes - moved);
  return moved;
}

std::uint64_t Spool::fetch_log(const Carrier& from, const LogName& log, const Digest& tip, std::uint64_t bytes) {
  std::uint64_t moved = 0, offset = 0;
  Digest last{};
  while (const auto header = header_at(*carrier_, log, offset)) {
    offset += header->segment_length();
    last = header_hash(*header);
  }
  for (; last != tip && moved < bytes; last = header_hash(parse_header(std::as_const(segment_)).value())) {
    segment_ = segment_at(from, log, offset);
    carrier_->append(log, segment_);
    offset += segment_.size();
    moved += segment_.size();
  }
  if (moved > 0) carrier_->sync(log);
  return moved;
}

bool Spool::lacks_objects(const Descriptor& descriptor) const {
  const auto lacks = [&](const char* place, const Digest& hash) {
    return hash != Digest{} && !fs::exists(folder_ / place / hex(hash));
  };
  return lacks("network", descriptor.teacher) ||
         std::ranges::any_of(descriptor.boundaries, [&](const auto& b) { return lacks("codebooks", b.codebook); });
}

std::uint64_t Spool::fetch_objects(const Carrier& from, const Descriptor& descriptor) {
  std::set<Digest> fetched;
  std::uint64_t moved = 0;
  const auto fetch = [&](ObjectKind kind, const Digest& hash) {
    if (hash == Digest{} || !fetched.insert(hash).second) return;
    const auto bytes = from.object(kind, hash);
    if (blake2b_256(bytes) != hash)
      fail(Errc::Integrity, "object {}: its hash is another (damaged where it lies)", hex(hash));
    carrier_->put_object(kind, bytes);
    moved += bytes.size();
  };
  for (const auto& boundary : descriptor.boundaries) fetch(ObjectKind::Codebook, boundary.codebook);
  fetch(ObjectKind::Network, descriptor.teacher);
  return moved;
}

StreamReader Spool::read(const StreamId& stream, const HeadBytes& head, const SourceTrust& trust) const {
  return StreamReader(internal::AsOf(*carrier_, stream, head), stream, trust, Extent::SoFar);
}

std::uint64_t Spool::size(const LogName& log) const { return carrier_->log_size(log); }

std::uint64_t Spool::forget(const LogName& log) {
  const auto bytes = size(log);
  carrier_.reset();  // no file of it stays open
  fs::remove_all(log_folder(log));
  open();
  return bytes;
}

void Spool::keep_only(const StreamId& stream, std::span<const HeadBytes> heads) {
  std::set<std::uint32_t> kept;
  for (const HeadBytes& head : heads)
    if (const auto named = parse_head(stream, head))
      for (auto epoch = named->tip.epoch; epoch != 0 && kept.insert(epoch).second;)
        epoch = base_of(*carrier_, {stream, epoch});
  for (const LogName& log : logs())
    if (log.stream == stream && !kept.contains(log.epoch)) forget(log);
}

fs::path Spool::log_folder(const LogName& log) const {
  return folder_ / "streams" / hex(log.stream) / fmt::format("{:08x}", log.epoch);
}

std::vector<LogName> Spool::logs() const {
  std::vector<LogName> found;
  std::error_code none;
  for (const auto& stream : fs::directory_iterator(folder_ / "streams", none)) {
    const auto id = parse_stream_id(stream.path().filename().string());
    if (!id) continue;
    for (const auto& entry : fs::directory_iterator(stream.path(), none)) {
      const auto name = entry.path().filename().string();
      std::uint32_t epoch = 0;
      const auto [end, reason] = std::from_chars(name.data(), name.data() + name.size(), epoch, 16);
      if (name.size() == 8 && reason == std::errc{} && end == name.data() + name.size()) found.push_back({*id, epoch});
    }
  }
  return found;
}

}  // namespace assimilaate
