#pragma once
/// What devices send through a broker, and a collector that takes it. Topics: `docs/stream-format.md`.

#include <memory>

#include "assimilaate/carrier/internal/mqtt_place.hpp"
#include "assimilaate/stream/uplink.hpp"

namespace assimilaate::internal {

/// Reports and novelty with QoS 1: a segment that no collector has subscribed to is not handed over. Health with QoS 0.
/// Its client id is the device's name, or the one in the URL and `-up`.
[[nodiscard]] std::unique_ptr<Uplink> open_mqtt_uplink(const MqttPlace& place, const PublicKey& device);

/// What all devices send, or a share of it where the URL names a group. The broker keeps what comes while the collector
/// is away, for a week, and sends again whatever was not acknowledged. It knows the collector by its client id: where
/// the URL names none, by the host and by a hash of what only the collector knows, so that no device takes its place.
[[nodiscard]] std::unique_ptr<Inbox> open_mqtt_inbox(const MqttPlace& place);

}  // namespace assimilaate::internal
