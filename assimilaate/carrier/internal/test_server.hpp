#pragma once
/// Servers for tests: real programs on free ports that end with the test, and one that misbehaves.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "assimilaate/core/error.hpp"

namespace assimilaate::internal {

/// Where a program is, on PATH or among the system's servers; empty when it is not installed.
inline std::string find_program(const std::string& name) {
  const char* variable = std::getenv("PATH");
  std::string folders = std::string(variable ? variable : "") + ":/usr/sbin:/usr/local/sbin:";
  for (std::size_t at = 0, colon; (colon = folders.find(':', at)) != std::string::npos; at = colon + 1)
    if (const auto file = folders.substr(at, colon - at) + "/" + name; ::access(file.c_str(), X_OK) == 0) return file;
  return {};
}

/// A socket on the loopback; port 0 binds a free one.
class LoopbackSocket {
 public:
  LoopbackSocket() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  LoopbackSocket(const LoopbackSocket&) = delete;
  LoopbackSocket& operator=(const LoopbackSocket&) = delete;
  ~LoopbackSocket() { ::close(descriptor_); }

  int bind_free() {
    auto address = loopback(0);
    socklen_t length = sizeof address;
    if (::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
      fail(Errc::Io, "no free port on the loopback");
    return ntohs(address.sin_port);
  }
  bool connect(int port) {
    auto address = loopback(port);
    return ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
  }
  int descriptor_;
};

inline int free_port() { return LoopbackSocket().bind_free(); }

/// A program that runs until its owner goes: killed with its parent, ended with SIGTERM, after 3 s with SIGKILL.
class ServerProcess {
 public:
  explicit ServerProcess(std::vector<std::string> command) {
    std::vector<char*> arguments;
    for (auto& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (std::getenv("ASSIMILAATE_TEST_TALK") == nullptr) (void)std::freopen("/dev/null", "w", stderr);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess() { stop(); }

  [[nodiscard]] pid_t process() const { return process_; }
  /// @throws Error{Io} when it ended or takes no connection within 10 s.
  void wait_for(int port) {
    for (int tenth = 0; tenth < 1000; ++tenth) {
      if (LoopbackSocket().connect(port)) return;
      if (::waitpid(process_, nullptr, WNOHANG) == process_) {
        process_ = -1;
        break;
      }
      ::usleep(10'000);
    }
    fail(Errc::Io, "a server for tests does not start");
  }
  void kill() { end(SIGKILL); }
  void stop() {
    if (process_ <= 0) return;
    ::kill(process_, SIGTERM);
    for (int tenth = 0; tenth < 300; ++tenth) {
      if (::waitpid(process_, nullptr, WNOHANG) == process_) {
        process_ = -1;
        return;
      }
      ::usleep(10'000);
    }
    end(SIGKILL);
  }

 private:
  void end(int signal) {
    if (process_ <= 0) return;
    ::kill(process_, signal);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }
  pid_t process_ = -1;
};

/// An HTTP server that answers each request with the bytes that a function makes up, and closes the connection.
class ScriptedServer {
 public:
  struct Request {
    std::string path{}, text{};
    bool ranged = false;
    std::uint64_t offset = 0, last = UINT64_MAX;  ///< of the range asked for
  };
  /// Bytes to send, and how long to keep the connection open after them.
  struct Reply {
    std::string bytes{};
    double linger = 0;  // [s]
  };
  using Script = std::function<Reply(const Request&)>;

  explicit ScriptedServer(Script script) : script_(std::move(script)), port_(socket_.bind_free()) {
    ::listen(socket_.descriptor(), 16);
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    ending_ = true;
    (void)LoopbackSocket().connect(port_);
    thread_.join();
  }
  [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }

  /// What a good server says: the file, or the part that was asked for.
  static std::string good(const Request& request, const std::string& file) {
    if (!request.ranged)
      return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}", file.size(), file);
    if (request.offset >= file.size()) return status("416 Range Not Satisfiable");
    const auto part = file.substr(request.offset, request.last - request.offset + 1);
    return fmt::format(
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {}-{}/{}\r\nContent-Length: {}\r\n"
        "Connection: close\r\n\r\n{}",
        request.offset, request.offset + part.size() - 1, file.size(), part.size(), part);
  }
  static std::string status(const std::string& line, const std::string& headers = {}) {
    return fmt::format("HTTP/1.1 {}\r\n{}Content-Length: 0\r\nConnection: close\r\n\r\n", line, headers);
  }

 private:
  void serve() {
    for (;;) {
      const int peer = ::accept4(socket_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
      if (ending_) {
        ::close(peer);
        return;
      }
      Request request;
      char block[4096];
      while (request.text.find("\r\n\r\n") == std::string::npos) {
        const auto got = ::recv(peer, block, sizeof block, 0);
        if (got <= 0) break;
        request.text.append(block, static_cast<std::size_t>(got));
      }
      const auto start = request.text.find('/');
      if (start != std::string::npos) {
        request.path = request.text.substr(start + 1, request.text.find(' ', start) - start - 1);
        if (const auto at = request.text.find("Range: bytes="); at != std::string::npos) {
          request.ranged = true;
          char* end = nullptr;
          request.offset = std::strtoull(request.text.c_str() + at + 13, &end, 10);
          if (*end == '-' && end[1] != '\r') request.last = std::strtoull(end + 1, nullptr, 10);
        }
        const auto reply = script_(request);
        (void)::send(peer, reply.bytes.data(), reply.bytes.size(), MSG_NOSIGNAL);
        for (double waited = 0; waited < reply.linger && !ending_; waited += 0.01) ::usleep(10'000);
      }
      ::close(peer);
    }
  }

  Script script_;
  LoopbackSocket socket_;
  int port_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace assimilaate::internal
