#pragma once
/// What a collection says about a fleet: the newest report of each device, and cohorts of them.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assimilaate/stream/statements.hpp"

namespace assimilaate {

/// A device and a stream that it reports on.
struct DeviceStatus {
  PublicKey device{};
  Statement of{};
  Report report{};            ///< the newest, by the device's own count
  std::uint64_t reports = 0;  ///< of this device, on all streams
  std::uint64_t missing = 0;  ///< counted by the device between its first and its newest, and never collected
  std::int64_t heard_ms = 0;  ///< when anything of it was last collected [Unix ms]
};

/// Devices of one class and age that assimilate one epoch of one stream.
struct CohortStatus {
  StreamId stream{};
  std::uint32_t epoch = 0, device_class = 0, age_bucket = 0;
  std::uint64_t targets = 0, stale = 0;
  std::map<ReportState, std::uint64_t> states{};
  /// Of the targets that have tried held-out records. [per mille]
  struct Agreement {
    std::uint64_t targets = 0;
    double mean = 0, task = 0;
    std::uint32_t p10 = 0;     ///< nearest rank over the targets' means
    std::uint32_t lowest = 0;  ///< of the targets' means
  };
  std::optional<Agreement> agreement{};
  double stuck_ppm = 0;            ///< mean over targets
  std::uint64_t down = 0, up = 0;  ///< [B]
  std::int64_t heard_ms = 0;       ///< the newest [Unix ms]
};

/// Reports that name different tips for one place of one stream: somebody signed two histories, or lies.
struct Equivocation {
  StreamId stream{};
  std::uint32_t epoch = 0;
  std::uint64_t next_index = 0;
  std::map<std::string, std::uint64_t> devices{};  ///< by the first bytes of the tip, hexadecimal
};

struct QuarantineStatus {
  StreamId stream{};
  std::uint32_t epoch = 0;
  NoveltyReason reason{};
  bool checked = false;  ///< against the stream's descriptor
  std::uint64_t devices = 0, segments = 0, records = 0, bytes = 0;
  std::int64_t heard_ms = 0;  ///< the newest [Unix ms]
};
struct RefusedStatus {
  std::string kind, reason;
  std::uint64_t devices = 0, segments = 0, bytes = 0;
};

/// Every call throws what `Collection` throws for a file that is none; Error{Io} for one that is missing.
[[nodiscard]] std::vector<DeviceStatus> read_devices(const std::filesystem::path& collection);
[[nodiscard]] std::vector<Equivocation> read_equivocations(const std::filesystem::path& collection);
[[nodiscard]] std::vector<QuarantineStatus> read_quarantine(const std::filesystem::path& collection);
[[nodiscard]] std::vector<RefusedStatus> read_refused(const std::filesystem::path& collection);

/// In the order of stream, epoch (newest first), class and age.
[[nodiscard]] std::vector<CohortStatus> cohorts_of(const std::vector<DeviceStatus>& devices);

}  // namespace assimilaate
