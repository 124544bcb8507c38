#include "assimilaate/carrier/bridge.hpp"

#include <cstring>
#include <set>

#include "assimilaate/stream/log_reader.hpp"

namespace assimilaate {
namespace {

void move_objects(const Carrier& from, Carrier& to, const StreamId& stream) {
  const auto descriptor = LogReader(from, stream).descriptor();
  std::set<Digest> moved;
  for (const auto& boundary : descriptor.boundaries)
    if (moved.insert(boundary.codebook).second)
      to.put_object(ObjectKind::Codebook, from.object(ObjectKind::Codebook, boundary.codebook));
  if (descriptor.teacher != Digest{})
    to.put_object(ObjectKind::Network, from.object(ObjectKind::Network, descriptor.teacher));
}

}  // namespace

Bridged bridge_stream(const Carrier& from, Carrier& to, const StreamId& stream,
                      const std::function<void(const Bridged&)>& progress) {
  const auto head = from.head(stream);
  if (head.empty()) fail(Errc::Io, "stream {} has no head: nothing of it was published yet", hex(stream));
  const Tip tip = parse_head(stream, head).value().tip;
  const LogName log{stream, tip.epoch};
  auto offset = to.log_size(log);
  if (offset > tip.bytes) {
    to.cut(log, 0);
    offset = 0;
  }
  Bridged moved;
  if (offset == 0) move_objects(from, to, stream);
  if (const auto keys = from.keys(); !keys.empty() && keys != to.keys()) to.put_keys(keys);
  std::vector<std::byte> segment;
  while (offset < tip.bytes) {
    segment.resize(segment_limits::header);
    std::uint32_t body = 0;
    bool whole = from.read_log(log, offset, segment) == segment.size();
    if (whole) {
      std::memcpy(&body, segment.data() + 80, sizeof body);
      if (body > segment_limits::body)
        fail(Errc::Integrity, "stream {} epoch {}, offset {}: a body of {} bytes (damaged)", hex(stream), tip.epoch,
             offset, body);
      segment.resize(segment_limits::header + body);
      whole = from.read_log(log, offset + segment_limits::header, std::span(segment).subspan(segment_limits::header)) ==
              body;
    }
    if (!whole)
      fail(Errc::Integrity, "stream {} epoch {}: the log ends at byte {}, the head names {}", hex(stream), tip.epoch,
           offset, tip.bytes);
    to.append(log, segment);
    offset += segment.size();
    ++moved.segments;
    moved.bytes += segment.size();
    if (progress) progress(moved);
  }
  if (moved.segments > 0) to.sync(log);
  if (moved.segments > 0 || head != to.head(stream)) to.put_head(stream, head);
  return moved;
}

}  // namespace assimilaate
