#include "assimilaate/carrier/internal/mqtt_up.hpp"

#include <unistd.h>

#include <chrono>

#include "assimilaate/carrier/internal/mqtt_client.hpp"
#include "assimilaate/carrier/internal/mqtt_topics.hpp"
#include "assimilaate/core/file.hpp"

namespace assimilaate::internal {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t largest_upload = 65'536 + 256;  // [B]
constexpr std::uint32_t keep_s = 7 * 86'400;          // what waits for a collector that is away [s]
constexpr std::uint16_t most_under_way = 512;         // messages that a collector has not stored yet
constexpr double gather = 0.005;                      // how long a group waits for one more [s]

MqttPlace as(MqttPlace place, const std::string& client) {
  place.client = client;
  return place;
}

std::string collector_name(const MqttPlace& place) {
  if (!place.client.empty()) return place.client;
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  const auto name = std::string("collector-") + host.data();
  auto secret = std::as_bytes(std::span(place.password));
  std::vector<std::byte> key;
  if (!place.key_file.empty()) secret = key = read_file(place.key_file);
  const auto hash = blake2b_256(secret);
  return secret.empty() ? name : name + "-" + hex(std::span(hash).first(8));
}

class MqttUplink final : public Uplink {
 public:
  MqttUplink(const MqttPlace& place, const PublicKey& device)
      : device_(device_name(device)),
        topics_(place.tenant),
        client_(as(place, place.client.empty() ? device_ : place.client + "-up"), [](auto, auto, auto) {}) {
    client_.connect();
  }

  void send(std::span<const std::byte> segment) override {
    const auto header = upload_header(segment);
    const auto topic = topics_.upload(device_, header);
    if (segment.size() > largest_upload)
      fail(Errc::Usage, "{}: {} bytes to send, over MQTT go {} at most", topic, segment.size(), largest_upload);
    if (header.kind == SegmentKind::Health) return client_.publish_unacknowledged(topic, segment);
    const auto unheard = client_.unheard();
    client_.publish(topic, segment, false);
    client_.flush();
    if (client_.unheard() != unheard)
      fail(Errc::Io, "{}: nobody collects {}; start assimilaate collect and send again", client_.place().shown, topic);
  }

 private:
  std::string device_;
  MqttTopics topics_;
  MqttClient client_;
};

class MqttInbox final : public Inbox {
 public:
  explicit MqttInbox(const MqttPlace& place)
      : topics_(place.tenant),
        client_(as(place, collector_name(place)),
                [this](std::string_view topic, std::span<const std::byte> payload, std::uint64_t) {
                  if (const auto device = topics_.device_of(topic))
                    uploads_.push_back({*device, {payload.begin(), payload.end()}});
                },
                {.keep_s = keep_s, .hold = true, .window = most_under_way}) {
    listen();
  }

  std::vector<Upload> receive(double seconds) override {
    const auto until = Clock::now() + std::chrono::duration<double>(seconds);
    do {
      listen();
      client_.run(std::min(0.1, seconds));
      while (!uploads_.empty() && uploads_.size() < most_under_way && client_.run(gather)) {
      }
    } while (uploads_.empty() && Clock::now() < until);
    return std::exchange(uploads_, {});
  }

  void acknowledge() override {
    if (uploads_.empty()) client_.release();
  }

 private:
  /// In every connection anew, as a broker that was started again has forgotten us.
  void listen() {
    const auto connection = client_.connect();
    if (connection == listening_ || client_.owes()) return;
    const int question = client_.subscribe(topics_.uploads(client_.place().group), Kept::Omit);
    client_.release();  // nothing is owed: this writes the question alone
    listening_ = connection;
    const auto deadline = Clock::now() + std::chrono::seconds(10);
    while (!client_.answered(question) && client_.connect() == connection) {
      if (Clock::now() > deadline)
        fail(Errc::Io, "{}: the broker does not answer a subscription", client_.place().shown);
      client_.run(0.1);
    }
  }

  MqttTopics topics_;
  std::vector<Upload> uploads_;
  std::uint64_t listening_ = 0;  // in which connection
  MqttClient client_;
};

}  // namespace

std::unique_ptr<Uplink> open_mqtt_uplink(const MqttPlace& place, const PublicKey& device) {
  return std::make_unique<MqttUplink>(place, device);
}
std::unique_ptr<Inbox> open_mqtt_inbox(const MqttPlace& place) { return std::make_unique<MqttInbox>(place); }

}  // namespace assimilaate::internal
