#pragma once
/// A connection to an MQTT 5 broker that is run by its caller: no thread, every acknowledgement looked at.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assimilaate/carrier/internal/mqtt_place.hpp"
#include "assimilaate/core/error.hpp"

struct mosquitto;

namespace assimilaate::internal {

/// What a reason code of a CONNACK, PUBACK, SUBACK or DISCONNECT means, and the remedy.
[[nodiscard]] std::string reason_text(int code);

/// What subscribers want of messages that the broker kept.
enum class Kept { Send, Omit };

/// What becomes of messages that were not acknowledged when a connection is lost: sent again in the next one, or
/// dropped, and `connect` says so once. The latter where they mean nothing to a broker that lost those before.
enum class WhenLost { SendAgain, Fail };

/// What the broker keeps of us, and who acknowledges what it sends.
struct MqttSession {
  std::uint32_t keep_s = 0;   ///< how long it keeps subscriptions and messages for us while we are away [s]
  bool hold = false;          ///< messages to us are acknowledged by `release`, not as they come
  std::uint16_t window = 64;  ///< messages that may be under way to us
  WhenLost when_lost = WhenLost::SendAgain;
};

class MqttClient {
 public:
  /// Takes a message; `place` is the offset in the log that its publisher noted. Must not throw.
  using OnMessage =
      std::function<void(std::string_view topic, std::span<const std::byte> payload, std::uint64_t place)>;

  MqttClient(MqttPlace place, OnMessage on_message, MqttSession session = {});
  ~MqttClient();
  MqttClient(const MqttClient&) = delete;
  MqttClient& operator=(const MqttClient&) = delete;

  /// Connect if need be. @throws Error{Io} with the broker's reason, when it does not answer, or for what was lost.
  /// @return a number that grows with each connection: what was subscribed in an earlier one is gone
  std::uint64_t connect();

  /// Send, once there is room among the messages under way. Lost connections are made anew. @throws Error{Io} naming
  /// topic and reason, Error{Usage} when it is larger than the broker takes.
  void publish(const std::string& topic, std::span<const std::byte> payload, bool retain, std::uint64_t place = 0);
  /// Return once all is acknowledged.
  void flush();
  /// Send with QoS 0: the broker says nothing to it. @throws as above
  void publish_unacknowledged(const std::string& topic, std::span<const std::byte> payload);
  /// Messages that were acknowledged and reached no subscriber.
  [[nodiscard]] std::uint64_t unheard() const noexcept { return unheard_; }

  /// Acknowledge what has come since the last time, where the session holds that back. @throws Error{Io} when the
  /// broker does not take it; lost connections are no error, as the broker then sends again.
  void release();
  [[nodiscard]] bool owes() const noexcept { return owes_; }

  /// Ask for topics; the id of the question. Its answer shows in `answered`.
  int subscribe(std::span<const std::string> topics, Kept kept);
  [[nodiscard]] bool answered(int question) const { return !asked_.contains(question); }
  void unsubscribe(std::span<const std::string> topics);

  /// Wait up to `seconds` for the broker and handle what it said. True when there was something.
  /// @throws Error{Io} for a refused subscription or message
  bool run(double seconds);

  [[nodiscard]] const MqttPlace& place() const noexcept { return place_; }

 private:
  struct Message {
    std::string topic{};
    std::vector<std::byte> payload{};
    bool retain = false;
    std::uint64_t place = 0;
    int qos = 1;
    unsigned tries = 0;
  };
  friend struct MqttCallbacks;

  void open();
  int pump(double seconds, bool write, bool& heard);
  void close();
  void take_leave();
  void send(Message message);
  void send_again();
  void refused(int code, Message message);

  MqttPlace place_;
  OnMessage on_message_;
  MqttSession session_;
  mosquitto* handle_ = nullptr;
  bool connected_ = false;
  std::uint64_t connection_ = 0;
  std::optional<int> connack_{};
  std::string lost_{};                       // why the connection ended
  std::optional<Error> failed_{};            // to throw from `run`
  std::uint32_t packet_limit_ = UINT32_MAX;  // of the broker [B]
  std::size_t under_way_ = 100;              // messages at most
  std::map<int, Message> unacknowledged_{};
  std::vector<Message> again_{};
  std::map<int, bool> asked_{};
  std::uint64_t heard_ = 0;    // messages and acknowledgements
  std::uint64_t unheard_ = 0;  // acknowledged, without a subscriber
  bool owes_ = false;          // messages came that are to be acknowledged
};

}  // namespace assimilaate::internal
