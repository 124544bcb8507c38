/// The HTTP carrier: reads a directory carrier's folder from any static web server. `docs/stream-format.md` says which
/// files it asks for. It never writes: the folder does.

#include <algorithm>
#include <cstring>
#include <map>

#include "assimilaate/carrier/carrier.hpp"
#include "assimilaate/carrier/internal/http_client.hpp"
#include "assimilaate/carrier/internal/packs.hpp"
#include "assimilaate/stream/read_only_carrier.hpp"

namespace assimilaate {
namespace {

using internal::HttpAnswer;
using internal::HttpClient;
using internal::Pack;
using Bytes = std::vector<std::byte>;

constexpr const char* remedy =
    "publish into a folder (dir:PATH) and let it serve that; for nginx include share/nginx/streams.conf";
constexpr std::uint64_t largest_statement = 65'536 + 256;  // a head or a key set [B]
constexpr std::uint64_t largest_list = 1U << 20;           // streams/list, packs.idx [B]
constexpr std::uint64_t largest_object = 1ULL << 30;       // [B]
constexpr std::uint64_t window = internal::pack_bytes;     // of log.aat in one request [B]

class Http final : public ReadOnlyCarrier {
 public:
  explicit Http(std::string_view base)
      : ReadOnlyCarrier("a web server", remedy), client_(base, internal::HttpSettings::from_environment()) {}

  std::vector<StreamId> streams() const override {
    const auto list = fresh("streams/list", largest_list);
    if (!list)
      fail(Errc::Io, "{}: no such file; serve the folder that a stream was published in",
           client_.place("streams/list"));
    std::vector<StreamId> ids;
    for (std::string_view rest(reinterpret_cast<const char*>(list->data()), list->size()); !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      const auto id = parse_stream_id(line);
      if (!id) fail(Errc::Format, "{}: '{}' is no stream's id", client_.place("streams/list"), line.substr(0, 64));
      ids.push_back(*id);
    }
    std::ranges::sort(ids);
    return ids;
  }

  Bytes head(const StreamId& stream) const override {
    const auto path = fmt::format("streams/{}/head", hex(stream));
    const auto before = kept_.contains(path) ? kept_[path].bytes : Bytes{};
    auto head = fresh(path, largest_statement).value_or(Bytes{});
    if (head != before) buffer_.bytes.clear();  // what lay behind the old head may have been written anew
    return head;
  }
  Bytes keys() const override { return fresh("keys", largest_statement).value_or(Bytes{}); }

  std::uint64_t log_size(const LogName& log) const override {
    const auto path = log_path(log, "log.aat");
    for (unsigned failed = 0;;) {
      const auto answer = client_.get({.path = path, .body = false}, [](auto, auto) { return true; });
      if (answer.status == 404) return 0;
      if (answer.status == 200 && answer.length) return *answer.length;
      client_.pause_after(++failed, path, said(answer));
    }
  }

  std::size_t read_log(const LogName& log, std::uint64_t offset, std::span<std::byte> out) const override {
    if (log != buffer_.log) {
      buffer_ = {.log = log};
      packs_.clear();
      packs_known_ = false;
    }
    std::size_t done = 0;
    while (done < out.size()) {
      const auto at = offset + done;
      if (at < buffer_.offset || at >= buffer_.end()) fill(at);
      if (at >= buffer_.end()) break;
      const auto there = std::min<std::uint64_t>(buffer_.end() - at, out.size() - done);
      std::memcpy(out.data() + done, buffer_.bytes.data() + (at - buffer_.offset), there);
      done += there;
    }
    return done;
  }

  Bytes object(ObjectKind kind, const Digest& hash) const override {
    const auto path = fmt::format("{}/{}", kind == ObjectKind::Codebook ? "codebooks" : "network", hex(hash));
    Bytes bytes;
    if (!fetch(path, 0, std::nullopt, largest_object, bytes)) fail(Errc::Io, "{}: no such file", client_.place(path));
    return bytes;
  }

 private:
  struct Kept {
    std::string etag;
    Bytes bytes;
  };
  /// Bytes of a log that were fetched and not asked for yet.
  struct Buffer {
    LogName log{};
    std::uint64_t offset = 0;
    Bytes bytes{};
    [[nodiscard]] std::uint64_t end() const noexcept { return offset + bytes.size(); }
  };

  static std::string log_path(const LogName& log, std::string_view file) {
    return fmt::format("streams/{}/{:08x}/{}", hex(log.stream), log.epoch, file);
  }
  static std::string said(const HttpAnswer& answer) {
    return answer.trouble.empty() ? fmt::format("unexpected status {}", answer.status) : answer.trouble;
  }

