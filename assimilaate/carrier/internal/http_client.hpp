#pragma once
/// GET over HTTP/1.1 from one server, with one reused connection.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace assimilaate::internal {

struct HttpSettings {
  std::string ca_file{};    ///< trust these authorities only; empty: those of the system
  std::string cert_file{};  ///< our certificate, where the server asks for one
  std::string key_file{};   ///< its private key
  long connect_seconds = 10;
  long slow_bytes = 1024;  ///< a transfer below this many bytes a second ...
  long slow_seconds = 30;  ///< ... for this long counts as cut
  unsigned attempts = 5;   ///< in a row without a byte gained, before a call fails
  double pause = 0.1;      ///< before the second attempt [s]; doubled for each further one, up to 5 s

  /// From ASSIMILAATE_CA_FILE, ASSIMILAATE_CERT_FILE and ASSIMILAATE_KEY_FILE.
  static HttpSettings from_environment();
};

struct HttpRequest {
  std::string path;                       ///< below the base URL, no slash in front
  std::uint64_t offset = 0;               ///< ask for the bytes from here on ...
  std::optional<std::uint64_t> length{};  ///< ... and at most so many; nothing: to the end
  std::string if_none_match{};            ///< an ETag; 304 when it is still the one
  std::string if_range{};                 ///< an ETag; the whole file instead of a range when it is no more
  bool body = true;                       ///< false: HEAD
};

/// What came back. `offset` is where in the file its bytes begin: 0 when a range was answered with the whole file.
struct HttpAnswer {
  long status = 0;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length{};  ///< announced for this answer's body
  std::string etag{};
  bool etag_is_firm = false;  ///< the file was not changed within the two seconds before the answer
  bool whole = false;         ///< all announced bytes arrived; false: cut, slow, or ended by the sink
  std::string trouble{};      ///< why it was cut
};

class HttpClient {
 public:
  /// Takes bytes of a 200 or 206 as they arrive, with their place in the file; false ends the transfer.
  using Sink = std::function<bool(std::uint64_t offset, std::span<const std::byte> bytes)>;

  /// @param base  `http://…` or `https://…`. @throws Error{Usage} when it is no such URL.
  HttpClient(std::string_view base, HttpSettings settings);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// One request; redirects on the same host are followed. Answers of 408, 429 and 5xx count as trouble (`status` 0).
  /// @throws Error{Io} for a redirect to another host, for a certificate that does not hold, and for 401 and 403.
  HttpAnswer get(const HttpRequest& request, const Sink& sink);

  /// The base and a path, without user name and password.
  [[nodiscard]] std::string place(std::string_view path) const;
  [[nodiscard]] const HttpSettings& settings() const noexcept { return settings_; }
  /// Sleep before attempt `failed` + 1. @throws Error{Io} naming `trouble` when there have been enough.
  void pause_after(unsigned failed, std::string_view path, const std::string& trouble) const;

 private:
  struct Handle;
  HttpSettings settings_;
  std::string base_, shown_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace assimilaate::internal
