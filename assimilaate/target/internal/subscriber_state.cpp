#include "assimilaate/target/internal/subscriber_state.hpp"

#include "assimilaate/core/bytes.hpp"
#include "assimilaate/core/file.hpp"
#include "assimilaate/stream/head.hpp"

namespace assimilaate::internal {
namespace {

constexpr std::array<char, 4> magic{'A', 'A', 'T', 'D'};
constexpr std::uint16_t version = 1;

/// Calls `each` with every field, in the order of the file.
template <typename State, typename Each>
void fields(State& s, const Each& each) {
  each(s.stream), each(s.two_banks), each(s.serving), each(s.learning), each(s.fresh), each(s.going_back);
  each(s.fallback_ready), each(s.head), each(s.learning_head), each(s.active_head), each(s.fallback_head);
  each(s.refused_epoch), each(s.served_task), each(s.seen.keys_version), each(s.seen.head_version), each(s.seen.epoch),
      each(s.seen.count);
  each(s.seen.tip), each(s.seen.time_ms), each(s.reports), each(s.report), each(s.sent), each(s.down), each(s.again),
      each(s.up);
  each(s.novelty), each(s.novelty_waiting), each(s.novelty_batch), each(s.novelty_inputs), each(s.novelty_day),
      each(s.novelty_used), each(s.novelty_met), each(s.novelty_sent);
  each(s.state), each(s.error), each(s.stale), each(s.born_ms), each(s.begun_ms);
}

}  // namespace

void SubscriberState::save(const std::filesystem::path& file) const {
  ByteWriter out;
  out.put(magic);
  out.put(version);
  fields(*this, [&]<typename T>(const T& value) {
    if constexpr (std::is_same_v<T, Bytes>)
      out.put_array(std::span<const std::byte>(value));
    else if constexpr (std::is_same_v<T, bool>)
      out.put(static_cast<std::uint8_t>(value));
    else
      out.put(value);
  });
  out.put(xxh3(out.bytes()));
  write_file_atomic(file, out.bytes());
}

SubscriberState SubscriberState::load(const std::filesystem::path& file) {
  const auto bytes = read_file(file);
  ByteReader in(bytes, file.string());
  if (in.get<std::array<char, 4>>() != magic)
    fail(Errc::Format, "{}: no state of a target (it does not begin with AATD)", file.string());
  if (const auto found = in.get<std::uint16_t>(); found != version)
    fail(Errc::Unsupported, "{}: state version {}, this build reads {}", file.string(), found, version);
  if (in.rest().size() < sizeof(std::uint64_t)) fail(Errc::Format, "{}: truncated", file.string());
  const auto checked = std::span(bytes).first(bytes.size() - sizeof(std::uint64_t));
  std::uint64_t sum = 0;
  std::memcpy(&sum, bytes.data() + checked.size(), sizeof sum);
  if (sum != xxh3(checked))
    fail(Errc::Integrity, "{}: checksum does not hold (damaged; remove the folder and subscribe anew)", file.string());
  in = ByteReader(checked.subspan(magic.size() + sizeof version), file.string());
  SubscriberState state;
  fields(state, [&]<typename T>(T& value) {
    if constexpr (std::is_same_v<T, Bytes>)
      value = in.get_array<std::byte>();
    else if constexpr (std::is_same_v<T, bool>)
      value = in.get<std::uint8_t>() != 0;
    else
      value = in.get<T>();
  });
  in.expect_end();
  const auto bank = [](std::int32_t number) { return number >= -1 && number <= 1; };
  if (!bank(state.serving) || !bank(state.learning))
    fail(Errc::Format, "{}: banks {} and {} of two", file.string(), state.serving, state.learning);
  return state;
}

std::uint32_t epoch_of(const StreamId& stream, std::span<const std::byte> head) {
  return head.empty() ? 0 : parse_head(stream, head).value().tip.epoch;
}

}  // namespace assimilaate::internal
