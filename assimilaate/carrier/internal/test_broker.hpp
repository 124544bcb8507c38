#pragma once
/// mosquitto on a free port or a socket, and certificates, for tests and benchmarks.

#include <fstream>
#include <memory>

#include "assimilaate/carrier/internal/test_server.hpp"
#include "assimilaate/core/temporary_folder.hpp"

namespace assimilaate::internal {

inline bool run_shell(const std::string& command) { return std::system((command + " 2>/dev/null").c_str()) == 0; }

/// A throw-away authority in `folder` (`ca.pem`) and keys that it signs (`NAME.pem`, `NAME.key`).
class TestAuthority {
 public:
  explicit TestAuthority(const std::filesystem::path& folder) : in_("cd '" + folder.string() + "' && openssl ") {
    made_ = run_shell(in_ + "req -x509 " + key_ + "-days 2 -subj /CN=authority -keyout ca.key -out ca.pem");
  }
  [[nodiscard]] bool sign(const std::string& name) const {
    return made_ &&
           run_shell(in_ + "req " + key_ + "-subj '/CN=" + name + "' -keyout " + name + ".key -out " + name + ".csr") &&
           run_shell("printf 'subjectAltName=DNS:localhost,IP:127.0.0.1' | (" + in_ + "x509 -req -in " + name +
                     ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile /dev/stdin -out " + name +
                     ".pem)");
  }

 private:
  std::string in_, key_ = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes ";
  bool made_ = false;
};

class TestBroker {
 public:
  /// @param settings  what the configuration holds beside a listener for anyone; no listener when it brings one
  explicit TestBroker(const std::string& settings = {}) : port_(free_port()) {
    std::ofstream conf(folder_ / "mosquitto.conf");
    if (::geteuid() == 0) conf << "user root\n";
    conf << "log_dest none\n";
    if (const auto at = settings.find("listener 8883"); at != std::string::npos)
      conf << settings.substr(0, at) << "listener " << port_ << " 127.0.0.1" << settings.substr(at + 13);
    else
      conf << "listener " << port_ << " 127.0.0.1\nallow_anonymous true\n" << settings;
    conf.close();
    start();
  }
  static bool installed() { return !find_program("mosquitto").empty(); }

  void start() {
    process_ = std::make_unique<ServerProcess>(
        std::vector<std::string>{find_program("mosquitto"), "-c", (folder_ / "mosquitto.conf").string()});
    process_->wait_for(port_);
  }
  void kill() { process_->kill(); }
  [[nodiscard]] pid_t process() const { return process_->process(); }
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const { return fmt::format("mqtt://127.0.0.1:{}", port_); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
  int port_;
  std::unique_ptr<ServerProcess> process_;
};

/// Bytes that a process holds in memory.
inline std::uint64_t resident_bytes(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/statm", process));
  std::uint64_t all = 0, resident = 0;
  status >> all >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace assimilaate::internal
