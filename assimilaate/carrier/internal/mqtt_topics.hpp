#pragma once
/// The topics of one tenant, `aat1/<tenant>/…`: five slashes at most.

#include <optional>
#include <string>
#include <string_view>

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
