#pragma once
/// Where a broker is and what we are there:
/// `mqtt://[USER[:PASSWORD]@]HOST[:PORT]?tenant=NAME&client=ID&group=NAME&profile=large`, `mqtts://…` over TLS,
/// `mqtt:///PATH/OF/SOCKET` on one machine.

#include <string>
#include <string_view>

namespace assimilaate::internal {

struct MqttPlace {
  std::string host{};  ///< or the path of a socket, with port 0
  int port = 1883;
  bool tls = false;
  std::string user{}, password{}, client{};
  std::string tenant = "default";
  std::string group{};  ///< of collectors that share what comes; empty: one that takes all
  bool retain = true;   ///< small profile: the broker keeps the segments
  std::string shown{};  ///< the URL without user and password
  // TLS files
  std::string ca_file{}, cert_file{}, key_file{};

  /// TLS files come from ASSIMILAATE_CA_FILE, ASSIMILAATE_CERT_FILE and ASSIMILAATE_KEY_FILE. @throws Error{Usage}
  static MqttPlace parse(std::string_view url);
};

}  // namespace assimilaate::internal
