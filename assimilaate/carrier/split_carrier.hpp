#pragma once
/// Heads from one carrier, segments from another: a broker that tells what is new, and a web server that has it.

#include <memory>

#include "assimilaate/stream/read_only_carrier.hpp"

namespace assimilaate {

class SplitCarrier final : public ReadOnlyCarrier {
 public:
  /// @param heads     streams, heads and key sets
  /// @param segments  logs and objects; what it does not have yet is not there
  SplitCarrier(std::unique_ptr<Carrier> heads, std::unique_ptr<Carrier> segments)
      : ReadOnlyCarrier("a carrier of two parts", "publish to each of them"),
        heads_(std::move(heads)),
        segments_(std::move(segments)) {}

  std::vector<StreamId> streams() const override { return heads_->streams(); }
  std::vector<std::byte> head(const StreamId& stream) const override { return heads_->head(stream); }
  std::vector<std::byte> keys() const override { return heads_->keys(); }
  std::uint64_t log_size(const LogName& log) const override { return segments_->log_size(log); }
  std::size_t read_log(const LogName& log, std::uint64_t offset, std::span<std::byte> out) const override {
    return segments_->read_log(log, offset, out);
  }
  std::vector<std::byte> object(ObjectKind kind, const Digest& hash) const override {
    return segments_->object(kind, hash);
  }

 private:
  std::unique_ptr<Carrier> heads_, segments_;
};

}  // namespace assimilaate
