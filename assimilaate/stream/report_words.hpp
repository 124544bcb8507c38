#pragma once
/// The numbers of reports that stand for words. A reader keeps numbers it does not know.

#include <cstdint>
#include <string>

namespace assimilaate {

/// How far a target is with the epoch that it reports on.
enum class ReportState : std::uint32_t {
  Unset = 0,
  Offered = 1,
  Deferred = 2,  ///< waits for its window, its battery
  Fetching = 3,
  Assimilating = 4,
  Validating = 5,
  Active = 6,
  Rejected = 7,      ///< it cannot: codebook, version, lanes
  NotConverged = 8,  ///< it tried
  RolledBack = 9,
  TimedOut = 10,
  Cancelled = 11
};

/// Why a target rejected an epoch, or what keeps it from going on.
enum class ReportError : std::uint32_t {
  Unset = 0,
  Version = 1,   ///< a format, kind, codec or flag that it does not know
  Codebook = 2,  ///< other codebooks than its own
  Lanes = 3,     ///< too few of them, or too little memory
  Chain = 4,     ///< segments that do not lead up to the head's tip
  Trust = 5,     ///< signed by nobody that it trusts
  Access = 6,    ///< the broker or server refuses it
  Carrier = 7,   ///< cannot be reached
  Equivocation = 8,
  Gate = 9,  ///< held-out records say no
  Device = 10
};

/// Why a target kept an example for its teacher.
enum class NoveltyReason : std::uint32_t {
  Unset = 0,
  Margin = 1,   ///< its answer was hardly above the next
  Unseen = 2,   ///< addresses that no record of the stream has
  Command = 3,  ///< its plan asked for it
  Sample = 4    ///< drawn at random
};

/// `not_converged`; `state 77` for a number without a name. Likewise the others.
[[nodiscard]] std::string report_state_name(ReportState state);
[[nodiscard]] std::string report_error_name(ReportError error);
[[nodiscard]] std::string novelty_reason_name(NoveltyReason reason);

}  // namespace assimilaate
