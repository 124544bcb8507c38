#pragma once
/// The topics of one tenant, `aat1/<tenant>/…`: five slashes at most.

#include <optional>
#include <string>
#include <string_view>

#include "assimilaate/carrier/internal/upload.hpp"
#include "assimilaate/stream/carrier.hpp"

namespace assimilaate::internal {

class MqttTopics {
 public:
  explicit MqttTopics(const std::string& tenant) : root_("aat1/" + tenant + "/") {}

  [[nodiscard]] std::string head(const StreamId& stream) const { return root_ + "d/" + hex(stream) + "/head"; }
  [[nodiscard]] std::string heads() const { return root_ + "d/+/head"; }
  [[nodiscard]] std::string mark(const StreamId& stream) const { return root_ + "d/" + hex(stream) + "/mark"; }
  [[nodiscard]] std::string keys() const { return root_ + "c/keys"; }
  [[nodiscard]] std::string log(const LogName& log) const {
    return fmt::format("{}d/{}/{:08x}/", root_, hex(log.stream), log.epoch);
  }
  [[nodiscard]] std::string segment(const LogName& name, std::uint64_t index) const {
    return fmt::format("{}{:016x}", log(name), index);
  }
  [[nodiscard]] std::string part(const Digest& object, std::uint64_t number) const {
    return fmt::format("{}d/objects/{}/{:016x}", root_, hex(object), number);
  }
  /// Where a device sends a segment with that header.
  [[nodiscard]] std::string upload(const std::string& device, const SegmentHeader& header) const {
    if (header.kind == SegmentKind::Novelty) return root_ + "n/" + device + "/" + hex(header.stream);
    return root_ + "r/" + device + (header.kind == SegmentKind::Health ? "/health" : "/conv");
  }
  /// All that devices send, or a share of it for a group of collectors.
  [[nodiscard]] std::array<std::string, 2> uploads(const std::string& group) const {
    const auto share = group.empty() ? root_ : "$share/" + group + "/" + root_;
    return {share + "r/#", share + "n/#"};
  }
  /// The device of such a topic.
  [[nodiscard]] std::optional<PublicKey> device_of(std::string_view topic) const {
    if (!topic.starts_with(root_) || topic.size() < root_.size() + 67) return {};
    topic.remove_prefix(root_.size());
    if ((topic[0] != 'r' && topic[0] != 'n') || topic[1] != '/' || topic[66] != '/') return {};
    return parse_device_name(topic.substr(2, 64));
  }
  /// The stream of a topic `…/d/<stream>/<last>`.
  [[nodiscard]] std::optional<StreamId> stream_of(std::string_view topic, std::string_view last) const {
    const auto start = root_.size() + 2;
    if (topic.size() != start + 33 + last.size() || !topic.ends_with(last) || topic[start + 32] != '/') return {};
    const auto id = parse_stream_id(topic.substr(start, 32));
    return id ? std::optional(*id) : std::nullopt;
  }

 private:
  std::string root_;
};

}  // namespace assimilaate::internal
