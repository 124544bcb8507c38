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
using internal::MqttMarks;
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
        client_(place, [this](auto topic, auto payload, auto offset) { take(topic, payload, offset); },
                {.when_lost = internal::WhenLost::Fail}) {
    client_.connect();
  }

  std::vector<StreamId> streams() const override {
    states_.clear();  // a broker that was started anew may have lost them
    ask({topics_.heads()}, [] { return false; });
    client_.unsubscribe(std::array{topics_.heads()});
    std::vector<StreamId> ids;
    for (const auto& [id, state] : states_)
      if (!state.head.empty()) ids.push_back(id);
    return ids;
  }
  Bytes head(const StreamId& stream) const override { return watch(stream).head; }
  Bytes keys() const override {
    keys_.clear();
    ask({topics_.keys()}, [this] { return !keys_.empty(); });
    client_.unsubscribe(std::array{topics_.keys()});
    return keys_;
  }
  std::uint64_t log_size(const LogName& log) const override {
    const auto& marks = watch(log.stream).marks;
    if (access_ == Access::Read) return marks.of(log.epoch).bytes;
    if (written_ && written_->connection != client_.connect()) written_.reset();
    return end_of(log).bytes;
  }
  std::size_t read_log(const LogName& log, std::uint64_t offset, std::span<std::byte> out) const override {
    if (!reading_ || reading_->name() != log) reading_.emplace(client_, topics_, log);
    const auto& state = reading_->holds(offset) ? states_[log.stream] : watch(log.stream);
    return reading_->read(offset, out, state.marks.of(log.epoch));
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
    need_same_broker();
    client_.flush();
    client_.publish(topics_.head(stream), segment, true);
    client_.flush();
    need_same_broker();
    states_[stream].head.assign(segment.begin(), segment.end());
  }
  void put_keys(std::span<const std::byte> segment) override {
    need_write();
    client_.publish(topics_.keys(), segment, true);
    client_.flush();
  }
  void append(const LogName& log, std::span<const std::byte> segment) override {
    need_write();
    need_same_broker();
    auto& end = end_of(log);
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
  void sync(const LogName& log) override {
    need_write();
    client_.flush();
    need_same_broker();
    put_mark(log);
  }
  void cut(const LogName& log, std::uint64_t size) override {
    need_write();
    need_same_broker();
    const MqttMark before = end_of(log);
    if (size == before.bytes) return;
    MqttMark end{log.epoch, 0, 0};
    if (size != 0) {
      std::byte last{};
      reading_.emplace(client_, topics_, log);
      (void)reading_->read(size - 1, std::span(&last, 1), before);
      const auto [count, bytes] = reading_->reached();
      if (bytes != size) fail(Errc::Integrity, "{}: byte {} is no end of a segment", client_.place().shown, size);
      end = {log.epoch, count, bytes};
    }
    reading_.reset();
    end_of(log) = end;
    put_mark(log);
    for (auto index = end.count; index < before.count; ++index) client_.publish(topics_.segment(log, index), {}, true);
    client_.flush();
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
    MqttMarks marks{};
    std::uint64_t connection = 0;
  };
  /// Where the logs end that we write, as far as the broker of this connection has them.
  struct Written {
    std::uint64_t connection = 0;
    std::map<std::pair<StreamId, std::uint32_t>, MqttMark> ends{};
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
      ask({topics_.head(stream), topics_.mark(stream)}, [&] { return !state.head.empty() && !state.marks.empty(); });
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
      states_[*mark_of].marks = MqttMarks::parse({reinterpret_cast<const char*>(payload.data()), payload.size()});
    } else if (topic == topics_.keys()) {
      keys_.assign(payload.begin(), payload.end());
    }
  }

  /// The broker may have been started anew, with nothing in it.
  void need_same_broker() {
    if (!written_ || written_->connection == client_.connect()) return;
    written_.reset();
    fail(Errc::Io, "{}: the connection was lost while a log was written; begin again with what the broker still has",
         client_.place().shown);
  }
  MqttMark& end_of(const LogName& log) const {
    const std::pair name{log.stream, log.epoch};
    if (written_)
      if (const auto found = written_->ends.find(name); found != written_->ends.end()) return found->second;
    const auto mark = watch(log.stream).marks.of(log.epoch);
    if (!written_) written_ = Written{client_.connect(), {}};
    return written_->ends.emplace(name, mark).first->second;
  }
  void put_mark(const LogName& log) {
    const auto end = end_of(log);
    auto& marks = watch(log.stream).marks;
    need_same_broker();
    if (marks.of(log.epoch) == end) return;
    for (const auto& [name, mark] : written_->ends)  // what we hear of our own marks comes late
      if (name.first == log.stream) marks.put(mark);
    const auto text = marks.text();
    client_.publish(topics_.mark(log.stream), std::as_bytes(std::span(text)), true);
    client_.flush();
    need_same_broker();
  }

  Access access_;
  MqttTopics topics_;
  mutable std::map<StreamId, State> states_;
  mutable std::optional<MqttLog> reading_;
  mutable std::string wanted_;
  mutable std::optional<Bytes> part_;
  mutable Bytes keys_;
  mutable std::optional<Written> written_;
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
