#include "assimilaate/carrier/internal/mqtt_log.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>

namespace assimilaate::internal {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

constexpr double patience_below_mark = 1.0, patience_at_end = 0.2;  // after the last message [s]
constexpr std::size_t largest_segment = (1U << 20) + 256;           // [B]

}  // namespace

MqttMark MqttMarks::of(std::uint32_t epoch) const {
  const auto found = marks_.find(epoch);
  return found == marks_.end() ? MqttMark{epoch, 0, 0} : found->second;
}

void MqttMarks::put(const MqttMark& mark) {
  marks_[mark.epoch] = mark;
  while (marks_.size() > most) marks_.erase(marks_.begin());
}

std::string MqttMarks::text() const {
  std::string text;
  for (const auto& [epoch, mark] : marks_)
    text += fmt::format("{}{} {} {}", text.empty() ? "" : "\n", epoch, mark.count, mark.bytes);
  return text;
}

MqttMarks MqttMarks::parse(std::string_view text) {
  MqttMarks marks;
  const char *at = text.data(), *end = at + text.size();
  const auto take = [&](auto& value, char behind) {
    const auto [next, reason] = std::from_chars(at, end, value);
    if (reason != std::errc{} || (next < end && *next != behind)) return false;
    at = next < end ? next + 1 : next;
    return true;
  };
  while (at < end) {
    MqttMark mark;
    if (!take(mark.epoch, ' ') || !take(mark.count, ' ') || !take(mark.bytes, '\n')) return {};
    marks.put(mark);
  }
  return marks;
}

bool MqttLog::take(std::string_view topic, std::span<const std::byte> payload, std::uint64_t place) {
  if (topic.size() != root_.size() + 16 || !topic.starts_with(root_)) return false;
  std::uint64_t index = 0;
  const auto digits = topic.substr(root_.size());
  const auto [end, reason] = std::from_chars(digits.data(), digits.data() + digits.size(), index, 16);
  if (reason != std::errc{} || end != digits.data() + digits.size()) return true;
  if (payload.empty() || payload.size() > largest_segment || waiting_.contains(index)) return true;
  const bool asked = covering(index) != nullptr;
  if (!asked && (waiting_.size() >= most_live || waiting_bytes_ + payload.size() > most_live_bytes)) return true;
  waiting_bytes_ += payload.size();
  waiting_.emplace(index, Piece{index, place, {payload.begin(), payload.end()}});
  return true;
}

const MqttLog::Window* MqttLog::covering(std::uint64_t index) const {
  const auto found = std::ranges::find_if(windows_, [&](const Window& w) { return index >= w.first && index < w.end; });
  return found == windows_.end() ? nullptr : &*found;
}

std::vector<std::string> MqttLog::names(const Window& of) const {
  std::vector<std::string> names;
  for (auto index = of.first; index < of.end; ++index) names.push_back(topics_.segment(name_, index));
  return names;
}

void MqttLog::ask(std::uint64_t first, std::uint64_t count) {
  Window asked{first, first + count, 0, client_.connect()};
  asked.question = client_.subscribe(names(asked), Kept::Send);
  windows_.push_back(asked);
}

void MqttLog::forget_before(std::uint64_t index) {
  while (!waiting_.empty() && waiting_.begin()->first < index) {
    waiting_bytes_ -= waiting_.begin()->second.bytes.size();
    waiting_.erase(waiting_.begin());
  }
  const auto connection = client_.connect();
  for (auto window_at = windows_.begin(); window_at != windows_.end();)
    if (window_at->connection != connection || window_at->end <= index) {
      if (window_at->connection == connection) client_.unsubscribe(names(*window_at));
      window_at = windows_.erase(window_at);
    } else {
      ++window_at;
    }
}

bool MqttLog::await(std::uint64_t index, double patience) {
  auto since = Clock::now();
  double round_trip = 0;
  bool answered = false;
  while (!waiting_.contains(index)) {
    const Window* window_at = covering(index);
    if (!window_at || window_at->connection != client_.connect()) return false;
    const int question = window_at->question;
    if (client_.run(0.05)) {
      if (answered) since = Clock::now();
    }
    if (!answered && client_.answered(question)) {
      answered = true;
      round_trip = seconds_since(since);
      since = Clock::now();
    }
    if (seconds_since(since) > (answered ? patience + 2 * round_trip : 10.0)) return waiting_.contains(index);
  }
  return true;
}

void MqttLog::listen() {
  const auto connection = client_.connect();
  if (listening_ == connection) return;
  const std::array topics{root_ + "+"};
  (void)client_.subscribe(topics, Kept::Omit);
  listening_ = connection;
}

bool MqttLog::load(std::uint64_t index, const MqttMark& mark) {
  const bool below = mark.epoch == name_.epoch && index < mark.count;
  const auto count = below ? std::min(window, mark.count - index) : 1;
  if (!below) {
    listen();
    while (client_.run(0)) {
    }
  }
  for (int attempt = 0; attempt < 2 && !waiting_.contains(index); ++attempt) {
    forget_before(index);
    if (attempt > 0) {  // ask once more for what is missing
      for (const auto& old : windows_) client_.unsubscribe(names(old));
      windows_.clear();
    }
    if (!covering(index)) ask(index, count);
    if (await(index, below ? patience_below_mark : patience_at_end)) break;
    if (!below) {
      forget_before(index + 1);
      break;
    }
  }
  const auto found = waiting_.find(index);
  if (found == waiting_.end()) return false;
  current_ = std::move(found->second);
  waiting_bytes_ -= current_.bytes.size();
  waiting_.erase(found);
  // the next window comes while this one is used
  const Window* last = windows_.empty() ? nullptr : &windows_.back();
  if (below && last && covering(index) == last && last->end < mark.count)
    ask(last->end, std::min(window, mark.count - last->end));
  forget_before(index + 1);
  return true;
}

/// Offsets stand beside the segments, so a reader may begin anywhere: halve the range until the one is found.
bool MqttLog::locate(std::uint64_t offset, const MqttMark& mark) {
  if (offset == 0) return load(0, mark);
  if (mark.epoch != name_.epoch) return false;
  if (offset == mark.bytes) return load(mark.count, mark);
  for (std::uint64_t low = 0, high = mark.count; low < high;) {
    const auto middle = low + (high - low) / 2;
    windows_.clear();
    waiting_.clear();
    waiting_bytes_ = 0;
    if (!load(middle, {mark.epoch, middle + 1, 0})) return false;
    if (offset < current_.offset)
      high = middle;
    else if (offset >= current_.end())
      low = middle + 1;
    else
      return true;
  }
  return false;
}

std::size_t MqttLog::read(std::uint64_t offset, std::span<std::byte> out, const MqttMark& mark) {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto at = offset + done;
    if (at < current_.offset || at >= current_.end()) {
      const bool next = !current_.bytes.empty() && at == current_.end();
      const auto wanted = current_.index + 1;
      if (!(next ? load(wanted, mark) : locate(at, mark))) break;
      if (next) current_.offset = at;
      if (at < current_.offset || at >= current_.end()) break;
    }
    const auto there = std::min<std::uint64_t>(current_.end() - at, out.size() - done);
    std::memcpy(out.data() + done, current_.bytes.data() + (at - current_.offset), there);
    done += there;
  }
  return done;
}

}  // namespace assimilaate::internal
