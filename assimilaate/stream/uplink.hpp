#pragma once
/// The way up: what devices send, and where a collector takes it in. Each upload is one segment: a report, health or
/// novelty. Carriers move it without judging it.

#include <span>
#include <vector>

#include "assimilaate/core/signature.hpp"

namespace assimilaate {

/// What a device sent. A device is named by its public key: what it says is checked by its name alone.
struct Upload {
  PublicKey device{};
  std::vector<std::byte> segment{};
};

/// One device's way up. Calls come from one thread.
class Uplink {
 public:
  virtual ~Uplink() = default;
  /// Durably handed over when it returns: in the device's own log, synced, or acknowledged by the broker. Health over
  /// MQTT alone is only sent (QoS 0).
  /// @param segment  one report, health or novelty
  /// @throws Error{Io} when it could not be handed over, also where no collector takes it: send it again later;
  /// Error{Usage} for what is none of these or larger than the carrier takes.
  virtual void send(std::span<const std::byte> segment) = 0;
};

/// Where a collector takes uploads in. Calls come from one thread.
class Inbox {
 public:
  virtual ~Inbox() = default;
  /// Waits up to `seconds` for the first; may give uploads again that were given before (at-least-once).
  /// @throws Error{Io}
  [[nodiscard]] virtual std::vector<Upload> receive(double seconds) = 0;
  /// What `receive` gave is stored durably: it need not be given again. @throws Error{Io}
  virtual void acknowledge() = 0;
};

}  // namespace assimilaate
