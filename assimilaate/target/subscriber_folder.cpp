/// What a subscriber's folder says to other processes, also while one runs it.

#include "assimilaate/stream/key_file.hpp"
#include "assimilaate/target/internal/subscriber_state.hpp"
#include "assimilaate/target/subscriber.hpp"

namespace assimilaate {

namespace fs = std::filesystem;
using internal::bank_name;
using internal::epoch_of;
using internal::SubscriberState;

bool Subscriber::is_folder(const fs::path& folder) {
  std::error_code none;
  return fs::exists(folder / "device.key", none);
}

SubscriberFacts Subscriber::facts(const fs::path& folder) {
  const auto state = fs::exists(folder / "state") ? SubscriberState::load(folder / "state") : SubscriberState{};
  return {.name = read_private_key(folder / "device.key").public_key(),
          .stream = state.stream,
          .serving_file = state.serving < 0 ? fs::path() : folder / bank_name(state.serving),
          .serving_epoch = state.serving < 0 ? 0 : epoch_of(state.stream, state.active_head),
          .learning_epoch = epoch_of(state.stream, state.learning_head),
          .refused_epoch = state.refused_epoch,
          .fallback_epoch = epoch_of(state.stream, state.fallback_head),
          .state = state.state,
          .stale = state.stale,
          .reports = state.reports,
          .down = state.down[0] + state.down[1] + state.down[2],
          .again = state.again,
          .up = state.up};
}

fs::path Subscriber::serving_file(const fs::path& folder) {
  const auto file = facts(folder).serving_file;
  if (file.empty())
    fail(Errc::Io, "{}: no bank serves yet; subscribe it to a stream until its first epoch is validated",
         folder.string());
  return file;
}

}  // namespace assimilaate
