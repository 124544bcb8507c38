#include "assimilaate/carrier/carrier.hpp"

#include <algorithm>

namespace assimilaate {
namespace {

/// Lower-case letters and digits before a colon are a scheme; a path with a colon is written `dir:a:b` or `./a:b`.
bool has_scheme(std::string_view url) {
  const auto scheme = url.substr(0, url.find(':'));
  return scheme.size() < url.size() && !scheme.empty() &&
         std::ranges::all_of(scheme, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

const CarrierKind& find_carrier(std::string_view scheme) {
  std::string known;
  for (const CarrierKind* kind : carrier_catalogue())
    for (const auto name : {kind->name, kind->secure_name}) {
      if (name == scheme) return *kind;
      if (!name.empty()) known.append(known.empty() ? "" : ", ").append(name);
    }
  fail(Errc::Usage, "unknown carrier '{}' (there are: {})", scheme, known);
}

/// A carrier, and the URL with its scheme written out.
struct Named {
  const CarrierKind& kind;
  std::string url;
};
Named find_place(std::string_view url) {
  if (!has_scheme(url)) return find_place(std::string("dir:").append(url));
  const auto colon = url.find(':');
  if (colon + 1 == url.size()) fail(Errc::Usage, "carrier '{}' names no place (write dir:PATH)", url);
  return {find_carrier(url.substr(0, colon)), std::string(url)};
}

[[noreturn]] void refuse_up(const CarrierKind& of) {
  std::string able;
  for (const CarrierKind* kind : carrier_catalogue())
    if (kind->open_uplink) able.append(able.empty() ? "" : " or ").append(kind->name).append(":");
  fail(Errc::Usage, "{} carries nothing up; name {}", of.name, able);
}

}  // namespace

std::unique_ptr<Carrier> open_carrier(std::string_view url, Access access) {
  const auto place = find_place(url);
  return place.kind.open(place.url, access);
}

std::unique_ptr<Uplink> open_uplink(std::string_view url, const PublicKey& device) {
  const auto place = find_place(url);
  if (!place.kind.open_uplink) refuse_up(place.kind);
  return place.kind.open_uplink(place.url, device);
}

std::unique_ptr<Inbox> open_inbox(std::string_view url) {
  const auto place = find_place(url);
  if (!place.kind.open_inbox) refuse_up(place.kind);
  return place.kind.open_inbox(place.url);
}

}  // namespace assimilaate
