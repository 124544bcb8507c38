#pragma once
/// What a subscriber says of itself, as a signed report of at most 200 bytes behind its header.

#include "assimilaate/target/internal/subscriber_state.hpp"
#include "assimilaate/target/subscriber.hpp"

namespace assimilaate::internal {

/// Counts one more report in `state`.
/// @param found  on held-out examples; nothing was judged where `held_out` is 0
/// @param of     the bank in question; null: none
[[nodiscard]] Bytes write_convergence(SubscriberState& state, const SubscriberOptions& options, const Judgement& found,
                                      const Target* of, const SecretKey& key);

}  // namespace assimilaate::internal
