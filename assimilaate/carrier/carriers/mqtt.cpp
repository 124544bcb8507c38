/// The MQTT 5 carrier: a broker holds the newest head and, in the small profile, every segment as a retained message;
/// new ones arrive live. A broker is a cache: what fills it is the log of a folder (`bridge_stream`), again after every
/// restart. Topics and payloads: `docs/stream-format.md`.

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/carrier/internal/mqtt_log.hpp"
#include "assimilaate/carrier/internal/mqtt_up.hpp"

namespace assimilaate {
namespace {

using internal::Kept;
using internal::MqttClient;
using internal::MqttLog;
using internal::MqttMark;
using internal::MqttPlace;
using internal::MqttTopics;
using Bytes = std::vector<std::byte>;
using Clock = std::chrono::steady_clock;

constexpr std::size_t largest_message = (112U << 10) + 256;  // a segment that may go by MQTT [B]
constexpr std::size_t largest_statement = 65'536 + 256;      // a head or a key set [B]
constexpr std::size_t part_bytes = 64U << 10;                // of an object in one message [B]
constexpr std::uint64_t largest_object = 64U << 20;          // [B]

class Mqtt final : public Carrier {
 public:
  Mqtt(const MqttPlace& place, Access access)
      : access_(access),
        topics_(place.tenant),
        client_(place, [this](auto topic, auto payload, auto offset) { take(topic, payload, offset); }) {
    client_.connect();
  }

  std::vector<StreamId> streams() const override {
    ask({topics_.heads()}, [] { return false; });
    client_.unsubscribe(std::array{topics_.heads()});
    std::vector<StreamId> ids;
    for (const auto& [id, state] : states_)
      if (!state.head.empty()) ids.push_back(id);
    return ids;
  }
  Bytes head(const StreamId& stream) const override { return watch(stream).head; }
  Bytes keys() const override {
    ask({topics_.keys()}, [this] { return !keys_.empty(); });
    client_.unsubscribe(std::array{topics_.keys()});
    return keys_;
  }
  std::uint64_t log_size(const LogName& log) const override {
    if (writing_ && writing_->name == log) return writing_->end.bytes;
    const auto& mark = watch(log.stream).mark;
    return mark.epoch == log.epoch ? mark.bytes : 0;
  }
  std::size_t read_log(const LogName& log, std::uint64_t offset, std::span<std::byte> out) const override {
    if (!reading_ || reading_->name() != log) reading_.emplace(client_, topics_, log);
    const auto& state = reading_->holds(offset) ? states_[log.stream] : watch(log.stream);
    return reading_->read(offset, out, state.mark);
  }

  Bytes object(ObjectKind, const Digest& hash) const override {
    const auto fetch = [&](std::uint64_t number) {
      wanted_ = topics_.part(hash, number);
      part_.reset();
      ask({wanted_}, [this] { return part_.has_value(); });
      client_.unsubscribe(std::array{wanted_});
      if (!part_) fail(Errc::Io, "{}: no object {}, part {}", client_.place().shown, hex(hash), number);
      return *std::exchange(part_, std::nullopt);
    };
    Bytes bytes = fetch(0);
    std::uint64_t length = 0;
    if (bytes.size() >= sizeof length) std::memcpy(&length, bytes.data(), sizeof length);
    if (bytes.size() < sizeof length || length > largest_object)
      fail(Errc::Integrity, "{}: object {} has no length that could be true", client_.place().shown, hex(hash));
    for (std::uint64_t number = 1; bytes.size() < sizeof length + length; ++number) {
      const auto part = fetch(number);
      bytes.insert(bytes.end(), part.begin(), part.end());
    }
    bytes.erase(bytes.begin(), bytes.begin() + sizeof length);
    return bytes;
  }

  void put_head(const StreamId& stream, std::span<const std::byte> segment) override {
    need_write();
    client_.flush();
    client_.publish(topics_.head(stream), segment, true);
    client_.flush();
    if (!writing_ || writing_->name.stream != stream) return;
    const auto text = writing_->end.text();
    client_.publish(topics_.mark(stream), std::as_bytes(std::span(text)), true);
    client_.flush();
    states_[stream].mark = writing_->end;
    states_[stream].head.assign(segment.begin(), segment.end());
  }
  void put_keys(std::span<const std::byte> segment) override {
    need_write();
    client_.publish(topics_.keys(), segment, true);
    client_.flush();
  }
  void append(const LogName& log, std::span<const std::byte> segment) override {
    need_write();
    auto& end = open_log(log);
    std::uint64_t index = 0;
    if (segment.size() < 256) fail(Errc::Usage, "{} bytes are no segment", segment.size());
    std::memcpy(&index, segment.data() + 56, sizeof index);
    if (index != end.count)
      fail(Errc::Usage, "segment {} does not follow the {} that the broker has; seed it from its own log", index,
           end.count);
    if (segment.size() > largest_message)
      fail(Errc::Usage, "segment {}: {} bytes, over MQTT go {} at most; such a stream goes by directory or HTTP", index,
           segment.size(), largest_message);
    client_.publish(topics_.segment(log, index), segment, client_.place().retain, end.bytes);
    ++end.count;
    end.bytes += segment.size();
  }
  void sync(const LogName&) override { client_.flush(); }
  void cut(const LogName& log, std::uint64_t size) override {
    need_write();
    auto& end = open_log(log);
    if (size == end.bytes) return;
    if (size != 0)
      fail(Errc::Unsupported, "a broker's log is cut to nothing and seeded again, not to {} of {} bytes", size,
           end.bytes);
    const auto text = MqttMark{log.epoch, 0, 0}.text();
    client_.publish(topics_.mark(log.stream), std::as_bytes(std::span(text)), true);
    for (std::uint64_t index = 0; index < end.count; ++index) client_.publish(topics_.segment(log, index), {}, true);
    client_.flush();
    end = {log.epoch, 0, 0};
  }

