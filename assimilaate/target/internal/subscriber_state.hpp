#pragma once
/// What a subscriber remembers besides its memristors: one small file, replaced in one step.

#include <array>
#include <filesystem>

#include "assimilaate/stream/seen.hpp"
#include "assimilaate/stream/statements.hpp"

namespace assimilaate::internal {

struct SubscriberState {
  StreamId stream{};
  bool two_banks = true;
  std::int32_t serving = -1, learning = -1;  ///< banks; -1: none
  bool fresh = false;                        ///< the learning bank has not begun with its epoch yet
  bool going_back = false;                   ///< it learns an older epoch again
  bool fallback_ready = false;               ///< the bank that does not serve still holds the epoch before
  Bytes head{};                              ///< the newest that was accepted
  Bytes learning_head{}, active_head{}, fallback_head{};
  std::uint32_t refused_epoch = 0;  ///< not to be tried again; 0: none
  double served_task = 0;           ///< `Judgement::task` of what serves, when it was validated
  Seen seen{};
  std::uint64_t reports = 0;                        ///< counter of the last one
  Bytes report{};                                   ///< the last one
  bool sent = true;                                 ///< it was handed over
  std::array<std::uint64_t, 3> down{};              ///< by folder, HTTP, MQTT [B]
  std::uint64_t again = 0, up = 0;                  ///< [B]
  std::uint64_t novelty = 0;                        ///< counter of the last one
  Bytes novelty_waiting{};                          ///< the last one, until it is handed over
  std::uint64_t novelty_batch = 0;                  ///< sum of the file that its inputs are taken from, till they are
  std::uint64_t novelty_inputs = 0;                 ///< in it
  std::int64_t novelty_day = 0;                     ///< since 1970
  std::uint64_t novelty_used = 0;                   ///< of that day's quota [B]
  std::uint64_t novelty_met = 0, novelty_sent = 0;  ///< inputs
  ReportState state = ReportState::Unset;           ///< as last reported
  ReportError error = ReportError::Unset;
  bool stale = false;
  std::int64_t born_ms = 0, begun_ms = 0;  ///< Unix [ms]: of the target, of the epoch it learns

  /// Durably. @throws Error{Io}
  void save(const std::filesystem::path& file) const;
  /// @throws Error{Io|Format|Integrity|Unsupported} naming the file.
  [[nodiscard]] static SubscriberState load(const std::filesystem::path& file);
};

/// The epoch that a head, once accepted, names; 0 for none.
[[nodiscard]] std::uint32_t epoch_of(const StreamId& stream, std::span<const std::byte> head);
/// The file of a bank, 0 or 1, in the folder.
[[nodiscard]] inline const char* bank_name(std::int32_t bank) { return bank == 0 ? "a.target" : "b.target"; }

}  // namespace assimilaate::internal
