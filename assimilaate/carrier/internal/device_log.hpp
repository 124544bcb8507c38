#pragma once
/// What devices of one machine send, in files: `inbox/<device>/log.aat`, segments back to back, with `lock` beside it.

#include <filesystem>
#include <memory>

#include "assimilaate/stream/uplink.hpp"

namespace assimilaate::internal {

/// Appends to the device's log, synced one by one; a segment that a crash cut short is taken away first.
/// @throws Error{Io} when another process sends as that device; Error{Integrity} when the log is damaged before its end
[[nodiscard]] std::unique_ptr<Uplink> open_device_log(const std::filesystem::path& root, const PublicKey& device);

/// Reads the logs of all devices from their start, and what is added to them. Never writes: a collector that starts
/// again is given everything again. What is short or does not hold at the end of a log is not there yet.
[[nodiscard]] std::unique_ptr<Inbox> open_device_logs(const std::filesystem::path& root);

}  // namespace assimilaate::internal
