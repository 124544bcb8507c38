#pragma once
/// A log behind MQTT, read segment by segment: windows of exact topics, and live ones as they come.

#include <deque>
#include <map>

#include "assimilaate/carrier/internal/mqtt_client.hpp"
#include "assimilaate/carrier/internal/mqtt_topics.hpp"

namespace assimilaate::internal {

/// What a publisher noted last: where its log ends. Not trusted: it only bounds what is asked for.
struct MqttMark {
  std::uint32_t epoch = 0;
  std::uint64_t count = 0;  ///< segments
  std::uint64_t bytes = 0;
  bool operator==(const MqttMark&) const = default;
};

/// The marks of all epochs of a stream that a broker holds, the newest last.
class MqttMarks {
 public:
  static constexpr std::size_t most = 256;  ///< epochs

  [[nodiscard]] bool empty() const noexcept { return marks_.empty(); }
  /// Of an epoch; nothing in it is a count of 0.
  [[nodiscard]] MqttMark of(std::uint32_t epoch) const;
  void put(const MqttMark& mark);
  /// "epoch count bytes", a line each; what is no such text has no marks.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] static MqttMarks parse(std::string_view text);

 private:
  std::map<std::uint32_t, MqttMark> marks_{};
};

class MqttLog {
 public:
  static constexpr std::uint64_t window = 64;                ///< topics in one question
  static constexpr std::size_t most_live = 256;              ///< segments kept that nobody asked for yet ...
  static constexpr std::size_t most_live_bytes = 16U << 20;  ///< ... and their bytes

  MqttLog(MqttClient& client, const MqttTopics& topics, const LogName& name)
      : client_(client), topics_(topics), name_(name), root_(topics.log(name)) {}

  [[nodiscard]] const LogName& name() const noexcept { return name_; }
  /// Segments up to the end of the one that was read last, and where it ends [B].
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> reached() const noexcept {
    return {current_.index + 1, current_.end()};
  }

  /// Whether what `offset` names has arrived.
  [[nodiscard]] bool holds(std::uint64_t offset) const {
    return (offset >= current_.offset && offset < current_.end()) ||
           (offset == current_.end() && !current_.bytes.empty() && waiting_.contains(current_.index + 1));
  }
  /// Fill `out` from `offset` on; the number of bytes that were there. @param mark  the newest of this log
  std::size_t read(std::uint64_t offset, std::span<std::byte> out, const MqttMark& mark);

  /// A message came; true when it is one of this log.
  bool take(std::string_view topic, std::span<const std::byte> payload, std::uint64_t place);

 private:
  struct Piece {
    std::uint64_t index = 0, offset = 0;
    std::vector<std::byte> bytes{};
    [[nodiscard]] std::uint64_t end() const noexcept { return offset + bytes.size(); }
  };
  struct Window {
    std::uint64_t first = 0, end = 0;
    int question = 0;
    std::uint64_t connection = 0;
  };

  std::vector<std::string> names(const Window& of) const;
  void ask(std::uint64_t first, std::uint64_t count);
  void forget_before(std::uint64_t index);
  bool load(std::uint64_t index, const MqttMark& mark);
  bool locate(std::uint64_t offset, const MqttMark& mark);
  bool await(std::uint64_t index, double patience);
  void listen();
  [[nodiscard]] const Window* covering(std::uint64_t index) const;

  MqttClient& client_;
  const MqttTopics& topics_;
  LogName name_;
  std::string root_;
  Piece current_{};
  std::map<std::uint64_t, Piece> waiting_{};
  std::size_t waiting_bytes_ = 0;
  std::deque<Window> windows_{};
  std::uint64_t listening_ = 0;  // in which connection
};

}  // namespace assimilaate::internal