  /// The bytes of a file from `offset` on: `length` of them, or what there is. Goes on where a transfer was cut.
  /// Nothing when the file is missing; fewer bytes when it ends before.
  /// @throws Error{Integrity} for more than `limit` bytes
  bool fetch(const std::string& path, std::uint64_t offset, std::optional<std::uint64_t> length, std::uint64_t limit,
             Bytes& bytes) const {
    bytes.clear();
    std::string etag;
    const auto wanted = length.value_or(limit + 1);
    for (unsigned failed = 0;;) {
      const auto before = bytes.size();
      const auto from = offset + before;
      const auto sink = [&](std::uint64_t at, std::span<const std::byte> part) {
        const auto next = offset + bytes.size();
        if (at > next) return false;
        part = part.subspan(std::min<std::uint64_t>(next - at, part.size()));
        part = part.first(std::min<std::uint64_t>(wanted - bytes.size(), part.size()));
        bytes.insert(bytes.end(), part.begin(), part.end());
        return bytes.size() < wanted;
      };
      const auto rest = length ? std::optional(*length - before) : std::nullopt;
      const auto answer = client_.get({.path = path, .offset = from, .length = rest, .if_range = etag}, sink);
      if (bytes.size() > limit) fail(Errc::Integrity, "{}: more than the {} bytes allowed", client_.place(path), limit);
      if (answer.status == 404) return false;
      if (answer.status == 416 || bytes.size() == wanted) return true;
      if (answer.status == 206 && answer.offset != from)
        fail(Errc::Io, "{}: asked for the bytes from {}, the server sent those from {} (a broken cache?)",
             client_.place(path), from, answer.offset);
      if ((answer.status == 200 || answer.status == 206) && answer.whole) return true;
      if (answer.status != 0 && answer.status != 200 && answer.status != 206) {
        client_.pause_after(client_.settings().attempts, path, said(answer));
      } else if (bytes.size() > before) {
        failed = 0;
        etag = answer.etag;
      } else {
        client_.pause_after(++failed, path, said(answer));
      }
    }
  }

  /// A small file that changes, asked for only when it is not the one we have.
  std::optional<Bytes> fresh(const std::string& path, std::uint64_t limit) const {
    for (unsigned failed = 0;;) {
      auto& kept = kept_[path];
      Bytes bytes;
      const auto answer =
          client_.get({.path = path, .if_none_match = kept.etag}, [&](std::uint64_t, std::span<const std::byte> part) {
            bytes.insert(bytes.end(), part.begin(), part.end());
            return bytes.size() <= limit;
          });
      if (bytes.size() > limit)
        fail(Errc::Integrity, "{}: more than the {} bytes allowed (damaged)", client_.place(path), limit);
      if (answer.status == 304) return kept.bytes;
      if (answer.status == 404) {
        kept_.erase(path);
        return std::nullopt;
      }
      if (answer.status == 200 && answer.whole) {
        kept = {answer.etag_is_firm ? answer.etag : std::string(), bytes};
        return bytes;
      }
      client_.pause_after(++failed, path, said(answer));
    }
  }

  /// Buffer the log from `at` on: the rest of a pack, else of `log.aat`.
  void fill(std::uint64_t at) const {
    const LogName log = buffer_.log;
    const auto covers = [&](const Pack& pack) { return at >= pack.offset && at < pack.end(); };
    auto pack = std::ranges::find_if(packs_, covers);
    if (pack == packs_.end() && (!packs_known_ || buffer_.bytes.size() >= window)) {
      packs_ = internal::parse_packs(fresh(log_path(log, "packs.idx"), largest_list).value_or(Bytes{}));
      packs_known_ = true;
      pack = std::ranges::find_if(packs_, covers);
    }
    buffer_.offset = at;
    if (pack != packs_.end()) {
      const auto file = internal::pack_name(static_cast<std::size_t>(pack - packs_.begin()));
      if (fetch(log_path(log, file), at - pack->offset, pack->end() - at, window, buffer_.bytes) &&
          buffer_.bytes.size() == pack->end() - at)
        return;
      packs_.clear();  // a mirror that lacks it: the log has the same bytes
    }
    if (!fetch(log_path(log, "log.aat"), at, window, window, buffer_.bytes)) buffer_.bytes.clear();
  }

  mutable HttpClient client_;
  mutable std::map<std::string, Kept> kept_;
  mutable Buffer buffer_;
  mutable std::vector<Pack> packs_;
  mutable bool packs_known_ = false;
};

std::unique_ptr<Carrier> open(std::string_view url, Access access) {
  if (access == Access::Write) fail(Errc::Usage, "'{}': a web server is read only: {}", url, remedy);
  return std::make_unique<Http>(url);
}

}  // namespace

extern const CarrierKind http_carrier{
    .name = "http",
    .secure_name = "https",
    .about = "such a folder behind any static web server, to read from; `https` over TLS",
    .reference = "docs/howto/carriers.md",
    .open = open,
};

}  // namespace assimilaate
