#pragma once
/// nginx in front of a published folder, plain and over TLS, with the configuration that we ship.

#include <fstream>
#include <memory>

#include "assimilaate/carrier/internal/test_broker.hpp"

namespace assimilaate::internal {

class TestWebServer {
 public:
  static bool installed() { return !find_program("nginx").empty() && !find_program("openssl").empty(); }

  /// @param source  the repository, for its `share/nginx/streams.conf`
  TestWebServer(const std::filesystem::path& folder, const std::filesystem::path& source) : port_(free_port()) {
    while ((secure_port_ = free_port()) == port_) {
    }
    if (!TestAuthority(folder_.path()).sign("server")) fail(Errc::Io, "openssl makes no certificate for tests");
    const auto at = folder_.path().string();
    std::ofstream(folder_ / "nginx.conf") << fmt::format(
        "daemon off; master_process off; pid {0}/nginx.pid; error_log {0}/error.log; events {{}}\n"
        "http {{ access_log off; sendfile on; client_body_temp_path {0}/b; proxy_temp_path {0}/p; "
        "fastcgi_temp_path {0}/f; uwsgi_temp_path {0}/u; scgi_temp_path {0}/s;\n"
        "server {{ listen 127.0.0.1:{1}; listen 127.0.0.1:{2} ssl; ssl_certificate {0}/server.pem; "
        "ssl_certificate_key {0}/server.key;\nroot \"{3}\"; include \"{4}/share/nginx/streams.conf\"; }} }}\n",
        at, port_, secure_port_, folder.string(), source.string());
    process_ = std::make_unique<ServerProcess>(
        std::vector<std::string>{find_program("nginx"), "-p", at, "-e", at + "/error.log", "-c", at + "/nginx.conf"});
    process_->wait_for(port_);
  }

  [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }
  [[nodiscard]] std::string secure_url() const { return fmt::format("https://localhost:{}", secure_port_); }
  [[nodiscard]] std::string ca_file() const { return (folder_ / "ca.pem").string(); }
  [[nodiscard]] pid_t process() const { return process_->process(); }

 private:
  TemporaryFolder folder_;
  int port_, secure_port_ = 0;
  std::unique_ptr<ServerProcess> process_;
};

}  // namespace assimilaate::internal
