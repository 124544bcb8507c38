#pragma once
/// Carriers are a catalogue: `carriers/<name>.cpp` is one of them, whole.

#include <memory>
#include <string_view>

#include "assimilaate/stream/carrier.hpp"
#include "assimilaate/stream/uplink.hpp"

namespace assimilaate {

enum class Access { Read, Write };

/// One entry of the catalogue.
struct CarrierKind {
  std::string_view name;         ///< the scheme of its URLs
  std::string_view secure_name;  ///< their scheme over TLS; empty: there is none
  std::string_view about, reference;
  /// Open what `url` names. @throws Error{Io} when it cannot be reached or is being written to.
  std::unique_ptr<Carrier> (*open)(std::string_view url, Access access);
  /// A device's way up and a collector's inbox; null where the carrier carries nothing up.
  std::unique_ptr<Uplink> (*open_uplink)(std::string_view url, const PublicKey& device) = nullptr;
  std::unique_ptr<Inbox> (*open_inbox)(std::string_view url) = nullptr;
};

/// All carriers, in alphabetical order.
[[nodiscard]] std::span<const CarrierKind* const> carrier_catalogue();

/// Open a carrier by its URL, `dir:PATH`, `http://HOST/FOLDER` and so on; a text without a scheme is the path of a
/// directory carrier.
/// @throws Error{Usage} for an empty URL or an unknown scheme, listing those there are; what the carrier throws.
[[nodiscard]] std::unique_ptr<Carrier> open_carrier(std::string_view url, Access access);
/// A device's way up to where a URL of that form points. @throws Error{Usage} as above, and for a carrier that carries
/// nothing up; Error{Io} when it cannot be reached or another process sends as that device.
[[nodiscard]] std::unique_ptr<Uplink> open_uplink(std::string_view url, const PublicKey& device);
/// Where a collector takes in what comes up there. @throws as above.
[[nodiscard]] std::unique_ptr<Inbox> open_inbox(std::string_view url);

}  // namespace assimilaate
