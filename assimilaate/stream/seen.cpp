#include "assimilaate/stream/seen.hpp"

#include <algorithm>

#include "assimilaate/stream/trust.hpp"

namespace assimilaate {

Result<Seen> take_in(const Seen& before, const Seen& now, std::int64_t expires_ms, bool reset) {
  constexpr const char* remedy = "rolled back: fetch it from where it is published, or start a new target";
  if (now.keys_version < before.keys_version)
    return error(Errc::Integrity, "key set {}, {} was seen before ({})", now.keys_version, before.keys_version, remedy);
  Seen after = now;
  after.time_ms = std::max(before.time_ms, now.time_ms);
  if (before.epoch == 0 || (reset && now.keys_version > before.keys_version)) return after;
  if (now.head_version < before.head_version)
    return error(Errc::Integrity, "head version {}, {} was seen before ({})", now.head_version, before.head_version,
                 remedy);
  if (now.epoch < before.epoch)
    return error(Errc::Integrity, "epoch {}, {} was seen before ({})", now.epoch, before.epoch, remedy);
  if (now.head_version == before.head_version &&
      (now.epoch != before.epoch || now.count != before.count || now.tip != before.tip))
    return error(
        Errc::Integrity,
        "two heads of version {} that say different things (taught anew: start a new target; if not, the teacher's "
        "key may be stolen)",
        now.head_version);
  if (now.epoch == before.epoch && now.count < before.count)
    return error(Errc::Integrity, "{} segments of epoch {}, {} were seen before ({})", now.count, now.epoch,
                 before.count, remedy);
  if (expires_ms != 0 && before.time_ms > expires_ms)
    return error(Errc::Integrity, "the head expired at {}, later signatures were seen (frozen: fetch a newer one)",
                 time_text(expires_ms));
  return after;
}

}  // namespace assimilaate
