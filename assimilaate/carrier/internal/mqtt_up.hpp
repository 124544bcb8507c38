#pragma once
/// What devices send through a broker, and a collector that takes it. Topics: `docs/stream-format.md`.

#include <memory>

#include "assimilaate/carrier/internal/mqtt_place.hpp"
#include "assimilaate/stream/uplink.hpp"

namespace assimilaate::internal {

/// Reports and novelty with QoS 1: a segment that no collector has subscribed to is not handed over. Health with QoS 0.
[[nodiscard]] std::unique_ptr<Uplink> open_mqtt_uplink(const MqttPlace& place, const PublicKey& device);

/// One of the collectors that share what comes. The broker keeps what comes while it is away, for a week, and sends
/// again whatever it did not acknowledge; it knows it by its client id, `collector-<host>` where the URL names none.
[[nodiscard]] std::unique_ptr<Inbox> open_mqtt_inbox(const MqttPlace& place);

}  // namespace assimilaate::internal
