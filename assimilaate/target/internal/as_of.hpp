#pragma once
/// A carrier as it was, or as it shall be taken: with one head that somebody has judged, whatever it says now.

#include "assimilaate/stream/read_only_carrier.hpp"

namespace assimilaate::internal {

class AsOf final : public ReadOnlyCarrier {
 public:
  /// @param carrier  must outlive this
  AsOf(const Carrier& carrier, StreamId stream, std::span<const std::byte> head)
      : ReadOnlyCarrier("a view of a carrier", "write to the carrier"),
        carrier_(carrier),
        stream_(stream),
        head_(head.begin(), head.end()) {}

  std::vector<StreamId> streams() const override { return {stream_}; }
  std::vector<std::byte> head(const StreamId&) const override { return head_; }
  std::vector<std::byte> keys() const override { return {}; }
  std::uint64_t log_size(const LogName& log) const override { return carrier_.log_size(log); }
  std::size_t read_log(const LogName& log, std::uint64_t offset, std::span<std::byte> out) const override {
    return carrier_.read_log(log, offset, out);
  }
  std::vector<std::byte> object(ObjectKind kind, const Digest& hash) const override {
    return carrier_.object(kind, hash);
  }

 private:
  const Carrier& carrier_;
  StreamId stream_;
  std::vector<std::byte> head_;
};

}  // namespace assimilaate::internal
