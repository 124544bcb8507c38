#include "assimilaate/carrier/internal/mqtt_client.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "assimilaate/core/waiting.hpp"

namespace assimilaate::internal {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr int keep_alive = 1200;          // [s]
constexpr unsigned connect_attempts = 8;  // in a row
constexpr const char* place_property = "place";

void start_library() {
  static const int started = mosquitto_lib_init();
  if (started != MOSQ_ERR_SUCCESS) fail(Errc::Io, "libmosquitto does not start");
}

unsigned tries_for(int code) {
  if (code == MQTT_RC_QUOTA_EXCEEDED || code == MQTT_RC_SERVER_BUSY || code == MQTT_RC_CONNECTION_RATE_EXCEEDED)
    return 8;
  return code == MQTT_RC_UNSPECIFIED || code == MQTT_RC_IMPLEMENTATION_SPECIFIC ? 3 : 1;
}

/// A broker as it is installed leaves Nagle's algorithm on: the last small packets of a burst wait for our TCP
/// acknowledgement, which would come 40 ms late. The option has to be set again and again; no socket of TCP, no harm.
void acknowledge_at_once(int socket) {
  const int on = 1;
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

void wait(unsigned attempts) { std::this_thread::sleep_for(back_off(attempts, Seconds(5))); }

}  // namespace

std::string reason_text(int code) {
  const char* remedy = "";
  if (code == MQTT_RC_NOT_AUTHORIZED || code == MQTT_RC_BAD_USERNAME_OR_PASSWORD)
    remedy = "; see the broker's access list and this user's name";
  else if (code == MQTT_RC_PACKET_TOO_LARGE)
    remedy = "; such a stream goes by directory or HTTP";
  else if (code == MQTT_RC_SESSION_TAKEN_OVER)
    remedy = "; another process or a cloned device uses this client id";
  else if (code == MQTT_RC_SHARED_SUBS_NOT_SUPPORTED)
    remedy = "; collectors need a broker with shared subscriptions, such as mosquitto 2";
  return fmt::format("{} (reason 0x{:02x}){}", mosquitto_reason_string(code), code, remedy);
}

/// The library's callbacks; they must not throw through C.
struct MqttCallbacks {
  static MqttClient& self(void* user) { return *static_cast<MqttClient*>(user); }

