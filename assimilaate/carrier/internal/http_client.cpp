#include "assimilaate/carrier/internal/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "assimilaate/core/error.hpp"

namespace assimilaate::internal {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// Scheme, host and port; empty for what is no URL.
std::string origin(const std::string& url) {
  CURLU* parts = curl_url();
  std::string text;
  if (curl_url_set(parts, CURLUPART_URL, url.c_str(), 0) == CURLUE_OK)
    for (const auto part : {CURLUPART_SCHEME, CURLUPART_HOST, CURLUPART_PORT}) {
      char* value = nullptr;
      if (curl_url_get(parts, part, &value, CURLU_DEFAULT_PORT) == CURLUE_OK)
        text.append(text.empty() ? "" : part == CURLUPART_HOST ? "://" : ":").append(value);
      curl_free(value);
    }
  curl_url_cleanup(parts);
  return text;
}

/// One transfer: headers of the last answer, and where its bytes go.
struct Transfer {
  const HttpClient::Sink* sink = nullptr;
  CURL* curl = nullptr;
  std::uint64_t at = 0;
  std::optional<std::uint64_t> range_start{};
  std::uint64_t received = 0;
  std::optional<std::uint64_t> length{};
  std::string etag{};
  std::time_t date = -1, modified = -1;
  bool started = false, wrong_range = false;
};

bool take_value(std::string_view line, std::string_view name, std::string& value) {
  if (line.size() < name.size() || !std::equal(name.begin(), name.end(), line.begin(), [](char a, char b) {
        return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b);
      }))
    return false;
  line.remove_prefix(name.size());
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n' || line.back() == ' ')) line.remove_suffix(1);
  value = line;
  return true;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, reason] = std::from_chars(text.data(), text.data() + text.size(), value);
  return reason == std::errc{} && end != text.data() ? std::optional(value) : std::nullopt;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::string_view line(data, size);
  std::string value;
  if (line.starts_with("HTTP/")) {
    transfer.range_start.reset();
    transfer.length.reset();
    transfer.etag.clear();
    transfer.date = transfer.modified = -1;
  } else if (take_value(line, "etag:", value)) {
    transfer.etag = value;
  } else if (take_value(line, "content-range:", value) && value.starts_with("bytes ")) {
    transfer.range_start = number(std::string_view(value).substr(6));
  } else if (take_value(line, "content-length:", value)) {
    transfer.length = number(value);
  } else if (take_value(line, "date:", value)) {
    transfer.date = curl_getdate(value.c_str(), nullptr);
  } else if (take_value(line, "last-modified:", value)) {
    transfer.modified = curl_getdate(value.c_str(), nullptr);
  }
  return size;
}

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  long status = 0;
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200 && status != 206) return size;
  if (!transfer.started) {
    transfer.started = true;
    transfer.wrong_range = status == 206 && !transfer.range_start;
    if (transfer.wrong_range) return 0;
    transfer.at = status == 206 ? *transfer.range_start : 0;
  }
  const auto at = transfer.at;
  transfer.at += size;
  transfer.received += size;
  return (*transfer.sink)(at, std::as_bytes(std::span(data, size))) ? size : 0;
}

}  // namespace

struct HttpClient::Handle {
  CURL* curl = nullptr;
  char reason[CURL_ERROR_SIZE] = {};
  Handle() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    curl = started == CURLE_OK ? curl_easy_init() : nullptr;
    if (!curl) fail(Errc::Io, "libcurl does not start");
  }
  ~Handle() { curl_easy_cleanup(curl); }
};

HttpSettings HttpSettings::from_environment() {
  HttpSettings settings;
  settings.ca_file = variable("ASSIMILAATE_CA_FILE");
  settings.cert_file = variable("ASSIMILAATE_CERT_FILE");
  settings.key_file = variable("ASSIMILAATE_KEY_FILE");
  return settings;
}

HttpClient::HttpClient(std::string_view base, HttpSettings settings)
    : settings_(std::move(settings)), base_(base), handle_(std::make_unique<Handle>()) {
  while (base_.ends_with('/')) base_.pop_back();
  const auto authority = base_.find("://") + 3;
  const auto slash = std::min(base_.find('/', authority), base_.size());
  const auto at = base_.rfind('@', slash);
  shown_ = at == std::string::npos || at < authority ? base_ : base_.substr(0, authority) + base_.substr(at + 1);
  if (origin(base_).empty() || base_.find_first_of("?#") != std::string::npos)
    fail(Errc::Usage, "'{}' names no folder on a web server (write https://HOST/FOLDER)", shown_);
}

