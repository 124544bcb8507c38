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

}  // namespace

std::unique_ptr<Carrier> open_carrier(std::string_view url, Access access) {
  if (!has_scheme(url)) return open_carrier(std::string("dir:").append(url), access);
  const auto colon = url.find(':');
  if (colon + 1 == url.size()) fail(Errc::Usage, "carrier '{}' names no place (write dir:PATH)", url);
  return find_carrier(url.substr(0, colon)).open(url, access);
}

}  // namespace assimilaate
