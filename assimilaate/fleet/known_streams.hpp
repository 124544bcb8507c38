#pragma once
/// What a collector knows of the streams that its devices assimilate: enough to check their novelty.

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/stream/setup.hpp"

namespace assimilaate {

struct KnownStream {
  std::vector<Shape> shapes;
  ShortDigest codebook{};
};

class KnownStreams {
 public:
  /// @param url  where they lie. A stream's name is the hash of its descriptor, so nobody has to vouch for it.
  /// @throws what `open_carrier` does
  explicit KnownStreams(const std::string& url) : carrier_(open_carrier(url, Access::Read)) {}

  /// Null for a stream that is not there, or while its place cannot be reached. Looks again at most once a minute.
  [[nodiscard]] const KnownStream* find(const StreamId& stream);

 private:
  void look();
  std::unique_ptr<Carrier> carrier_;
  std::map<StreamId, KnownStream> known_;
  std::chrono::steady_clock::time_point again_{};
};

}  // namespace assimilaate
