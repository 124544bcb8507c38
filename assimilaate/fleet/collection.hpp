#pragma once
/// What a collector keeps: an SQLite file of every report, health and novelty that devices signed, once each.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "assimilaate/fleet/known_streams.hpp"
#include "assimilaate/stream/trust.hpp"
#include "assimilaate/stream/uplink.hpp"

namespace assimilaate {

struct CollectionRules {
  static constexpr std::size_t report_body = 200;  ///< of a report or of health, at most [B]
  std::uint64_t novelty_quota = 16'384;            ///< of a device and day, headers included [B]
  std::optional<Trust> only{};                     ///< take from devices that it trusts; nothing: from every device
};

/// What became of uploads.
struct Collected {
  std::uint64_t reports = 0, health = 0, novelty = 0;
  std::uint64_t duplicates = 0;                    ///< had come before
  std::uint64_t equivocations = 0;                 ///< reports that name another tip than an earlier one of that place
  std::map<std::string, std::uint64_t> refused{};  ///< by reason, see `docs/howto/fleet.md`
  Collected& operator+=(const Collected& more);
  bool operator==(const Collected&) const = default;
};

/// Used from one thread; several processes may have the same file open.
class Collection {
 public:
  /// Opens or makes the file. @throws Error{Io}; Error{Format} for what is no collection, Error{Integrity} for a
  /// damaged one.
  /// @param streams  to check novelty against; nothing: novelty is kept unchecked
  explicit Collection(const std::filesystem::path& file, CollectionRules rules = {},
                      std::unique_ptr<KnownStreams> streams = {});
  ~Collection();
  Collection(Collection&&) noexcept;

  /// Judge and store; when it returns, all of them survive a power cut. What devices do wrong is counted, never
  /// thrown.
  /// @param now_ms  Unix time of the collector [ms]
  /// @throws Error{Io|Integrity} of the file; then none of them is stored
  Collected take(std::span<const Upload> uploads, std::int64_t now_ms);

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

/// Move what comes up into a collection; an inbox is told only of what is stored.
/// @param rest    how long one look at the inbox waits [s]
/// @param go_on   asked after each look, with what it brought: false ends it
/// @throws what inbox and collection throw
void collect(Inbox& inbox, Collection& collection, double rest, const std::function<bool(const Collected&)>& go_on);

}  // namespace assimilaate
