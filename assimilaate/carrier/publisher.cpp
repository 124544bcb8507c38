#include "assimilaate/carrier/publisher.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/core/waiting.hpp"

namespace assimilaate {
namespace {

constexpr std::chrono::seconds longest_wait{5};  // before a place is tried again

constexpr unsigned most_attempts = 5;  // where it does not follow

class Publisher {
 public:
  explicit Publisher(const PublishOptions& options) : options_(options) {}

  /// Bring what is new, stream by stream. @throws Error{Io} at once; what else there was, of the first stream, at the
  /// end
  void pass(const Carrier& from, Carrier& to) {
    published_.keys = bridge_keys(from, to) || published_.keys;
    const auto streams = options_.streams.empty() ? from.streams() : options_.streams;
    std::optional<Error> failed;
    for (const StreamId& stream : streams) {
      if (options_.stop.stop_requested()) break;
      if (options_.follow && !worth_a_look(from, stream)) continue;
      try {
        bring(from, to, stream);
      } catch (const Error& problem) {
        if (problem.code() == Errc::Io) throw;
        if (!failed) failed = problem;
        if (options_.follow) set_aside(from, stream, problem.what());
      }
    }
    if (failed && !options_.follow) throw Error(*failed);
  }

  [[nodiscard]] std::uint64_t segments() const noexcept { return published_.segments; }
  [[nodiscard]] Published result() const {
    Published result = published_;
    result.streams.assign(whole_.begin(), whole_.end());
    return result;
  }

 private:
  void bring(const Carrier& from, Carrier& to, const StreamId& stream) {
    const Published before = published_;
    const auto count = [&](const Bridged& done) {
      published_.segments = before.segments + done.segments;
      published_.bytes = before.bytes + done.bytes;
    };
    const auto moved = bridge_stream(from, to, stream,
                                     {.rate = options_.rate,
                                      .stop = options_.stop,
                                      .roll_back = options_.roll_back,
                                      .progress = [&](const Bridged& done, const Bridged& all) {
                                        count(done);
                                        if (options_.progress) options_.progress(stream, done, all);
                                      }});
    if (moved.whole) whole_.insert(stream);
  }

  /// Whether a stream has a head, and another one than when it could not be published.
  [[nodiscard]] bool worth_a_look(const Carrier& from, const StreamId& stream) const {
    const auto head = from.head(stream);
    const auto aside = aside_.find(stream);
    return !head.empty() && (aside == aside_.end() || aside->second != head);
  }
  void set_aside(const Carrier& from, const StreamId& stream, const std::string& why) {
    aside_[stream] = from.head(stream);
    if (options_.trouble) options_.trouble(why + " (left out until its head changes)");
  }

  const PublishOptions& options_;
  Published published_{};
  std::set<StreamId> whole_{};
  std::map<StreamId, std::vector<std::byte>> aside_{};  // heads of those that could not be published
};

}  // namespace

Published publish_streams(const std::string& from, const std::string& to, const PublishOptions& options) {
  Publisher publisher(options);
  bool reached = false;
  for (unsigned failures = 0;;) {
    const auto before = publisher.segments();
    try {
      const auto source = open_carrier(from, Access::Read);
      const auto sink = open_carrier(to, Access::Write);
      reached = true;
      for (;;) {
        publisher.pass(*source, *sink);
        failures = 0;
        if (!options.follow || options.stop.stop_requested()) break;
        pause(std::chrono::duration<double>(options.poll), options.stop);
      }
      break;
    } catch (const Error& problem) {
      const bool again = options.follow || (publisher.segments() > before && failures + 1 < most_attempts);
      if (problem.code() != Errc::Io || !reached || !again) throw;
      if (options.stop.stop_requested()) break;
      if (options.trouble) options.trouble(problem.what());
    }
    pause(back_off(++failures, longest_wait), options.stop);
    if (options.stop.stop_requested()) break;
  }
  const auto result = publisher.result();
  if (options.follow) return result;
  if (options.stop.stop_requested())
    fail(Errc::Interrupted, "stopped after {} segments; the same command goes on where it was", result.segments);
  if (result.streams.empty() && !result.keys && open_carrier(from, Access::Read)->keys().empty())
    fail(Errc::Io, "{}: nothing was published here yet: no stream with a head, no key set", from);
  return result;
}

}  // namespace assimilaate