  static void connected(mosquitto*, void* user, int code, int, const mosquitto_property* properties) {
    self(user).connack_ = code;
    std::uint32_t limit = 0;
    if (mosquitto_property_read_int32(properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, &limit, false))
      self(user).packet_limit_ = limit;
    std::uint16_t under_way = 0;
    if (mosquitto_property_read_int16(properties, MQTT_PROP_RECEIVE_MAXIMUM, &under_way, false))
      self(user).under_way_ = std::clamp<std::size_t>(under_way, 1, 100);
  }
  static void disconnected(mosquitto*, void* user, int code, const mosquitto_property*) {
    self(user).connected_ = false;
    self(user).lost_ = code >= 0x80 ? reason_text(code) : std::string(mosquitto_strerror(code));
    if (code == MQTT_RC_SESSION_TAKEN_OVER || code == MQTT_RC_USE_ANOTHER_SERVER || code == MQTT_RC_SERVER_MOVED)
      self(user).failed_ = error(Errc::Io, "{}: {}", self(user).place_.shown, reason_text(code));
  }
  static void published(mosquitto*, void* user, int id, int code, const mosquitto_property*) {
    ++self(user).heard_;
    if (code == MQTT_RC_NO_MATCHING_SUBSCRIBERS) ++self(user).unheard_;
    auto node = self(user).unacknowledged_.extract(id);
    if (!node.empty() && code >= 0x80) self(user).refused(code, std::move(node.mapped()));
  }
  static void subscribed(mosquitto*, void* user, int id, int count, const int* codes, const mosquitto_property*) {
    self(user).asked_.erase(id);
    for (int i = 0; i < count; ++i)
      if (codes[i] >= 0x80)
        self(user).failed_ =
            error(Errc::Io, "{}: subscription refused: {}", self(user).place_.shown, reason_text(codes[i]));
  }
  static void message(mosquitto*, void* user, const mosquitto_message* message, const mosquitto_property* properties) {
    ++self(user).heard_;
    if (message->qos > 0) self(user).owes_ = true;
    std::uint64_t place = 0;
    char *name = nullptr, *value = nullptr;
    const auto* at = mosquitto_property_read_string_pair(properties, MQTT_PROP_USER_PROPERTY, &name, &value, false);
    for (; at; at = mosquitto_property_read_string_pair(at, MQTT_PROP_USER_PROPERTY, &name, &value, true)) {
      if (name && value && std::string_view(name) == place_property) place = std::strtoull(value, nullptr, 10);
      std::free(name);
      std::free(value);
      name = value = nullptr;
    }
    self(user).on_message_(
        message->topic,
        {static_cast<const std::byte*>(message->payload), static_cast<std::size_t>(message->payloadlen)}, place);
  }
};

MqttClient::MqttClient(MqttPlace place, OnMessage on_message, MqttSession session)
    : place_(std::move(place)), on_message_(std::move(on_message)), session_(session) {
  start_library();
}

MqttClient::~MqttClient() { close(); }

void MqttClient::close() {
  if (!handle_) return;
  if (session_.hold)
    take_leave();
  else
    mosquitto_disconnect_v5(handle_, 0, nullptr);
  mosquitto_destroy(handle_);
  handle_ = nullptr;
  connected_ = false;
}

/// Let the broker read our last acknowledgements before a connection that follows takes this one's place.
void MqttClient::take_leave() {
  pollfd wait{mosquitto_socket(handle_), POLLIN, 0};
  if (wait.fd < 0 || ::shutdown(wait.fd, SHUT_WR) != 0) return;
  std::array<char, 4096> ignored;
  while (::poll(&wait, 1, 1000) > 0 && ::recv(wait.fd, ignored.data(), ignored.size(), 0) > 0) {
  }
}

void MqttClient::open() {
  close();
  handle_ = mosquitto_new(place_.client.empty() ? nullptr : place_.client.c_str(), session_.keep_s == 0, this);
  if (!handle_) fail(Errc::Io, "{}: no memory for a connection", place_.shown);
  mosquitto_int_option(handle_, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
  mosquitto_int_option(handle_, MOSQ_OPT_RECEIVE_MAXIMUM, session_.window);
  mosquitto_int_option(handle_, MOSQ_OPT_SEND_MAXIMUM, 100);
  if (place_.port != 0) mosquitto_int_option(handle_, MOSQ_OPT_TCP_NODELAY, 1);
  // The library queues an acknowledgement before it gives us the message, and writes it at once unless it believes that
  // a thread of ours does that: then it waits for `mosquitto_loop_write`.
  if (session_.hold) mosquitto_threaded_set(handle_, true);
  mosquitto_connect_v5_callback_set(handle_, MqttCallbacks::connected);
  mosquitto_disconnect_v5_callback_set(handle_, MqttCallbacks::disconnected);
  mosquitto_publish_v5_callback_set(handle_, MqttCallbacks::published);
  mosquitto_subscribe_v5_callback_set(handle_, MqttCallbacks::subscribed);
  mosquitto_message_v5_callback_set(handle_, MqttCallbacks::message);
  if (!place_.user.empty()) mosquitto_username_pw_set(handle_, place_.user.c_str(), place_.password.c_str());
  if (place_.tls) {
    const auto file = [](const std::string& name) { return name.empty() ? nullptr : name.c_str(); };
    const int code =
        mosquitto_tls_set(handle_, file(place_.ca_file), place_.ca_file.empty() ? "/etc/ssl/certs" : nullptr,
                          file(place_.cert_file), file(place_.key_file), nullptr);
    if (code != MOSQ_ERR_SUCCESS)
      fail(Errc::Io,
           "{}: {} (ASSIMILAATE_CA_FILE names the authority to trust, ASSIMILAATE_CERT_FILE and ASSIMILAATE_KEY_FILE "
           "our own certificate)",
           place_.shown, mosquitto_strerror(code));
  }
  packet_limit_ = UINT32_MAX;
  under_way_ = 100;
  connack_.reset();
  lost_.clear();
  asked_.clear();
  owes_ = false;
  mosquitto_property* properties = nullptr;
  if (session_.keep_s > 0)
    mosquitto_property_add_int32(&properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL, session_.keep_s);
  int code = mosquitto_connect_bind_v5(handle_, place_.host.c_str(), place_.port, keep_alive, nullptr, properties);
  mosquitto_property_free_all(&properties);
  connected_ = code == MOSQ_ERR_SUCCESS;
  const auto deadline = Clock::now() + std::chrono::seconds(10);
  while (connected_ && !connack_ && Clock::now() < deadline) {
    bool heard = false;
    code = pump(0.1, true, heard);
    if (code != MOSQ_ERR_SUCCESS) connected_ = false;
  }
  if (connack_ && *connack_ != 0) {
    connected_ = false;
    lost_ = reason_text(*connack_);
  } else if (!connack_) {
    connected_ = false;
    if (lost_.empty()) lost_ = code == MOSQ_ERR_SUCCESS ? "no answer within 10 s" : mosquitto_strerror(code);
    if (place_.tls)
      lost_ +=
          " (TLS: is ASSIMILAATE_CA_FILE its authority, and does it want ASSIMILAATE_CERT_FILE and "
          "ASSIMILAATE_KEY_FILE?)";
  }
}

std::uint64_t MqttClient::connect() {
  if (connected_) return connection_;
  if (const auto lost = unacknowledged_.size() + again_.size(); lost > 0 && session_.when_lost == WhenLost::Fail) {
    unacknowledged_.clear();
    again_.clear();
    fail(Errc::Io, "{}: the connection was lost with {} messages under way: {}", place_.shown, lost,
         lost_.empty() ? "closed" : lost_);
  }
  for (unsigned attempt = 1;; ++attempt) {
    open();
    if (connected_) break;
    const bool final = connack_ && tries_for(*connack_) == 1;
    if (final || attempt == connect_attempts)
      fail(Errc::Io, "{}: cannot connect: {}{}", place_.shown, lost_, final ? "" : " (is the broker up?)");
    wait(attempt);
  }
  ++connection_;
  for (auto& [id, message] : unacknowledged_) again_.push_back(std::move(message));
  unacknowledged_.clear();
  return connection_;
}

void MqttClient::send(Message message) {
  const auto size = message.payload.size() + message.topic.size() + 128;
  if (size > packet_limit_)
    fail(Errc::Usage, "{}: a message of {} bytes, the broker takes {} at most; such a stream goes by directory or HTTP",
         message.topic, size, packet_limit_);
  mosquitto_property* properties = nullptr;
  if (message.place != 0)
    mosquitto_property_add_string_pair(&properties, MQTT_PROP_USER_PROPERTY, place_property,
                                       fmt::format("{}", message.place).c_str());
  int id = 0;
  const int code = mosquitto_publish_v5(handle_, &id, message.topic.c_str(), static_cast<int>(message.payload.size()),
                                        message.payload.data(), message.qos, message.retain, properties);
  mosquitto_property_free_all(&properties);
  if (code == MOSQ_ERR_NO_CONN || code == MOSQ_ERR_CONN_LOST || code == MOSQ_ERR_ERRNO) {
    connected_ = false;
    again_.push_back(std::move(message));
  } else if (code != MOSQ_ERR_SUCCESS) {
    fail(Errc::Io, "{}: {} cannot be sent: {}", place_.shown, message.topic, mosquitto_strerror(code));
  } else if (message.qos > 0) {
    unacknowledged_.emplace(id, std::move(message));
  }
}

void MqttClient::send_again() {
  std::vector<Message> messages;
  messages.swap(again_);
  for (auto& message : messages) {
    if (message.tries > 0) wait(message.tries);
    send(std::move(message));
  }
}

void MqttClient::refused(int code, Message message) {
  if (++message.tries < tries_for(code))
    again_.push_back(std::move(message));
  else
    failed_ = error(Errc::Io, "{}: {} refused: {}", place_.shown, message.topic, reason_text(code));
}

void MqttClient::publish(const std::string& topic, std::span<const std::byte> payload, bool retain,
                         std::uint64_t place) {
  for (;;) {
    connect();
    if (!again_.empty()) send_again();
    if (connected_ && unacknowledged_.size() + again_.size() < under_way_) break;
    run(1);
  }
  send({topic, {payload.begin(), payload.end()}, retain, place});
}

void MqttClient::flush() {
  while (!unacknowledged_.empty() || !again_.empty()) {
    connect();
    if (!again_.empty()) send_again();
    run(1);
  }
  if (failed_) run(0);
}

int MqttClient::subscribe(std::span<const std::string> topics, Kept kept) {
  std::vector<char*> names;
  for (const auto& topic : topics) names.push_back(const_cast<char*>(topic.c_str()));
  const int options = MQTT_SUB_OPT_RETAIN_AS_PUBLISHED |
                      (kept == Kept::Send ? MQTT_SUB_OPT_SEND_RETAIN_ALWAYS : MQTT_SUB_OPT_SEND_RETAIN_NEVER);
  int id = 0;
  const int code =
      mosquitto_subscribe_multiple(handle_, &id, static_cast<int>(names.size()), names.data(), 1, options, nullptr);
  if (code == MOSQ_ERR_NO_CONN || code == MOSQ_ERR_CONN_LOST)
    connected_ = false;
  else if (code != MOSQ_ERR_SUCCESS)
    fail(Errc::Io, "{}: cannot subscribe: {}", place_.shown, mosquitto_strerror(code));
  asked_[id] = true;
  return id;
}

void MqttClient::unsubscribe(std::span<const std::string> topics) {
  std::vector<char*> names;
  for (const auto& topic : topics) names.push_back(const_cast<char*>(topic.c_str()));
  (void)mosquitto_unsubscribe_multiple(handle_, nullptr, static_cast<int>(names.size()), names.data(), nullptr);
}

void MqttClient::publish_unacknowledged(const std::string& topic, std::span<const std::byte> payload) {
  connect();
  send({.topic = topic, .payload = {payload.begin(), payload.end()}, .qos = 0});
  while (!again_.empty() || (connected_ && mosquitto_want_write(handle_))) {
    connect();
    send_again();
    run(0.1);
  }
}

void MqttClient::release() {
  const auto deadline = Clock::now() + std::chrono::seconds(10);
  while (connected_ && mosquitto_want_write(handle_)) {
    if (Clock::now() > deadline) fail(Errc::Io, "{}: the broker takes no acknowledgements", place_.shown);
    pollfd wait{mosquitto_socket(handle_), POLLOUT, 0};
    ::poll(&wait, 1, 1000);
    if (mosquitto_loop_write(handle_, 1) != MOSQ_ERR_SUCCESS) connected_ = false;
  }
  owes_ = false;
}

/// Read what the broker said, waiting for it up to `seconds`, and write what there is to say; a code of the library.
int MqttClient::pump(double seconds, bool write, bool& heard) {
  const auto to_write = [&] { return write && mosquitto_want_write(handle_); };
  const int socket = mosquitto_socket(handle_);
  acknowledge_at_once(socket);
  pollfd wait{socket, static_cast<short>(POLLIN | (to_write() ? POLLOUT : 0)), 0};
  heard = ::poll(&wait, 1, static_cast<int>(1000 * seconds)) > 0;
  int code = MOSQ_ERR_SUCCESS;
  if (heard && (wait.revents & (POLLIN | POLLHUP | POLLERR)))
    for (int turn = 0; turn < session_.window && code == MOSQ_ERR_SUCCESS; ++turn) {
      const auto before = heard_;
      code = mosquitto_loop_read(handle_, 1);
      if (heard_ == before) break;  // no whole packet is left
    }
  if (code == MOSQ_ERR_SUCCESS && to_write() && !(session_.hold && owes_)) code = mosquitto_loop_write(handle_, 1);
  return code == MOSQ_ERR_SUCCESS ? mosquitto_loop_misc(handle_) : code;
}

bool MqttClient::run(double seconds) {
  bool heard = false;
  if (connected_ && pump(seconds, !(session_.hold && owes_), heard) != MOSQ_ERR_SUCCESS) connected_ = false;
  if (failed_) {
    const Error problem = *failed_;
    failed_.reset();
    throw problem;
  }
  if (!connected_) connect();
  return heard;
}

}  // namespace assimilaate::internal
