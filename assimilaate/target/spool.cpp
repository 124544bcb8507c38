#include "assimilaate/target/spool.hpp"

#include <charconv>
#include <set>

#include "assimilaate/carrier/bridge.hpp"
#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/target/internal/as_of.hpp"

namespace assimilaate {
namespace {

namespace fs = std::filesystem;

/// Ends a copy that is long enough.
struct Enough {
  std::uint64_t bytes;
};

/// The epoch that a log extends; 0: none, or nothing of it is there.
std::uint32_t base_of(const Carrier& carrier, const LogName& log) {
  HeaderBytes bytes;
  const auto got = carrier.read_log(log, 0, bytes);
  const auto header = parse_header(std::span(bytes).first(got));
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
  const internal::AsOf judged(from, stream, head);
  try {
    return bridge_stream(judged, *carrier_, stream,
                         [&](const Bridged& moved) {
                           if (moved.bytes >= bytes) throw Enough{moved.bytes};
                         })
        .bytes;
  } catch (const Enough& some) {
    return some.bytes;
  }
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