  Digest put_object(ObjectKind, std::span<const std::byte> bytes) override {
    need_write();
    if (bytes.size() > largest_object)
      fail(Errc::Usage, "an object of {} bytes, over MQTT go {} at most; such a stream goes by directory or HTTP",
           bytes.size(), largest_object);
    const Digest hash = blake2b_256(bytes);
    const std::uint64_t length = bytes.size();
    const auto prefix = std::as_bytes(std::span(&length, 1));
    Bytes all(prefix.begin(), prefix.end());
    all.insert(all.end(), bytes.begin(), bytes.end());
    for (std::uint64_t number = 0; number * part_bytes < all.size(); ++number) {
      const auto rest = std::span(all).subspan(number * part_bytes);
      client_.publish(topics_.part(hash, number), rest.first(std::min(rest.size(), part_bytes)), true);
    }
    client_.flush();
    return hash;
  }

 private:
  struct State {
    Bytes head{};
    MqttMark mark{};
    std::uint64_t connection = 0;
  };
  struct Writing {
    LogName name{};
    MqttMark end{};
  };

  void need_write() const {
    if (access_ != Access::Write) fail(Errc::Usage, "{}: opened for reading", client_.place().shown);
  }

  /// Subscribe and wait until `done`, or until the broker has nothing more to say.
  template <typename Done>
  void ask(const std::vector<std::string>& topics, Done done) const {
    for (;;) {
      const auto connection = client_.connect();
      const int question = client_.subscribe(topics, Kept::Send);
      const auto start = Clock::now();
      auto quiet = start;
      bool answered = false;
      while (!done() && connection == client_.connect()) {
        if (client_.run(0.05)) quiet = Clock::now();
        if (!answered && client_.answered(question)) {
          answered = true;
          quiet = Clock::now();
        }
        if (answered && Clock::now() - quiet > std::chrono::milliseconds(300)) return;
        if (!answered && Clock::now() - start > std::chrono::seconds(10))
          fail(Errc::Io, "{}: the broker does not answer a subscription", client_.place().shown);
      }
      if (connection == client_.connect()) return;
    }
  }

  /// Head and mark of a stream, as new as what has arrived.
  State& watch(const StreamId& stream) const {
    while (client_.run(0)) {
    }
    auto& state = states_[stream];
    if (state.connection != client_.connect()) {
      state = {};
      ask({topics_.head(stream), topics_.mark(stream)}, [&] { return !state.head.empty() && state.mark.epoch != 0; });
      state.connection = client_.connect();
    }
    return state;
  }

  void take(std::string_view topic, std::span<const std::byte> payload, std::uint64_t offset) const {
    if (reading_ && reading_->take(topic, payload, offset)) return;
    if (topic == wanted_) {
      part_.emplace(payload.begin(), payload.end());
    } else if (payload.size() > largest_statement) {
      return;
    } else if (const auto head_of = topics_.stream_of(topic, "head")) {
      states_[*head_of].head.assign(payload.begin(), payload.end());
    } else if (const auto mark_of = topics_.stream_of(topic, "mark")) {
      states_[*mark_of].mark = MqttMark::parse({reinterpret_cast<const char*>(payload.data()), payload.size()});
    } else if (topic == topics_.keys()) {
      keys_.assign(payload.begin(), payload.end());
    }
  }

  MqttMark& open_log(const LogName& log) {
    if (!writing_ || writing_->name != log) {
      const auto mark = watch(log.stream).mark;
      writing_ = Writing{log, mark.epoch == log.epoch ? mark : MqttMark{log.epoch, 0, 0}};
    }
    return writing_->end;
  }

  Access access_;
  MqttTopics topics_;
  mutable std::map<StreamId, State> states_;
  mutable std::optional<MqttLog> reading_;
  mutable std::string wanted_;
  mutable std::optional<Bytes> part_;
  mutable Bytes keys_;
  std::optional<Writing> writing_;
  mutable MqttClient client_;
};

std::unique_ptr<Carrier> open(std::string_view url, Access access) {
  return std::make_unique<Mqtt>(MqttPlace::parse(url), access);
}
std::unique_ptr<Uplink> open_up(std::string_view url, const PublicKey& device) {
  return internal::open_mqtt_uplink(MqttPlace::parse(url), device);
}
std::unique_ptr<Inbox> open_in(std::string_view url) { return internal::open_mqtt_inbox(MqttPlace::parse(url)); }

}  // namespace

extern const CarrierKind mqtt_carrier{
    .name = "mqtt",
    .secure_name = "mqtts",
    .about = "an MQTT 5 broker that keeps heads and segments and announces new ones; `mqtts` over TLS",
    .reference = "docs/howto/carriers.md",
    .open = open,
    .open_uplink = open_up,
    .open_inbox = open_in,
};

}  // namespace assimilaate
