#pragma once
/// Where streams lie, as a command line names it.

#include <filesystem>
#include <string>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/stream/stream_reader.hpp"

namespace assimilaate::cli {

/// Who must have signed a stream.
enum class Asked {
  Trusted,            ///< somebody the user trusts, see `user_keys.hpp`
  TrustedOrUnsigned,  ///< or nobody at all
  Nobody              ///< anybody: the stream is looked at, or our own
};

/// What the user trusts, with the key set that lies beside the streams of a carrier.
[[nodiscard]] SourceTrust trust_for(const Carrier& carrier, Asked asked);
/// The same without a carrier.
[[nodiscard]] SourceTrust user_trust();

/// Read the stream at a place, a folder or a carrier's URL.
/// @param id  32 hexadecimal digits; empty takes the only stream there is
/// @throws Error as `StreamReader` does, with the place in front; Error{Usage} for an id that is none.
[[nodiscard]] StreamReader read_stream(const std::string& place, const std::string& id = {},
                                       Asked asked = Asked::Trusted);

/// A stream by its 32 hexadecimal digits, as `--id` takes them. @throws Error{Usage}
[[nodiscard]] StreamId stream_named(const std::string& id);

/// Whether a text is the URL of a carrier: one of those there are, by its scheme.
[[nodiscard]] bool is_carrier(const std::string& place);

/// The folder of a directory carrier; empty for another carrier.
[[nodiscard]] std::filesystem::path folder_of(const std::string& place);

/// Knows which stream a teacher publishes while it lives, and takes a folder away again that only a failure has made.
class Publishing {
 public:
  explicit Publishing(std::string place);
  ~Publishing();
  Publishing(const Publishing&) = delete;
  Publishing& operator=(const Publishing&) = delete;
  [[nodiscard]] Carrier& carrier() { return *carrier_; }
  /// The stream whose head is new. Call once the teacher has finished.
  [[nodiscard]] StreamId published();

 private:
  std::string place_;
  bool made_;
  bool done_ = false;
  std::unique_ptr<Carrier> carrier_;
  std::vector<std::pair<StreamId, std::vector<std::byte>>> before_;
};

}  // namespace assimilaate::cli
