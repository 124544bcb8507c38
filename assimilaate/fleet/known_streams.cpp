#include "assimilaate/fleet/known_streams.hpp"

#include "assimilaate/stream/log_reader.hpp"

namespace assimilaate {

const KnownStream* KnownStreams::find(const StreamId& stream) {
  const auto now = std::chrono::steady_clock::now();
  if (!known_.contains(stream) && now >= again_) {
    again_ = now + std::chrono::minutes(1);
    look();
  }
  const auto found = known_.find(stream);
  return found == known_.end() ? nullptr : &found->second;
}

void KnownStreams::look() {
  std::vector<StreamId> streams;
  try {
    streams = carrier_->streams();
  } catch (const Error&) {
    return;  // out of reach: unknown for now
  }
  for (const StreamId& id : streams) {
    if (known_.contains(id)) continue;
    try {
      const LogReader log(*carrier_, id);
      known_[id] = {log.descriptor().shapes(), codebooks_digest(log.descriptor())};
    } catch (const Error&) {
      continue;  // one that does not hold together helps to check nothing
    }
  }
}

}  // namespace assimilaate
