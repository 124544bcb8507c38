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

/// A place between two segments.
struct Place {
  std::uint64_t count = 0, offset = 0;  // segments and bytes before it
  Digest tip{};                         // of the header before it
  void pass(const SegmentHeader& header) {
    ++count;
    offset += header.segment_length();
    tip = header_hash(header);
  }
};

[[noreturn]] void fail_at(const LogName& log, const Place& at, const Error& why) {
  fail(why.code(), "stream {} epoch {}, segment {} at byte {}: {}", hex(log.stream), log.epoch, at.count, at.offset,
       why.what());
}

/// The segment at a place, in `bytes`, signed by whom it must be; its body is not looked at. @throws as above,
/// Error{Io} where it is not there.
Segment signed_segment(const Carrier& from, const LogName& log, const Place& at, const Trust& trust,
                       std::vector<std::byte>& bytes) {
  const auto header = header_at(from, log, at.offset);
  if (!header) fail_at(log, at, error(Errc::Io, "nothing is there yet, which the head names"));
  if (const auto refused = trust.check(*header)) fail_at(log, at, *refused);
  bytes.resize(header->segment_length());
  if (from.read_log(log, at.offset, bytes) < bytes.size())
    fail_at(log, at, error(Errc::Io, "only a part of it is there yet"));
  return {*header, std::span<const std::byte>(bytes).subspan(segment_limits::header)};
}

/// The epoch that a log extends; 0: none, or nothing of it is there.
std::uint32_t base_of(const Carrier& carrier, const LogName& log) {
  const auto header = header_at(carrier, log, 0);
  return header ? header->base_epoch : 0;
}

}  // namespace

Spool::Spool(const fs::path& folder) : folder_(folder) { recover(); }

void Spool::recover() {
  open();
  for (const LogName& log : logs()) {
    LogScanner scanner(*carrier_, log);
    scanner.withdraw(find_withdrawn(*carrier_, log, UINT64_MAX, Trust::anyone()));
    auto segment = scanner.next();
    while (segment && *segment) segment = scanner.next();
    if (scanner.state().bytes < carrier_->log_size(log)) carrier_->cut(log, scanner.state().bytes);
  }
}

/// Write to the own disk; where that fails, what it left half written is cut, else nothing could follow it.
template <typename Write>
void Spool::own(const Write& write) {
  try {
    write();
  } catch (const Error&) {
    recover();
    throw;
  }
}

void Spool::open() {
  carrier_.reset();  // lets go of the lock
  carrier_ = open_carrier("dir:" + folder_.string(), Access::Write);
}

std::uint64_t Spool::fetch(const Carrier& from, const StreamId& stream, const HeadBytes& head, const Trust& trust,
                           std::uint64_t bytes) {
  struct Part {
    LogName log;
    Digest tip;
    std::uint64_t count;
  };
  const Tip tip = parse_head(stream, head).value().tip;
  std::uint64_t moved = 0;
  // What an epoch extends comes first, else a reader would miss it.
  std::vector<Part> parts{{{stream, tip.epoch}, tip.hash, tip.count}};
  for (;;) {
    const LogName log = parts.back().log;
    const bool here = carrier_->log_size(log) > 0;
    const auto first = signed_segment(here ? *carrier_ : from, log, {}, trust, segment_);
    if (const auto bad = check_body(first.header, first.body)) fail_at(log, {}, *bad);
    const auto setup = parse_setup(first.body);
    if (!setup) fail_at(log, {}, setup.error());
    const auto base = first.header.base_epoch;
    if (parts.size() == 1 && lacks_objects(setup->descriptor)) moved += fetch_objects(from, setup->descriptor);
    if (base == 0) break;
    if (base >= log.epoch || !setup->epoch.base_tip)
      fail_at(log, {}, error(Errc::Format, "it extends epoch {}, which is no earlier one", base));
    parts.push_back({{stream, base}, *setup->epoch.base_tip, UINT64_MAX});
  }
  for (auto part = parts.rbegin(); part != parts.rend() && moved < bytes; ++part)
    moved += fetch_log(from, part->log, part->tip, part->count, trust, bytes - moved);
  return moved;
}

std::uint64_t Spool::fetch_log(const Carrier& from, const LogName& log, const Digest& tip, std::uint64_t count,
                               const Trust& trust, std::uint64_t bytes) {
  Place at;
  while (const auto header = header_at(*carrier_, log, at.offset)) at.pass(*header);
  std::optional<std::vector<IndexRange>> withdrawn;
  std::uint64_t moved = 0;
  bool hollow = false;  // a withdrawn body is missing: what withdraws it must come with it
  while (at.tip != tip && at.count < count && (moved < bytes || hollow)) {
    const auto [header, body] = signed_segment(from, log, at, trust, segment_);
    if (header.index != at.count || header.previous != at.tip) {
      if (moved == 0) forget(log);  // else nothing that is signed would ever follow it
      fail_at(log, at, error(Errc::Integrity, "it does not follow the one before (another log of that name)"));
    }
    if (const auto bad = check_body(header, body)) {
      if (!withdrawn) withdrawn = find_withdrawn(from, log, count, trust);
      if (std::ranges::none_of(*withdrawn,
                               [&](const auto& range) { return range.first <= at.count && at.count <= range.last; }))
        fail_at(log, at, *bad);
      hollow = true;
    }
    own([&] { carrier_->append(log, segment_); });
    moved += segment_.size();
    at.pass(header);
  }
  if (moved > 0) own([&] { carrier_->sync(log); });
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
  drop(log);
  recover();
  return bytes;
}

void Spool::drop(const LogName& log) {
  carrier_.reset();  // no file of it stays open
  std::error_code reason;
  fs::remove_all(log_folder(log), reason);
  open();
  if (reason) fail(Errc::Io, "{}: cannot be removed: {}", log_folder(log).string(), reason.message());
}

void Spool::keep_only(const StreamId& stream, std::span<const HeadBytes> heads) {
  std::set<std::uint32_t> kept;
  for (const HeadBytes& head : heads)
    if (const auto named = parse_head(stream, head))
      for (auto epoch = named->tip.epoch; epoch != 0 && kept.insert(epoch).second;)
        epoch = base_of(*carrier_, {stream, epoch});
  for (const LogName& log : logs())
    if (log.stream == stream && !kept.contains(log.epoch)) drop(log);
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
