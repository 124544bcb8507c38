#include "assimilaate/carrier/bridge.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "assimilaate/carrier/internal/agreement.hpp"
#include "assimilaate/core/waiting.hpp"
#include "assimilaate/stream/key_set.hpp"
#include "assimilaate/stream/log_reader.hpp"

namespace assimilaate {
namespace {

using internal::LogPlace;
using internal::LogWalk;

/// The part of one epoch's log that `to` lacks.
struct Part {
  LogName log{};
  LogPlace begin{}, end{};
  std::vector<std::vector<std::byte>> checked{};  // its segments, where they are few enough to be kept
  [[nodiscard]] std::uint64_t bytes() const noexcept { return end.offset - begin.offset; }
};
constexpr std::uint64_t most_kept = 128U << 20;  // of a part, so that it need not be fetched twice [B]
struct Object {
  ObjectKind kind;
  std::vector<std::byte> bytes;
};
struct Plan {
  std::vector<Part> parts{};
  std::vector<Object> objects{};
};

LogPlace place_of(const Tip& tip) { return {tip.count, tip.bytes, tip.hash}; }

/// The newest head of a carrier as far as it can be read.
std::optional<Head> known_head(const StreamId& stream, std::span<const std::byte> bytes) {
  const auto head = parse_head(stream, bytes);
  return head ? std::optional(*head) : std::nullopt;
}

/// Where an epoch ends that another one extends: behind the header of that hash.
LogPlace find_tip(const Carrier& from, const LogName& log, const Digest& tip) {
  LogWalk walk(from, log);
  while (walk.place().tip != tip) walk.skip();
  return walk.place();
}

std::vector<Object> read_objects(const Carrier& from, const Descriptor& descriptor) {
  std::vector<Object> objects;
  std::set<Digest> read;
  const auto add = [&](ObjectKind kind, const Digest& hash, const std::string& what) {
    if (!read.insert(hash).second) return;
    objects.push_back({kind, from.object(kind, hash)});
    if (const auto found = blake2b_256(objects.back().bytes); found != hash)
      fail(Errc::Mismatch, "{} of stream '{}' has the hash {}, the stream names {}; restore it from another carrier",
           what, descriptor.name, hex(found), hex(hash));
  };
  for (const auto& boundary : descriptor.boundaries)
    add(ObjectKind::Codebook, boundary.codebook, fmt::format("the codebook of boundary '{}'", boundary.name));
  if (descriptor.teacher != Digest{}) add(ObjectKind::Network, descriptor.teacher, "the network");
  return objects;
}

/// The logs to fill, those that others extend first, and objects. Only the newest log where `to` has begun it: all else
/// came before.
Plan plan(const Carrier& from, const Carrier& to, const StreamId& stream, const Tip& tip,
          const std::optional<Head>& there) {
  const auto part = [&](const LogName& log, const LogPlace& end) {
    const bool headed = there && there->tip.epoch == log.epoch;
    return Part{
        log, agreement(from, to, log, end, headed ? std::optional(place_of(there->tip)) : std::nullopt), end, {}};
  };
  Plan plan{{part({stream, tip.epoch}, place_of(tip))}, {}};
  if (plan.parts.front().begin.count > 0) return plan;
  auto log = std::make_unique<LogReader>(from, LogName{stream, tip.epoch}, tip.hash);
  plan.objects = read_objects(from, log->descriptor());
  while (const auto base = log->base_epoch()) {
    const LogName name{stream, base};
    const Digest end = log->setup().base_tip.value();
    plan.parts.push_back(part(name, find_tip(from, name, end)));
    log = std::make_unique<LogReader>(from, name, end);
  }
  std::ranges::reverse(plan.parts);
  return plan;
}

/// Walk through what is to be moved. @throws Error for damage, and where it does not end in its tip
void check(const Carrier& from, Part& part, const std::stop_token& stop) {
  std::optional<std::vector<IndexRange>> withdrawn;
  LogWalk walk(from, part.log, part.begin);
  while (walk.place().offset < part.end.offset && !stop.stop_requested()) {
    const LogPlace before = walk.place();
    const auto segment = walk.take();
    if (part.bytes() <= most_kept) part.checked.emplace_back(segment.begin(), segment.end());
    const auto bad = walk.check_body();
    if (!bad) continue;
    if (!withdrawn) withdrawn = find_withdrawn(from, part.log, part.end.count, Trust::anyone());
    if (std::ranges::none_of(*withdrawn, [&](const IndexRange& range) {
          return before.count >= range.first && before.count <= range.last;
        }))
      fail(bad->code(), "stream {}, epoch {}, segment {} at byte {}: {}; restore the log from another carrier",
           hex(part.log.stream), part.log.epoch, before.count, before.offset, bad->what());
  }
  if (!stop.stop_requested() && walk.place() != part.end)
    fail(Errc::Integrity,
         "stream {}, epoch {}: the chain does not end as its head says; restore it from another carrier",
         hex(part.log.stream), part.log.epoch);
}

/// Waits so that no more than so many steps a second happen.
class Pace {
 public:
  explicit Pace(double rate) : interval_(rate > 0 ? 1 / rate : 0) {}
  void step(const std::stop_token& stop) {
    if (interval_.count() <= 0) return;
    const auto now = Clock::now();
    next_ =
        std::max(next_, now - std::chrono::milliseconds(100)) + std::chrono::duration_cast<Clock::duration>(interval_);
    if (next_ <= now) return;
    pause(next_ - now, stop);
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::chrono::duration<double> interval_;
  Clock::time_point next_ = Clock::now();
};

/// Move a part and sync it, or what was moved before a stop.
void move(const Carrier& from, Carrier& to, const Part& part, const BridgeOptions& options, Pace& pace, Bridged& done,
          const Bridged& all) {
  if (to.log_size(part.log) != part.begin.offset) to.cut(part.log, part.begin.offset);
  LogWalk walk(from, part.log, part.begin);
  const auto count = part.end.count - part.begin.count;
  for (std::uint64_t i = 0, unsynced = 0; i < count; ++i) {
    pace.step(options.stop);
    if (options.stop.stop_requested()) break;
    const auto segment = part.checked.empty() ? walk.take() : std::span<const std::byte>(part.checked[i]);
    to.append(part.log, segment);
    ++done.segments;
    done.bytes += segment.size();
    if (++unsynced % LogWriter::sync_group == 0) to.sync(part.log);
    if (options.progress) options.progress(done, all);
  }
  to.sync(part.log);
}

}  // namespace

bool bridge_keys(const Carrier& from, Carrier& to) {
  const auto keys = from.keys();
  if (keys.empty()) return false;
  const auto there = to.keys();
  if (keys == there) return false;
  const auto set = peek_key_set(keys);
  if (!set) fail(set.error().code(), "the key set: {}; restore it from another carrier", set.error().what());
  if (const auto old = peek_key_set(there); old && old->set.version > set->set.version) return false;
  to.put_keys(keys);
  return true;
}

Bridged bridge_stream(const Carrier& from, Carrier& to, const StreamId& stream, const BridgeOptions& options) {
  const auto bytes = from.head(stream);
  if (bytes.empty()) fail(Errc::Io, "stream {} has no head: nothing of it was published yet", hex(stream));
  const auto head = parse_head(stream, bytes);
  if (!head)
    fail(head.error().code(), "stream {}: {}; restore it from another carrier", hex(stream), head.error().what());
  const auto there = to.head(stream);
  if (there == bytes && to.log_size({stream, head->tip.epoch}) == head->tip.bytes) {
    bridge_keys(from, to);
    return {.whole = true};
  }
  const auto known = known_head(stream, there);
  if (known && known->version > head->version && !options.roll_back)
    fail(Errc::Mismatch,
         "stream {}: the head that is there is newer (version {}) than the one to publish ({}): are the places "
         "swapped? (publish --force takes the older one)",
         hex(stream), known->version, head->version);
  Plan work = plan(from, to, stream, head->tip, known);
  Bridged done, all;
  for (Part& part : work.parts) {
    check(from, part, options.stop);
    all.segments += part.end.count - part.begin.count;
    all.bytes += part.bytes();
  }
  if (options.stop.stop_requested()) return done;
  for (const Object& object : work.objects) to.put_object(object.kind, object.bytes);
  bridge_keys(from, to);
  Pace pace(options.rate);
  for (const Part& part : work.parts) {
    move(from, to, part, options, pace, done, all);
    if (options.stop.stop_requested()) return done;
  }
  to.put_head(stream, bytes);
  done.whole = true;
  return done;
}

}  // namespace assimilaate
