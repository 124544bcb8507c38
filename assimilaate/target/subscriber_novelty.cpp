/// What a subscriber keeps of its inputs for its teacher, and how that goes up.

#include <algorithm>

#include "assimilaate/target/internal/as_of.hpp"
#include "assimilaate/target/internal/subscriber_state.hpp"
#include "assimilaate/target/novelty.hpp"
#include "assimilaate/target/subscriber.hpp"

namespace assimilaate {

namespace fs = std::filesystem;
using internal::SubscriberState;

std::size_t Subscriber::keep_novelty(const fs::path& folder, const AatBlock& inputs) {
  const auto state = SubscriberState::load(folder / "state");
  if (state.serving < 0) fail(Errc::Io, "{}: nothing serves yet that inputs could be new to", folder.string());
  const auto spool = open_carrier("dir:" + (folder / "spool").string(), Access::Read);
  // Of the epoch that serves, a newer head may name more than was fetched.
  const NoveltySieve sieve(
      StreamReader(internal::AsOf(*spool, state.stream, state.active_head), state.stream, {}, Extent::SoFar));
  const AatBlock novel = sieve.sift(inputs);
  const bool kept = novel.size() > 0 && NoveltyStore(folder / "novelty").keep(inputs.size(), novel);
  return kept ? novel.size() : 0;
}

std::size_t Subscriber::send_novelty(Uplink& uplink) {
  if (options_.novelty_quota == 0 || state_->serving < 0) return 0;
  // Written down before it is sent, so that what is sent again after a kill is the same statement.
  if (state_->novelty_waiting.empty() && !write_novelty_down()) return 0;
  uplink.send(state_->novelty_waiting);
  state_->up += state_->novelty_waiting.size();
  state_->novelty_waiting.clear();
  save();
  return state_->novelty_inputs;
}

bool Subscriber::write_novelty_down() {
  constexpr std::int64_t day_ms = 86'400'000;
  if (const auto day = options_.now_ms() / day_ms; day != state_->novelty_day) {
    state_->novelty_day = day;
    state_->novelty_used = 0;
  }
  const NoveltyStore store(folder_ / "novelty");
  const Target serves = Target::load(bank_file(state_->serving));
  const Shape shape = serves.input_codec().shape();
  auto batch = store.oldest(shape);
  if (batch && batch->sum == state_->novelty_batch) {  // a kill came before they were taken from there
    store.drop(*batch, state_->novelty_inputs);
    batch = store.oldest(shape);
  }
  if (!batch) return false;
  std::size_t bits = 0;
  for (std::size_t space = 0; space < shape.spaces(); ++space) bits += address_bits(shape.addresses(space)) + 1;
  constexpr std::uint64_t around = segment_limits::header + 128;  // header, message, masks of what is not sent [B]
  const auto left = std::min<std::uint64_t>(
      options_.novelty_quota - std::min(state_->novelty_used, options_.novelty_quota), segment_limits::message);
  const auto room = left > around ? 8 * (left - around) / bits : 0;
  const auto count = std::min<std::uint64_t>(room, batch->inputs.size());
  if (count == 0) return false;
  // What the target answers is no truth: the teacher makes its own answers.
  std::vector<AatBlock> records;
  for (const auto& boundary : serves.descriptor().boundaries) records.emplace_back(boundary.shape, count);
  for (AatBlock& block : records) std::ranges::fill(block.entries.values(), None);
  std::ranges::copy(batch->inputs.entries.values().first(records.front().entries.size()),
                    records.front().entries.values().begin());
  auto segment = write_novelty({.stream = *stream_,
                                .codebook = codebooks_digest(serves.descriptor()),
                                .epoch = serving_epoch(),
                                .version = state_->novelty + 1,
                                .time_ms = options_.now_ms()},
                               {.epoch = serving_epoch(),
                                .reason = NoveltyReason::Unseen,
                                .seen = static_cast<std::uint32_t>(batch->met),
                                .kept = static_cast<std::uint32_t>(batch->inputs.size()),
                                .consent = 1},
                               records, &key_);
  state_->novelty += 1;
  state_->novelty_used += segment.size();
  state_->novelty_met += batch->met;
  state_->novelty_sent += count;
  state_->novelty_inputs = count;
  state_->novelty_batch = batch->sum;
  state_->novelty_waiting = std::move(segment);
  save();
  store.drop(*batch, count);
  state_->novelty_batch = 0;
  return true;
}

}  // namespace assimilaate
