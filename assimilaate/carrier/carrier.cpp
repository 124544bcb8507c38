#include "assimilaate/carrier/carrier.hpp"

#include <algorithm>

#include "assimilaate/core/catalogue.hpp"

namespace assimilaate {
namespace {

/// Lower-case letters and digits before a colon are a scheme; a path with a colon is written `dir:a:b` or `./a:b`.
bool has_scheme(std::string_view url) {
  const auto scheme = url.substr(0, url.find(':'));
  return scheme.size() < url.size() && !scheme.empty() &&
         std::ranges::all_of(scheme, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

}  // namespace

std::unique_ptr<Carrier> open_carrier(std::string_view url, Access access) {
  if (!has_scheme(url)) return open_carrier(std::string("dir:").append(url), access);
  const auto colon = url.find(':');
  const auto location = url.substr(colon + 1);
  if (location.empty()) fail(Errc::Usage, "carrier '{}' names no place (write dir:PATH)", url);
  return find_entry("carrier", carrier_catalogue(), url.substr(0, colon)).open(location, access);
}

}  // namespace assimilaate
