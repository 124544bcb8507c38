#pragma once
/// A carrier in memory, open to tests that damage what it holds.

#include <algorithm>
#include <map>

#include "assimilaate/stream/carrier.hpp"

namespace assimilaate::internal {

class MemoryCarrier final : public Carrier {
 public:
  using Bytes = std::vector<std::byte>;

  std::map<StreamId, Bytes> heads;
  std::map<std::pair<StreamId, std::uint32_t>, Bytes> logs;
  std::map<Digest, Bytes> objects;
  Bytes key_set;
  std::size_t syncs = 0;
  std::size_t room = SIZE_MAX;  ///< bytes that logs may grow by before the carrier is full

  [[nodiscard]] Bytes& log(const LogName& name) { return logs[{name.stream, name.epoch}]; }

  std::vector<StreamId> streams() const override {
    std::vector<StreamId> ids;
    for (const auto& entry : heads) ids.push_back(entry.first);
    return ids;
  }
  Bytes head(const StreamId& stream) const override {
    const auto found = heads.find(stream);
    return found == heads.end() ? Bytes{} : found->second;
  }
  void put_head(const StreamId& stream, std::span<const std::byte> segment) override {
    heads[stream] = {segment.begin(), segment.end()};
  }
  Bytes keys() const override { return key_set; }
  void put_keys(std::span<const std::byte> segment) override { key_set = {segment.begin(), segment.end()}; }
  std::uint64_t log_size(const LogName& name) const override {
    const auto found = logs.find({name.stream, name.epoch});
    return found == logs.end() ? 0 : found->second.size();
  }
  std::size_t read_log(const LogName& name, std::uint64_t offset, std::span<std::byte> out) const override {
    const auto size = log_size(name);
    if (offset >= size) return 0;
    const auto rest = std::span(logs.at({name.stream, name.epoch})).subspan(offset);
    const auto count = std::min(rest.size(), out.size());
    std::ranges::copy(rest.first(count), out.begin());
    return count;
  }
  void append(const LogName& name, std::span<const std::byte> segment) override {
    if (segment.size() > room) fail(Errc::Io, "memory is full");
    room -= segment.size();
    log(name).insert(log(name).end(), segment.begin(), segment.end());
  }
  void sync(const LogName&) override { ++syncs; }
  void cut(const LogName& name, std::uint64_t size) override { log(name).resize(size); }
  Bytes object(ObjectKind, const Digest& hash) const override {
    const auto found = objects.find(hash);
    if (found == objects.end()) fail(Errc::Io, "no object {}", hex(hash));
    return found->second;
  }
  Digest put_object(ObjectKind, std::span<const std::byte> bytes) override {
    const auto hash = blake2b_256(bytes);
    objects[hash] = {bytes.begin(), bytes.end()};
    return hash;
  }
};

}  // namespace assimilaate::internal
