#include "assimilaate/stream/head.hpp"

#include "assimilaate/stream/internal/message.hpp"
#include "assimilaate/stream/stream.pb.h"

namespace assimilaate {
namespace {

void put_tip(const Tip& tip, proto::Tip& message) {
  message.set_epoch(tip.epoch);
  message.set_count(tip.count);
  message.set_tip_hash(internal::as_string(tip.hash));
  message.set_bytes(tip.bytes);
  message.set_min_index(tip.min_index);
}

std::optional<Tip> take_tip(const proto::Tip& message) {
  Tip tip{message.epoch(), message.count(), {}, message.bytes(), message.min_index()};
  if (tip.epoch == 0 || tip.count == 0 || !internal::take_hash(message.tip_hash(), tip.hash)) return std::nullopt;
  return tip;
}

}  // namespace

std::vector<std::byte> write_head(const StreamId& stream, const Head& head, const SecretKey* key) {
  proto::Head message;
  put_tip(head.tip, *message.mutable_tip());
  if (head.previous) put_tip(*head.previous, *message.mutable_previous());
  message.set_codebooks(internal::as_string(head.codebook));
  message.set_heldout(head.held_out);
  message.set_expires_ms(head.expires_ms);
  message.set_keys_version(head.keys_version);
  for (const std::string& base : head.bases) message.add_bases(base);
  message.set_no_mqtt(head.no_mqtt);
  SegmentHeader header;
  header.kind = SegmentKind::Head;
  header.stream = stream;
  header.codebook = head.codebook;
  header.epoch = head.tip.epoch;
  header.index = head.version;
  header.time_ms = head.time_ms;
  return seal_segment(header, internal::to_bytes(message), key);
}

Result<Head> parse_head(const StreamId& stream, std::span<const std::byte> bytes, const Trust& trust) {
  const auto segment = open_segment(bytes, trust);
  if (!segment) return error(segment.error().code(), "head: {}", segment.error().what());
  const SegmentHeader& header = segment->header;
  if (bytes.size() != header.segment_length())
    return error(Errc::Integrity, "head: {} bytes too many", bytes.size() - header.segment_length());
  if (auto unknown = check_understood(header)) return error(unknown->code(), "head: {}", unknown->what());
  if (header.kind != SegmentKind::Head)
    return error(Errc::Format, "head: its kind is 0x{:02x}, not 0x10", static_cast<unsigned>(header.kind));
  if (header.stream != stream)
    return error(Errc::Mismatch, "head: it speaks for stream {}, not for {}", hex(header.stream), hex(stream));
  proto::Head message;
  if (!internal::from_bytes(segment->body, message)) return error(Errc::Format, "head: not a message of its kind");
  Head head{.version = header.index,
            .time_ms = header.time_ms,
            .codebook = header.codebook,
            .tip = {},
            .previous = std::nullopt,
            .held_out = message.heldout(),
            .expires_ms = message.expires_ms(),
            .keys_version = message.keys_version(),
            .bases = {message.bases().begin(), message.bases().end()},
            .no_mqtt = message.no_mqtt()};
  const auto tip = take_tip(message.tip());
  if (!tip || tip->epoch != header.epoch) return error(Errc::Format, "head: its tip names no segment of its epoch");
  head.tip = *tip;
  if (message.has_previous() && !(head.previous = take_tip(message.previous())))
    return error(Errc::Format, "head: its previous tip names no segment");
  ShortDigest codebook;
  if (!internal::take_hash(message.codebooks(), codebook) || codebook != header.codebook)
    return error(Errc::Mismatch, "head: codebooks of its body are not those of its header");
  return head;
}

std::optional<Error> check_current(const Head& head, const Trust& trust, std::uint32_t keys_version) {
  if (!trust.asks()) return std::nullopt;
  if (head.expires_ms != 0 && trust.now_ms() > head.expires_ms)
    return error(Errc::Integrity, "head: version {} expired at {} (frozen: fetch a newer one, or have it signed again)",
                 head.version, time_text(head.expires_ms));
  if (head.keys_version > keys_version)
    return error(Errc::Integrity,
                 "head: it was signed under key set {}, the newest here is {} (mixed: fetch the key set, too)",
                 head.keys_version, keys_version);
  return std::nullopt;
}

}  // namespace assimilaate
