#include "assimilaate/carrier/internal/mqtt_place.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "assimilaate/core/error.hpp"

namespace assimilaate::internal {
namespace {

constexpr const char* form = "write mqtt://HOST?tenant=NAME, mqtts://HOST or mqtt:///PATH/OF/SOCKET";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

void take_option(MqttPlace& place, std::string_view option) {
  const auto equals = std::min(option.find('='), option.size());
  const auto name = option.substr(0, equals);
  const std::string value(option.substr(std::min(equals + 1, option.size())));
  const bool word = !value.empty() && value.find_first_of("/+#$") == std::string::npos;
  if (name == "tenant" && word)
    place.tenant = value;
  else if (name == "client" && word)
    place.client = value;
  else if (name == "group" && word)
    place.group = value;
  else if (name == "profile" && (value == "small" || value == "large"))
    place.retain = value == "small";
  else
    fail(Errc::Usage, "'{}': option '{}' (there are: tenant=NAME, client=ID, group=NAME, profile=small|large)",
         place.shown, option);
}

}  // namespace

MqttPlace MqttPlace::parse(std::string_view url) {
  MqttPlace place;
  place.tls = url.starts_with("mqtts:");
  if (place.tls) place.port = 8883;
  const auto start = url.find("://");
  auto rest = start == std::string_view::npos ? std::string_view{} : url.substr(start + 3);
  const auto question = std::min(rest.find('?'), rest.size());
  auto options = rest.substr(std::min(question + 1, rest.size()));
  rest = rest.substr(0, question);
  if (const auto at = rest.rfind('@'); at != std::string_view::npos && !rest.starts_with('/')) {
    const auto who = rest.substr(0, at);
    const auto colon = std::min(who.find(':'), who.size());
    place.user = who.substr(0, colon);
    place.password = who.substr(std::min(colon + 1, who.size()));
    rest.remove_prefix(at + 1);
  }
  place.shown = fmt::format("{}://{}", place.tls ? "mqtts" : "mqtt", rest);
  if (rest.starts_with('/')) {
    if (place.tls) fail(Errc::Usage, "'{}': a socket takes no TLS ({})", place.shown, form);
    place.port = 0;
  } else {
    while (rest.ends_with('/')) rest.remove_suffix(1);
    const bool bracket = rest.starts_with('[');
    const auto colon = bracket ? rest.find("]:") + 1 : rest.rfind(':');
    if (colon != std::string_view::npos && colon != 0) {
      const auto port = rest.substr(colon + 1);
      const auto [end, reason] = std::from_chars(port.data(), port.data() + port.size(), place.port);
      if (reason != std::errc{} || end != port.data() + port.size() || place.port < 1 || place.port > 65'535)
        fail(Errc::Usage, "'{}': '{}' is no port", place.shown, port);
      rest = rest.substr(0, colon);
    }
    if (bracket && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
    if (rest.empty() || rest.find('/') != std::string_view::npos)
      fail(Errc::Usage, "'{}' names no broker ({})", place.shown, form);
  }
  place.host = rest;
  while (!options.empty()) {
    const auto end = std::min(options.find('&'), options.size());
    take_option(place, options.substr(0, end));
    options.remove_prefix(std::min(end + 1, options.size()));
  }
  place.ca_file = variable("ASSIMILAATE_CA_FILE");
  place.cert_file = variable("ASSIMILAATE_CERT_FILE");
  place.key_file = variable("ASSIMILAATE_KEY_FILE");
  return place;
}

}  // namespace assimilaate::internal