HttpClient::~HttpClient() = default;

std::string HttpClient::place(std::string_view path) const { return fmt::format("{}/{}", shown_, path); }

HttpAnswer HttpClient::get(const HttpRequest& request, const Sink& sink) {
  CURL* curl = handle_->curl;
  const std::string scheme = base_.substr(0, base_.find(':'));
  std::string url = base_ + "/" + request.path;
  for (int hop = 0;; ++hop) {
    curl_easy_reset(curl);
    Transfer transfer;
    transfer.sink = &sink;
    transfer.curl = curl;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, scheme.c_str());
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, handle_->reason);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "assimilaate");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, settings_.connect_seconds);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, settings_.slow_bytes);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, settings_.slow_seconds);
    curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, 512L * 1024);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    if (!settings_.ca_file.empty()) {
      curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.ca_file.c_str());
      curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
    }
    if (!settings_.cert_file.empty()) curl_easy_setopt(curl, CURLOPT_SSLCERT, settings_.cert_file.c_str());
    if (!settings_.key_file.empty()) curl_easy_setopt(curl, CURLOPT_SSLKEY, settings_.key_file.c_str());
    if (!request.body) curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    std::string range;
    if (request.offset > 0 || request.length) {
      range = fmt::format("{}-", request.offset);
      if (request.length) range += fmt::format("{}", request.offset + *request.length - 1);
      curl_easy_setopt(curl, CURLOPT_RANGE, range.c_str());
    }
    curl_slist* headers = nullptr;
    if (!request.if_none_match.empty())
      headers = curl_slist_append(headers, ("If-None-Match: " + request.if_none_match).c_str());
    if (!request.if_range.empty()) headers = curl_slist_append(headers, ("If-Range: " + request.if_range).c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    handle_->reason[0] = 0;
    const CURLcode code = curl_easy_perform(curl);
    curl_slist_free_all(headers);

    HttpAnswer answer;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    if (char* next = nullptr; curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &next) == CURLE_OK && next) {
      if (origin(next) != origin(url))
        fail(Errc::Io, "{}: redirected to {}, another server; if you trust it, name that URL instead",
             place(request.path), origin(next));
      if (hop == 5) fail(Errc::Io, "{}: redirected more than 5 times", place(request.path));
      url = next;
      continue;
    }
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM)
      fail(Errc::Io,
           "{}: {} (ASSIMILAATE_CA_FILE names the authority to trust, ASSIMILAATE_CERT_FILE and "
           "ASSIMILAATE_KEY_FILE our own certificate)",
           place(request.path), handle_->reason[0] ? handle_->reason : curl_easy_strerror(code));
    if (answer.status == 401 || answer.status == 403)
      fail(Errc::Io, "{}: the server refuses access (status {})", place(request.path), answer.status);
    answer.etag = transfer.etag;
    answer.etag_is_firm = !transfer.etag.empty() && !transfer.etag.starts_with("W/") &&
                          (transfer.modified < 0 || transfer.date - transfer.modified >= 2);
    answer.length = transfer.length;
    answer.offset = answer.status == 206 ? transfer.range_start.value_or(0) : 0;
    answer.whole = code == CURLE_OK && !transfer.wrong_range;
    if (transfer.wrong_range) answer.trouble = "a part of the file without a Content-Range";
    if (code != CURLE_OK && answer.trouble.empty())
      answer.trouble = handle_->reason[0] ? handle_->reason : curl_easy_strerror(code);
    if (answer.status >= 500 || answer.status == 408 || answer.status == 429) {
      answer.trouble = fmt::format("status {}", answer.status);
      answer.status = 0;
      answer.whole = false;
    }
    return answer;
  }
}

void HttpClient::pause_after(unsigned failed, std::string_view path, const std::string& trouble) const {
  if (failed >= settings_.attempts)
    fail(Errc::Io, "{}: {} ({} attempts; is the server up?)", place(path),
         trouble.empty() ? "the connection was cut" : trouble, failed);
  const double seconds = std::min(5.0, settings_.pause * static_cast<double>(1U << std::min(failed - 1, 10U)));
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
}

}  // namespace assimilaate::internal
